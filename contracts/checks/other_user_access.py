"""What another user can do with an item of one user: each operation is tried, and its effect looked at."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.checks.deleted_items import unknown_ids
from contracts.checks.item_view import change_of
from contracts.checks.lists import ids
from contracts.checks.missing_items import GONE
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_bodies import MARK
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.client.target import User
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource, ResourceOperation, value_at
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements.lists import EVERY_FIELD
from mockserver.openapi import path_template

DENIED = frozenset({401, 403, 404, 410})
"""Statuses for a request without access; 404 and 410 also hide whether the item exists."""


@dataclass(frozen=True, slots=True)
class AccessAttempt:
    """One request about an item of another user.

    `kind` is list, filter, total, read, nested, update, replace, action, add or delete. It is `open` if the request reached
    the item: its reply shows it, or it had an effect.
    """

    kind: str
    op: ResourceOperation
    open: bool
    seen: str
    exchanges: tuple[RecordedExchange, ...]

    @property
    def refused(self) -> bool:
        """Was the request refused as one without access?"""
        return self.exchanges[-1].status in DENIED


@dataclass(slots=True)
class Access:
    """What `other` could do with an item of `owner`. `own` is how the owner sees it."""

    owner: User
    other: User
    made: CreatedItem
    own: Mapping[str, Any]
    attempts: list[AccessAttempt] = field(default_factory=list)

    def of(self, *kinds: str) -> list[AccessAttempt]:
        """The attempts of some kinds."""
        return [each for each in self.attempts if each.kind in kinds]

    @property
    def is_listed(self) -> bool | None:
        """Does the list of the other user have the item? None if that cannot be told."""
        return next((each.open for each in self.of("list")), None)

    @property
    def is_read_refused(self) -> bool:
        """Is a plain read of the item refused, which its owner may read?"""
        return any(not each.open and each.refused for each in self.of("read"))


def access_of(context: CheckContext, resource: CheckedResource, owner: User, other: User) -> Access:
    """Create an item as `owner`, and try everything with it as `other`.

    Raises CannotBuildRequest if no item can be created, or no operation finds one.
    """
    before = _total(context, resource, other)
    made = context.create(resource, user=owner)
    access = Access(owner, other, made, _owners_view(context, made))
    access.attempts += _lists(context, access)
    access.attempts += _totals(context, access, before)
    for tried in (_reads, _nested, _changes, _actions, _deletes):
        access.attempts += tried(context, access)
    if not access.attempts:
        raise CannotBuildRequest(f"no operation lists {resource.name} items or takes their id: nothing can be compared")
    return access


def _owners_view(context: CheckContext, made: CreatedItem) -> Mapping[str, Any]:
    if not made.resource.can("get"):
        return made.item
    return context.item(made.resource.operations["get"], context.get(made)) or made.item


def marks(made: CreatedItem) -> list[bytes]:
    """Texts by which a reply with the item can be recognized: those that are only in it."""
    unique = [v for v in made.sent.values() if isinstance(v, str) and "contract" in v and "check" in v]
    long_id = [made.id] if isinstance(made.id, str) and len(made.id) > 11 else []
    return [json.dumps(each).strip('"').encode() for each in (*unique, *long_id)]


def _shows(context: CheckContext, made: CreatedItem, exchange: RecordedExchange, *, of_item: bool = True) -> bool:
    """Does a successful reply show the item, or one with its id where only one item is asked for?"""
    if not 200 <= exchange.status < 300:
        return False
    op = made.resource.operations.get("get") or made.resource.operations["create"]
    shown = context.item(op, exchange).get(made.resource.behaviour.identity.field)
    sent = exchange.body or b""
    return any(mark in exchange.reply_body and mark not in sent for mark in marks(made)) or (
        of_item and shown is not None and str(shown) == str(made.id)
    )


def _lists(context: CheckContext, access: Access) -> Iterator[AccessAttempt]:
    """The plain list, and the list with each filter that the item fits."""
    made = access.made
    op = made.resource.operations.get("list")
    if op is None or (made.resource.behaviour.parent and made.resource.leads_through_owner(op)):
        return  # a list below an item of the owner: tried with that item
    if not _in_list(context, made, access.owner)[0]:
        return  # what the other user's list would have to show is not known
    there, exchanges = _in_list(context, made, access.other)
    if exchanges[-1].status >= 300:
        return
    yield AccessAttempt("list", op, there, "the list contains it" if there else "", (made.exchange, exchanges[-1]))
    for name, value in _filters(op, access):
        exchange = context.list_page(made, user=access.other, query={name: value})
        found = exchange.status < 300 and str(made.id) in ids(made.resource, context.items(made.resource, exchange))
        yield AccessAttempt("filter", op, found, f"the list with {name}={value} contains it", (made.exchange, exchange))


def _total(context: CheckContext, resource: CheckedResource, user: User) -> RecordedExchange | None:
    """The list of a user, if it says how many items there are."""
    op = resource.operations.get("list")
    if op is None or op.reply_path("total") is None or resource.behaviour.parent:
        return None
    return context.list_page(resource, user=user)


def _totals(context: CheckContext, access: Access, before: RecordedExchange | None) -> Iterator[AccessAttempt]:
    """The total of a list that hides the item. It counts it if the total grew by one with the item."""
    if before is None or access.is_listed is not False:
        return
    op = access.made.resource.operations["list"]
    after = context.list_page(access.made.resource, user=access.other)
    old, new = (value_at(each.json, op.reply_path("total")) for each in (before, after))
    if isinstance(old, int) and isinstance(new, int):
        seen = f"the total of a list that does not contain it grew from {old} to {new}"
        yield AccessAttempt("total", op, new == old + 1, seen, (before, access.made.exchange, after))


def _in_list(context: CheckContext, made: CreatedItem, user: User) -> tuple[bool, list[RecordedExchange]]:
    """Is the item in the list of a user? The page that shows it comes last."""
    found: list[RecordedExchange] = []
    _, exchanges = context.list_all(made, user=user, pages=20)
    for each in exchanges:
        found.append(each)
        if str(made.id) in ids(made.resource, context.items(made.resource, each)):
            return True, found
    return False, exchanges


def _filters(op: ResourceOperation, access: Access) -> list[tuple[str, Any]]:
    """Query parameters that may find the item: those named after a field of it, and those that search for a text.

    Those about its owner come first.
    """
    known = {**access.made.sent, **access.own}
    named = [p.name for p in op.operation.parameters if p.location == "query"]
    values = [(n, known[n]) for n in named if isinstance(known.get(n), str | int) and not isinstance(known[n], bool)]
    first = sorted(values, key=lambda each: not any(w in each[0].lower() for w in ("owner", "user", "account")))[:3]
    return [*first, *_searches(op, access.made)]


def _searches(op: ResourceOperation, made: CreatedItem) -> list[tuple[str, Any]]:
    """A text of the item for each parameter that searches in every field."""
    text = next((value for value in made.sent.values() if isinstance(value, str) and MARK in value), "")
    return [(each.parameter, text) for each in op.behaviour.filter if each.field == EVERY_FIELD and text][:2]


def _reads(context: CheckContext, access: Access) -> Iterator[AccessAttempt]:
    made = access.made
    op = made.resource.operations.get("get") or _unread(context, made.resource)
    if op is not None and 200 <= context.send(op, path=made.path, user=access.owner).status < 300:
        exchange = context.send(op, path=made.path, user=access.other)
        seen = f"status {exchange.status} with the item"
        yield AccessAttempt("read", op, _shows(context, made, exchange), seen, (made.exchange, exchange))


def _unread(context: CheckContext, resource: CheckedResource) -> ResourceOperation | None:
    """A GET of the item's own path that no statement covers, for example because its reply is documented as a list."""
    collection = resource.operations["create"].operation.path.rstrip("/")
    op = context.shared.operations.get(f"GET {collection}/{{{resource.behaviour.identity.parameter}}}")
    return op if op is not None and op.behaviour.action is None else None


