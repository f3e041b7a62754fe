"""Values of a sort parameter for which the document has no `enum`."""

from __future__ import annotations

from contracts.cleanup.created_items import CreatedItem
from contracts.model.resources import ResourceOperation
from mockserver.behaviour.statements import Sort
from mockserver.contract import Contract
from mockserver.inference.lists.written_sorts import WrittenSort, written_sort

MOST_NAMES = 6
"""So many properties that a pattern or a description names are sorted by."""

MOST_GUESSED = 2
"""So many texts, and so many numbers, are sorted by where none is named."""


def written_values(contract: Contract, op: ResourceOperation, statement: Sort, made: CreatedItem) -> list[str]:
    """Values in both directions, in the form that the document shows; else two fields with texts, in two ways.

    Where it shows a form such as `property,(asc|desc)` and names no property, two numbers are tried, too: such a
    service takes any property, or refuses the value.
    """
    schemas, parameter = contract.schemas, op.operation.parameter("query", statement.parameter)
    pointer = parameter.schema if parameter is not None else None
    if parameter is None or pointer is None:
        return [value for name in _texts(made) for value in ((name,) if statement.direction else (name, f"-{name}"))]
    written = written_sort(schemas, parameter, made.item)
    is_list = "array" in schemas.types(pointer)
    is_split = is_list and not parameter.explode and "," in written.ascending
    one_way = bool(statement.direction) or is_split or (is_list and not written.is_shown)
    forms = ("{}",) if one_way else (written.ascending, written.descending)
    values = [form.format(name) for name in _names(written, made) for form in forms]
    valid = schemas.validator((schemas.items(pointer) if is_list else None) or pointer, "request").is_valid
    return [each for each in values if valid(each)]


def is_named(contract: Contract, op: ResourceOperation, statement: Sort, made: CreatedItem) -> bool:
    """Does the document say by which fields one can sort? Else `written_values` chooses them."""
    parameter = op.operation.parameter("query", statement.parameter)
    if parameter is None or parameter.schema is None:
        return False
    listed = contract.schemas.keyword(parameter.schema, "enum") is not None
    return listed or bool(written_sort(contract.schemas, parameter, made.item).names)


def _names(written: WrittenSort, made: CreatedItem) -> list[str]:
    if written.names:
        return list(written.names[:MOST_NAMES])
    numbers = [name for name, value in made.sent.items() if type(value) in (int, float)]
    return _texts(made) + (numbers[:MOST_GUESSED] if written.ascending != "{}" else [])


def _texts(made: CreatedItem) -> list[str]:
    return [name for name, value in made.sent.items() if isinstance(value, str)][:MOST_GUESSED]
