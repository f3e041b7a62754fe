"""What another user can do with an item of one user: each operation is tried, and its effect looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from contracts.checks.lists.listed_items import ids
from contracts.checks.security.access_attempts import DENIED, Access, AccessAttempt, in_list, owners_view, shows
from contracts.checks.security.other_user_changes import actions, changes, deletes
from contracts.checks.security.other_user_lists import lists, total, totals
from contracts.checks.security.other_user_reads import reads_below
from contracts.checks.valid_bodies import texts_apart
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import User
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements.lists import EVERY_FIELD


def access_of(context: CheckContext, resource: CheckedResource, owner: User, other: User) -> Access:
    """Create an item as `owner`, and try everything with it as `other`.

    Raises CannotBuildRequest if no item can be created, or no operation finds one.
    """
    before = total(context, resource, other)
    made = item_apart(context, resource, owner)
    if context.is_below_other(made):
        raise CannotBuildRequest(f"a {resource.name} is created below an item of {other.name}, who has rights there")
    access = Access(owner, other, made, owners_view(context, made))
    access.attempts += lists(context, access)
    access.attempts += totals(context, access, before)
    for tried in (_reads, _nested, reads_below, changes, actions, deletes):
        access.attempts += _possible(tried(context, access))
    if not access.attempts:
        raise CannotBuildRequest(f"no operation lists {resource.name} items or takes their id: nothing can be compared")
    return access


def _possible(attempts: Iterator[AccessAttempt]) -> Iterator[AccessAttempt]:
    """The attempts up to one that cannot be made: what was tried before counts all the same."""
    with suppress(CannotBuildRequest):
        yield from attempts


def item_apart(context: CheckContext, resource: CheckedResource, owner: User) -> CreatedItem:
    """A new item of the owner. Where the list searches in every field, each of its texts is in no other item.

    Raises CannotBuildRequest if no item can be created.
    """
    op = resource.operations.get("list")
    if op is not None and any(each.field == EVERY_FIELD for each in op.behaviour.filter):
        _, made = context.try_create(resource, texts_apart(context, resource), user=owner, may_conflict=True)
        if made is not None:
            return made
    return context.create(resource, user=owner)


def _reads(context: CheckContext, access: Access) -> Iterator[AccessAttempt]:
    made = access.made
    op = made.resource.operations.get("get") or _unread(context, made.resource)
    if op is not None and 200 <= context.send(op, path=made.path, user=access.owner).status < 300:
        exchange = context.send(op, path=made.path, user=access.other)
        seen = f"status {exchange.status} with the item"
        yield AccessAttempt("read", op, shows(context, made, exchange), seen, (made.exchange, exchange))
    elif op is None:
        yield from _refused_list(context, access)


def _refused_list(context: CheckContext, access: Access) -> Iterator[AccessAttempt]:
    """A list below an item of the owner that is refused, where no operation shows the item alone: a read of it."""
    made, op = access.made, access.made.resource.operations.get("list")
    if op is None or not made.resource.behaviour.parent or not in_list(context, made, access.owner)[0]:
        return
    there, exchanges = in_list(context, made, access.other)
    if not there and exchanges[-1].status in DENIED:
        yield AccessAttempt("read", op, False, "", (made.exchange, exchanges[-1]))


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
        exchange, below = context.try_create(child, user=access.owner, path=path, may_conflict=True)
        if below is None or below.user.secret == access.other.secret:
            continue  # what only others may add is theirs
        for name in ("list", "get"):
            op = child.operations.get(name)
            if op is not None and child.leads_through_owner(op):
                reply = context.send(op, user=access.other, path=below.path)
                shown = shows(context, below, reply) or _lists_it(context, below, name, reply)
                seen = f"status {reply.status}: it shows a {child.name} that belongs to it"
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
