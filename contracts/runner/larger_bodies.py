"""Create bodies that ask for more than the least: several pieces, a second line, every value of a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.model.body_references import LIST, body_references
from contracts.model.resources import CheckedResource
from contracts.runner.amounts import with_numbers
from contracts.runner.context import CheckContext

SEVERAL = (3, 2, 4)
"""Amounts of more than one piece."""


def larger_bodies(
    context: CheckContext, resource: CheckedResource, body: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Valid bodies like this one with several pieces, the first with a second line where each line names an item.

    A service may refuse them: there may be fewer pieces.
    """
    op, schemas = resource.operations["create"], context.contract.schemas
    pointer = context.bodies.schema(op)
    if pointer is None:
        return
    kept = {each.field for each in resource.behaviour.references}
    one = with_numbers(schemas, pointer, _with_every_number(context, resource, body), _several, kept)
    for each in (_with_second_line(context, resource, one), one):
        if each != body and context.bodies.accepts(op, each):
            yield each


def widest_body(context: CheckContext, resource: CheckedResource) -> dict[str, Any]:
    """A valid create body in which each list of values that the schema lists has all of them: every type of event."""
    op, schemas = resource.operations["create"], context.contract.schemas
    body = context.body(resource, full=True)
    for name, pointer in context.bodies.properties(op).items():
        entries = schemas.items(pointer) if "array" in schemas.types(pointer) else None
        values = schemas.keyword(entries, "enum") if entries is not None else None
        if values and context.bodies.accepts(op, body | {name: list(values)}):
            body = body | {name: list(values)}
    return body


def _several(value: float, bounds: Mapping[str, Any]) -> list[float]:
    return [each for each in SEVERAL if value < each]


def _with_every_number(context: CheckContext, resource: CheckedResource, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body whose lines have a number in each field for one, also where it may be left out."""
    known, schemas = context.bodies.properties(resource.operations["create"]), context.contract.schemas
    made = dict(body)
    for name, value in body.items():
        items = schemas.items(known[name]) if name in known and isinstance(value, list) else None
        fields = schemas.properties(items) if items is not None else {}
        numbers = dict.fromkeys((each for each, at in fields.items() if "integer" in schemas.types(at)), 1)
        made[name] = [{**numbers, **each} if isinstance(each, dict) else each for each in value] if numbers else value
    return made


def _with_second_line(context: CheckContext, resource: CheckedResource, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with one more line, or one more id, of another item; unchanged where none names one."""
    for reference in body_references(context.contract.schemas, resource, resource.operations["create"]):
        name, _, field = reference.field.partition(f"{LIST}.")
        lines, named = body.get(name), context.shared.resources.get(reference.resource)
        line = lines[0] if isinstance(lines, list) and len(lines) == 1 and isinstance(lines[0], dict) else {}
        if named is None or not named.can("create"):
            continue
        if field in line:
            other = context.create_plentiful(named, always=True)
            return {**body, name: [line, {**line, field: other.id}]}
        name, ids = name.removesuffix(LIST), body.get(name.removesuffix(LIST))
        if reference.field.endswith(LIST) and isinstance(ids, list) and len(ids) == 1:
            return {**body, name: [*ids, *_more_ids(context, resource, named, {**body}, name)]}
    return dict(body)


def _more_ids(
    context: CheckContext, resource: CheckedResource, named: CheckedResource, body: dict[str, Any], name: str
) -> list[Any]:
    """The ids of two more items, of which one has the values of the first, so that a sum counts equal values twice.

    It is one where the body must not have three of them.
    """
    first = next((each.sent for each in context.created_items(named) if each.id == body[name][0]), {})
    alike = context.body(named) | {at: value for at, value in first.items() if type(value) in (int, float)}
    same, other = context.create(named, alike).id, context.create_plentiful(named, always=True).id
    is_valid = context.bodies.accepts(resource.operations["create"], {**body, name: [*body[name], same, other]})
    return [same, other] if is_valid else [same]