def _nested(context: CheckContext, access: Access) -> Iterator[AccessAttempt]:
    """What is below the item: its children are listed and read, and one is added."""
    for child in context.shared.resources.values():
        parent = child.behaviour.parent
        if parent is None or parent.resource != access.made.resource.name or not child.can("create"):
            continue
        path = {**access.made.path, parent.parameter: access.made.id}
        path |= {child.owner_key: access.made.id} if child.owner_key else {}
        exchange, below = context.try_create(child, user=access.owner, path=path)
        if below is None:
            continue
        for name in ("list", "get"):
            op = child.operations.get(name)
            if op is not None and child.leads_through_owner(op):
                reply = context.send(op, user=access.other, path=below.path)
                shown = _shows(context, below, reply) or _lists_it(context, below, name, reply)
                seen = f"status {reply.status} with an item below it"
                yield AccessAttempt("nested", op, shown, seen, (access.made.exchange, exchange, reply))
        yield from _added(context, access, child, path)


def _lists_it(context: CheckContext, below: CreatedItem, name: str, reply: RecordedExchange) -> bool:
    return (
        name == "list"
        and reply.status < 300
        and str(below.id) in ids(below.resource, context.items(below.resource, reply))
    )


def _added(
    context: CheckContext, access: Access, child: CheckedResource, path: Mapping[str, Any]
) -> Iterator[AccessAttempt]:
    op = child.operations["create"]
    if not child.leads_through_owner(op):
        return
    body = context.body(child)
    exchange = context.send(op, user=access.other, path=path, body=body)
    added = context.record_created(child, exchange, body, access.owner, path)
    seen = f"status {exchange.status}, and an item below it"
    yield AccessAttempt("add", op, added is not None, seen, (access.made.exchange, exchange))


