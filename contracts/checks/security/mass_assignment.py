"""Check of mass assignment: a client cannot set what only the service sets (OWASP API3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import as_json, documented, views
from contracts.checks.security.access_attempts import owners_view
from contracts.checks.state.fields import other_of_same_type
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import FROM_DOCUMENT, Evidence
from mockserver.contract import Contract

READ_ONLY = "OpenAPI 3.1 section 4.8.24 (readOnly)"
UNKNOWN_TO_REQUESTS = "the schemas of responses and of requests (OWASP API Security Top 10 2023, API3)"

FEW_LETTERS = 16
"""A text as short as this may be one of a few, which two items have by chance."""

MOST = 10
"""At most this many fields that only responses have are tried."""

TELLING = re.compile(
    r"(?i)role|admin|owner|user|account|tenant|balance|credit|price|amount|verif|approv|permission|scope|plan|status|paid"
)
"""Fields that matter most, so they are tried first."""

PERSON = re.compile(r"(?i)owner|user|account|author|creator|customer|member|tenant|created_?by")
"""Fields that may say whose an item is."""


def mass_assignment(context: CheckContext, resource: CheckedResource, names: tuple[str, ...]) -> None:
    """The service ignores or refuses a client's value for a field that only the service sets."""
    created = context.create(resource)
    view = context.item(resource.operations["get"], context.get(created)) if resource.can("get") else dict(created.item)
    others = _of_other_user(context, resource, [name for name in names if name in view and PERSON.search(name)])
    for name in (each for each in names if each in view):
        value = _other_value(context, resource, name, view[name])
        if others.get(name) not in (None, view[name]):  # a service may look whether there is such a user
            value = others[name]
        if not _may_be_chance(view[name]) or _follows(context, resource, name, (value, view[name], value, view[name])):
            _check_create(context, resource, name, value)
        if resource.can("get"):
            _check_update(context, resource, created, name, value)
            _check_replace(context, resource, name, value)


def _of_other_user(context: CheckContext, resource: CheckedResource, names: list[str]) -> Mapping[str, Any]:
    """Who an item of another user belongs to, by these fields; empty where no other user makes one."""
    try:
        return owners_view(context, context.create(resource, user=context.other_tenant_user())) if names else {}
    except CannotBuildRequest:
        return {}


def _may_be_chance(value: Any) -> bool:
    """Are there so few values that the service may choose the one that was sent? An enum has short texts."""
    return isinstance(value, bool) or (isinstance(value, str) and len(value) < FEW_LETTERS)


def _follows(context: CheckContext, resource: CheckedResource, name: str, values: tuple[Any, ...]) -> bool:
    """Do new items have each of the values that create requests name, one after the other?"""
    context.compared += 1
    for value in values:
        _, other = context.try_create(resource, {**context.body(resource), name: value})
        if other is None:
            return False
        # An item that is another user's now may be hidden from who made it.
        shown = [item for item, exchanges in views(context, other) if exchanges[-1].status < 300]
        if any(item.get(name) != value for item in shown):
            return False
    return True


def _check_create(context: CheckContext, resource: CheckedResource, name: str, value: Any) -> None:
    if not _is_unknown(context, resource, resource.operations["create"], name):
        return
    _, other = context.try_create(resource, {**context.body(resource), name: value})
    for item, exchanges in views(context, other) if other is not None else ():
        context.expect(
            item.get(name) != value,
            f"the service sets {name} and ignores the value in a create request",
            f"{name} is the client's {as_json(value)}",
            *exchanges,
            about=f"create {name}",
            statement=_statement(context.contract, resource, name),
        )


def _check_update(
    context: CheckContext, resource: CheckedResource, created: CreatedItem, name: str, value: Any
) -> None:
    op = resource.operations.get("update")
    if op is None or not _is_unknown(context, resource, op, name):
        return
    required = {n: v for n, v in created.sent.items() if n in context.bodies.required(op)}
    changed = context.update(created, {**required, name: value})
    _check_ignored(context, created, changed, name, value, "update")


def _check_replace(context: CheckContext, resource: CheckedResource, name: str, value: Any) -> None:
    op = resource.operations.get("replace")
    if op is None or resource.client_named or not _is_unknown(context, resource, op, name):
        return
    other = context.create(resource)
    changed = context.send(op, path=other.path, body={**other.sent, name: value})
    _check_ignored(context, other, changed, name, value, "replace")


