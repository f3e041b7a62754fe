"""Check of mass assignment at what there is one of: `PATCH /me` cannot set the role of the user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import as_json
from contracts.checks.security.mass_assignment import READ_ONLY, TELLING, UNKNOWN_TO_REQUESTS
from contracts.checks.state.fields import other_of_same_type
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import ResourceOperation, resource_operations
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.openapi.media_types import is_json
from mockserver.openapi.schemas import Schemas


def own_profile(
    context: CheckContext, read: ResourceOperation, write: ResourceOperation, fields: Mapping[str, str]
) -> None:
    """A request that changes the own profile does not set what only the service sets, such as the role."""
    before = _shown(context, read)
    kept = {name: before[name] for name in context.bodies.properties(write) if before.get(name) is not None}
    body = kept if context.bodies.accepts(write, kept) else context.bodies.minimal(write, context.check)
    names = [name for name in fields if before.get(name) is not None]
    if body is None or not names:
        raise CannotBuildRequest("no field that only the service sets is shown")
    for name in names:
        value = _other(context.contract.schemas, fields[name], before[name])
        changed = context.send(write, body={**body, name: value}, may_fail=True)
        reading = context.send(read)
        after = reading.json.get(name) if isinstance(reading.json, dict) else None
        context.expect(
            after != value,
            f"{write.name} ignores or refuses {name}, which only the service sets",
            f"{name} was {as_json(before[name])} and is the client's {as_json(value)}",
            changed,
            reading,
            about=name,
            statement=_statement(context.contract, write, fields[name], name),
        )
        if after == value:
            context.send(write, body={**body, name: before[name]})  # as it was


def _shown(context: CheckContext, read: ResourceOperation) -> dict[str, Any]:
    """What is shown twice alike. Raises CannotBuildRequest if it cannot be read."""
    replies: list[RecordedExchange] = [context.send(read) for _ in range(2)]
    first, second = (each.json if isinstance(each.json, dict) else {} for each in replies)
    if not first or replies[0].status != 200:
        raise CannotBuildRequest(f"{read.name} returned {replies[0].status}")
    return {name: value for name, value in first.items() if second.get(name) == value}


def _other(schemas: Schemas, pointer: str, value: Any) -> Any:
    """Another value: one that the schema lists, or one of the same type."""
    others = [each for each in schemas.keyword(pointer, "enum") or () if each not in (value, None)]
    return others[0] if others else other_of_same_type(value)


def _statement(contract: Contract, write: ResourceOperation, pointer: str, name: str) -> StatementRef:
    is_said = bool(contract.schemas.keyword(pointer, "readOnly"))
    source = READ_ONLY if is_said else UNKNOWN_TO_REQUESTS
    text = f"Only the service sets {name}."
    return StatementRef(write.name, "schema", "documented" if is_said else "implied", source, text)


def _places(contract: Contract) -> Iterator[Place]:
    operations = {(op.operation.method, op.operation.path): op for op in resource_operations(contract)}
    for (method, path), write in operations.items():
        read, pointer = operations.get(("get", path)), write.body_schema(contract.schemas)
        if method not in ("put", "patch") or read is None or "{" in path or pointer is None:
            continue
        fields = dict(_set_by_service(contract, read, write))
        if fields and contract.schemas.keyword(pointer, "additionalProperties") in (None, False):
            name = next(iter(fields))
            yield write.name, _statement(contract, write, fields[name], name), (read, write, fields)


def _set_by_service(contract: Contract, read: ResourceOperation, write: ResourceOperation) -> Iterator[tuple[str, str]]:
    """The fields that a GET shows, and that the request does not have or only shows, where their names tell much."""
    success = read.operation.success()
    media = next((each for each in success.content if is_json(each.name)), None) if success is not None else None
    shown = contract.schemas.properties(media.schema) if media is not None and media.schema else {}
    asked = contract.schemas.properties(write.body_schema(contract.schemas) or "") if shown else {}
    sent = {name for name, at in asked.items() if not contract.schemas.keyword(at, "readOnly")}
    if not sent & shown.keys():
        return  # the reply shows something else
    for name, pointer in shown.items():
        if name not in sent and TELLING.search(name):
            yield name, pointer


CHECKS = (Check("own-profile", (), _places, own_profile),)