def _changes(context: CheckContext, access: Access) -> Iterator[AccessAttempt]:
    """An update and a replacement of one field. Only what the owner then sees counts."""
    made = access.made
    for name in ("update", "replace"):
        op = made.resource.operations.get(name)
        if op is None or op.media_type is None:
            continue
        try:
            field_name, value = change_of(context, made.resource, op, made)
        except CannotBuildRequest:
            continue
        required = {n: v for n, v in made.sent.items() if name == "replace" or n in context.bodies.required(op)}
        exchange = context.send(op, user=access.other, path=made.path, body={**required, field_name: value})
        steps: tuple[RecordedExchange, ...] = (made.exchange, exchange)
        changed = 200 <= exchange.status < 300
        if changed and made.resource.can("get") and field_name in access.own:
            after = context.get(made)
            steps = (*steps, after)
            changed = context.item(made.resource.operations["get"], after).get(field_name) == value
        elif changed:
            changed = _is_known(context, access, op, {**required, field_name: value})
        yield _changed(
            AccessAttempt(name, op, changed, f"status {exchange.status}, and {field_name} is changed", steps), exchange
        )


def _changed(attempt: AccessAttempt, exchange: RecordedExchange) -> AccessAttempt:
    """The response of an attempt shows that it had no effect, not the later look at the item."""
    if attempt.open:
        return attempt
    return AccessAttempt(attempt.kind, attempt.op, False, "", (attempt.exchanges[0], exchange))


def _is_known(context: CheckContext, access: Access, op: ResourceOperation, body: Any) -> bool:
    """Does an operation refuse an unknown id, so that a success means that it found the item?"""
    made = access.made
    parameter = made.resource.behaviour.identity.parameter
    for id in unknown_ids(context, made):
        reply = context.send(op, user=access.other, path={**made.path, parameter: id}, body=body)
        return reply.status >= 400
    return False


def _actions(context: CheckContext, access: Access) -> Iterator[AccessAttempt]:
    """Further operations on an item, such as `POST /notes/{id}/publish`."""
    made = access.made
    for op in item_operations(context, made.resource):
        body: Any = MISSING
        if op.media_type is not None:
            filled = context.bodies.minimal(op, context.check)
            if filled is None:
                continue
            body = filled
        before = _owners_view(context, made)
        exchange = context.send(op, user=access.other, path=made.path, body=body)
        if not 200 <= exchange.status < 300:
            yield AccessAttempt("action", op, False, "", (made.exchange, exchange))
            continue
        reached = _shows(context, made, exchange) or _has_changed(context, made, before)
        if not reached and op.operation.method in ("put", "patch", "delete"):
            reached = _is_known(context, access, op, body)
        seen = f"status {exchange.status}, and it had an effect or shows the item"
        yield AccessAttempt("action", op, reached, seen, (made.exchange, exchange))


def _has_changed(context: CheckContext, made: CreatedItem, before: Mapping[str, Any]) -> bool:
    """Does the owner see another item than before, or none at all?"""
    if not made.resource.can("get"):
        return False
    reply = context.get(made)
    return reply.status in GONE or context.item(made.resource.operations["get"], reply) != before


def item_operations(context: CheckContext, resource: CheckedResource) -> list[ResourceOperation]:
    """Operations on an item besides those of its resource and of its children: their path goes on after the id."""
    of_children = {op.name for child in context.shared.resources.values() for op in child.operations.values()}
    item = next((op for name, op in resource.operations.items() if resource.is_of_item(op)), None)
    if item is None:
        return []
    start = item.operation.path.rstrip("/") + "/"
    return [
        op
        for op in context.shared.operations.values()
        if op.operation.path.startswith(start)
        and op.name not in of_children
        and len(path_template.names(op.operation.path)) == len(path_template.names(item.operation.path))
    ]


def _deletes(context: CheckContext, access: Access) -> Iterator[AccessAttempt]:
    made, op = access.made, access.made.resource.operations.get("delete")
    if op is None:
        return
    request = context.send(op, user=access.other, path=made.path)
    if not 200 <= request.status < 300:
        yield AccessAttempt("delete", op, False, "", (made.exchange, request))
        return
    gone, steps = _is_gone(context, access)
    seen = f"status {request.status}, and the item is gone"
    yield AccessAttempt("delete", op, gone, seen, (made.exchange, request, *(steps if gone else ())))


def _is_gone(context: CheckContext, access: Access) -> tuple[bool, list[RecordedExchange]]:
    made = access.made
    if made.resource.can("get"):
        reply = context.get(made)
        return reply.status in GONE, [reply]
    if made.resource.can("list"):
        there, exchanges = _in_list(context, made, access.owner)
        return not there and exchanges[-1].status < 300, exchanges[-1:]
    return False, []