def _check_ignored(
    context: CheckContext, made: CreatedItem, changed: RecordedExchange, name: str, value: Any, kind: str
) -> None:
    """After a request that contains a field of the service, the item does not have its value."""
    response = context.get(made)
    item = context.item(made.resource.operations["get"], response)
    context.expect(
        response.status == 200 and item.get(name) != value,
        f"the service sets {name} and ignores the value in {'an update' if kind == 'update' else 'a PUT'}",
        f"status {response.status}, {name} is {as_json(item.get(name))}",
        made.exchange,
        changed,
        response,
        about=f"{kind} {name}",
        statement=_statement(context.contract, made.resource, name),
    )


def _is_unknown(context: CheckContext, resource: CheckedResource, op: ResourceOperation, name: str) -> bool:
    """May a client not set the field by this operation?

    What a statement says that the service sets is never its own, but what only a reply says (`readOnly`) is, where the
    request has the field. So is the id of the item above, by which a request may move the item, and a field that is
    said to differ from what was sent: perhaps from what another operation was sent.
    """
    parent = resource.behaviour.parent
    read = {parent.field} if parent is not None and parent.evidence == "inferred" else set[str]()
    read |= {each for said in resource.behaviour.server_set if said.evidence in FROM_DOCUMENT for each in said.fields}
    read |= resource.differing
    return name in resource.server_fields - read or name not in context.bodies.properties(op)


def _statement(contract: Contract, resource: CheckedResource, name: str) -> StatementRef:
    """`readOnly` in the document; a law where no request has the field; otherwise a guess."""
    evidence: Evidence = "inferred"
    source = UNKNOWN_TO_REQUESTS
    if name in _read_only(contract, resource.operations["create"]):
        evidence, source = "documented", READ_ONLY
    elif name not in _in_requests(contract, resource) and not _is_open(contract, resource.operations["create"]):
        evidence = "implied"
    return StatementRef(resource.name, "schema", evidence, source, f"Only the service sets {name}.")


def _read_only(contract: Contract, op: ResourceOperation) -> list[str]:
    return [name for name, at in documented(contract, op).items() if contract.schemas.keyword(at, "readOnly")]


def _in_requests(contract: Contract, resource: CheckedResource) -> set[str]:
    """The fields that a client can send by any operation of a resource."""
    ops = (op for name, op in resource.operations.items() if name in ("create", "update", "replace"))
    schemas = [schema for op in ops if (schema := op.body_schema(contract.schemas)) is not None]
    return {name for schema in schemas for name in contract.schemas.properties(schema)}


def _is_open(contract: Contract, op: ResourceOperation) -> bool:
    """Does the schema of a request allow fields that it does not name, in so many words, or name none at all?"""
    schema = op.body_schema(contract.schemas)
    if schema is None or not contract.schemas.properties(schema):
        return True
    return contract.schemas.keyword(schema, "additionalProperties") not in (None, False)


def _other_value(context: CheckContext, resource: CheckedResource, name: str, value: Any) -> Any:
    """Another value of a field: one that its schema lists, or one of the same type."""
    pointer = documented(context.contract, resource.operations["create"]).get(name)
    listed = context.contract.schemas.keyword(pointer, "enum") if pointer is not None else None
    others = [each for each in listed or () if each != value and each is not None]
    return others[-1] if others else other_of_same_type(value)


def _places(contract: Contract) -> Iterator[Place]:
    """Resources with fields that the service sets, by a statement or because no create request has them."""
    for resource in checked_resources(contract).values():
        if not resource.can("create"):
            continue
        op = resource.operations["create"]
        stated = set(_read_only(contract, op)) | (resource.server_fields - {""})
        schema = op.body_schema(contract.schemas)
        sent = contract.schemas.properties(schema) if schema is not None else {}
        shown = [name for name in documented(contract, op) if name not in sent and name not in stated] if sent else []
        shown = sorted(shown, key=lambda name: TELLING.search(name) is None)[:MOST]
        if stated or shown:
            evidence: Evidence = "documented" if _read_only(contract, op) else "inferred"
            text = "Only the service sets these fields."
            statement = StatementRef(resource.name, "schema", evidence, READ_ONLY, text)
            yield op.name, statement, (resource, (*sorted(stated), *shown))


CHECKS = (Check("mass-assignment", ("initial", "identity"), _places, mass_assignment, exclusive=False),)
