"""A check of items that are open for some time: who may read an item while it is public may not when it is private again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from contracts.checks.security.access_attempts import DENIED, Access, owners_view
from contracts.checks.security.other_user_lists import lists
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.inference.names import plain

OPENED = frozenset(("public", "shared", "published", "open", "visible", "everyone", "all", "listed"))
CLOSED = frozenset(("private", "hidden", "unpublished", "closed", "draft", "owner", "personal", "unlisted", "none"))
"""Values of a field by which others may read an item, and by which they may not."""

FIELDS = frozenset(("visibility", "access", "privacy", "audience", "scope"))
"""Names of fields whose values say who may read an item."""

FLAGS = {
    "public": True, "ispublic": True, "shared": True, "isshared": True, "published": True, "ispublished": True,
    "private": False, "isprivate": False, "hidden": False, "ishidden": False,
}  # fmt: skip
"""Names of flags, and the value by which others may read an item."""

SAME = "an item is closed by the same value by which it was closed before"


class _Visibility(NamedTuple):
    """A field of an item, and its values for others to read the item and for the owner alone."""

    field: str
    opened: Any
    closed: Any


def closed_again(context: CheckContext, resource: CheckedResource, kind: _Visibility) -> None:
    """An item that was opened to other users is closed to them again by the value by which it was closed before."""
    other, get = context.other_tenant_user(), resource.operations["get"]
    made = context.create(resource, context.body(resource) | {kind.field: kind.closed})
    access = Access(context.main_user, other, made, owners_view(context, made))
    if context.send(get, path=made.path, user=other).status not in DENIED:
        raise CannotBuildRequest(f"another user may read a {resource.name} with {kind.field} {kind.closed}")
    history: list[RecordedExchange] = [made.exchange]
    for value in (kind.opened, kind.closed):
        history.append(context.update(made, _body(context, resource, made.sent, {kind.field: value})))
        if history[-1].status >= 300:
            raise CannotBuildRequest(f"{kind.field} cannot be changed: status {history[-1].status}")
        read = context.send(get, path=made.path, user=other)
        if value == kind.opened and read.status >= 300:
            raise CannotBuildRequest(f"{kind.field} {value} does not open a {resource.name} to another user")
    closed = f"a {resource.name} whose {kind.field} is {kind.closed} again is closed to other users"
    context.expect_status(read.status in DENIED, closed, *history, read, about="read")
    for attempt in lists(context, access):
        expected = f"{closed}, also in {attempt.op.name}"
        context.expect(not attempt.open, expected, attempt.seen, *history, *attempt.exchanges[1:], about=attempt.kind)


def _body(context: CheckContext, resource: CheckedResource, sent: Any, change: dict[str, Any]) -> dict[str, Any]:
    """The body of an update, or of a replacement, which needs the rest of the item too."""
    op = resource.operations.get("update") or resource.operations["replace"]
    needed = context.bodies.required(op) if resource.can("update") else set(sent)
    return {name: value for name, value in sent.items() if name in needed} | change


def _visibility(contract: Contract, resource: CheckedResource) -> _Visibility | None:
    """The field by which the owner opens an item; None if there is none that create and update requests set."""
    change = resource.operations.get("update") or resource.operations["replace"]
    pointers = [op.body_schema(contract.schemas) for op in (resource.operations["create"], change)]
    first, second = (contract.schemas.properties(at) if at is not None else {} for at in pointers)
    for name, pointer in first.items():
        if name not in second:
            continue
        if plain(name) in FLAGS and "boolean" in contract.schemas.types(pointer):
            return _Visibility(name, FLAGS[plain(name)], not FLAGS[plain(name)])
        values = contract.schemas.keyword(pointer, "enum") or ()
        opened, closed = ([v for v in values if isinstance(v, str) and plain(v) in each] for each in (OPENED, CLOSED))
        if plain(name) in FIELDS and opened and closed:
            return _Visibility(name, opened[0], closed[0])
    return None


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        if not resource.can("create", "get") or not (resource.can("update") or resource.can("replace")):
            continue
        kind = _visibility(contract, resource)
        if kind is not None and resource.operations["get"].operation.security:
            op = resource.operations.get("update") or resource.operations["replace"]
            text = f"{kind.field} {kind.closed} closes a {resource.name} to other users."
            yield op.name, StatementRef(op.name, "ownership", "implied", SAME, text), (resource, kind)


CHECKS = (Check("closed-again", (), _places, closed_again, exclusive=False),)
