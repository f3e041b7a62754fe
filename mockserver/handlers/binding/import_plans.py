"""How an operation imports the rows of a table, compiled at load (imports.py)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from mockserver.behaviour.statements import Action, OperationBehaviour
from mockserver.contract import Contract
from mockserver.handlers.binding.item_schemas import request_schemas
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas, Validator

SINGLE = ("create", "replace")
"""The actions that can store one item of a row."""


class ImportPlan(Struct, frozen=True):
    """An import, compiled. `validator` checks the fields of one item.

    `columns` has the property of each column, `kinds` the types of each property. `part` is the file of a form. `lists`
    has, for the list of what is refused in a reply, the properties of an entry; without one a refused row ends it all.
    """

    validator: Validator | None
    columns: Mapping[str, str]
    kinds: Mapping[str, frozenset[str]]
    part: str
    lists: Mapping[str, frozenset[str]]


def import_plan(
    contract: Contract, operation: Operation, behaviour: OperationBehaviour, action: Action, single: Operation
) -> ImportPlan:
    """The plan of an import. The operation `single` stores one item."""
    stated = contract.behaviour.operations[single.path, single.method]
    asked = next(request_schemas(contract, single, stated), None)
    known = contract.schemas.properties(asked) if asked else {}
    return ImportPlan(
        validator=contract.schemas.validator(asked, "request") if asked else None,
        columns=action.columns,
        kinds={name: contract.schemas.types(at) for name, at in known.items()},
        part=action.content,
        lists=dict(_lists(contract.schemas, operation, behaviour)),
    )


def storing_operations(contract: Contract, resource: str) -> list[Operation]:
    """The operations that store one item of a resource, the likeliest first."""
    found = [(b.action.does, o) for o, b in contract.acting.get(resource, ()) if b.action and b.action.does in SINGLE]
    return [operation for _, operation in sorted(found, key=lambda pair: SINGLE.index(pair[0]))]


def _lists(
    schemas: Schemas, operation: Operation, behaviour: OperationBehaviour
) -> Iterator[tuple[str, frozenset[str]]]:
    success, body = operation.success(), behaviour.reply.body if behaviour.reply is not None else None
    pointers = [media.schema for media in success.content if media.schema] if success is not None else []
    for name, value in body.items() if isinstance(body, Mapping) else ():
        listed = next((known[name] for at in pointers if name in (known := schemas.properties(at))), None)
        entries = schemas.items(listed) if value == "{refused}" and listed else None
        if entries is not None:
            yield name, frozenset(schemas.properties(entries))
