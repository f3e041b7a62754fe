"""Deleting what an earlier run left behind: items in its journal, and items of create requests without a response."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from contracts.cleanup.created_items import CreatedItem
from contracts.cleanup.journal import Entry, Journal, Pending
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import Request, Target, Unreachable, User
from contracts.model.finding import RecordedExchange
from contracts.runner.context import CheckContext
from contracts.runner.shared import SharedState
from mockserver.contract import Contract

OnRemoved = Callable[[str], object]
"""Called with a line of text for each deleted item."""


def remove(journal: Journal, users: Sequence[User], on_removed: OnRemoved, *, verify: bool = True) -> Iterator[str]:
    """Delete the items whose address is in the journal. Yields a line for each item that still exists.

    Without `verify`, any certificate is accepted.
    """
    for entry in journal.open():
        user = next((each for each in users if each.name == entry.identity), None)
        if user is not None and _is_removed(entry, user, verify):
            journal.removed(entry.address)
            on_removed(f"deleted {entry.address}")
        else:
            yield f"could not delete {entry.address}"


def _is_removed(entry: Entry, user: User, verify: bool) -> bool:
    parts = urlsplit(entry.address)
    with Target.http(f"{parts.scheme}://{parts.netloc}", (user,), verify=verify) as target:
        try:
            status = target.send(Request(entry.method, parts.path, headers=entry.headers), user).status
        except Unreachable:
            return False
    return 200 <= status < 300 or status in (404, 410)


def find_unconfirmed(
    journal: Journal, contract: Contract, users: Sequence[User], on_removed: OnRemoved, *, verify: bool = True
) -> Iterator[str]:
    """Look for the items of create requests that got no response, and delete those that contain our mark.

    Yields a line for each item that may still exist. An item without our mark may belong to others, so it is kept.
    Without `verify`, any certificate is accepted.
    """
    for number, pending in journal.pending().items():
        user = next((each for each in users if each.name == pending.identity), None)
        unconfirmed = f"may exist: an item of {pending.operation} at {pending.base} with {dict(pending.shows)}"
        if user is None:
            yield unconfirmed
            continue
        try:
            with Target.http(pending.base, (user.in_tenant(pending.tenant),), verify=verify) as target:
                remaining = _remove_unconfirmed(pending, contract, target, on_removed)
        except (Unreachable, CannotBuildRequest) as reason:
            yield f"{unconfirmed} ({reason})"
            continue
        yield from remaining
        if not remaining:
            journal.created(number, None)


def _remove_unconfirmed(pending: Pending, contract: Contract, target: Target, on_removed: OnRemoved) -> list[str]:
    context, [user] = CheckContext(SharedState(contract, 0), target, "cleanup", "", None), target.users
    resource = context.shared.created_by[pending.operation]
    nothing = RecordedExchange("GET", pending.base, (), None, 0, ())
    remaining = []
    for item in _listed(context, CreatedItem(resource, "", {}, {}, user, nothing, pending.path)):
        id = item.get(resource.behaviour.identity.field)
        if id is None or not _is_it(item, pending.shows):
            continue
        path = {**pending.path, resource.behaviour.identity.parameter: id}
        found = CreatedItem(resource, id, item, {}, user, nothing, path)
        if not any(_is_marked(value) for value in pending.shows.values()):
            remaining.append(f"may be ours: {resource.name} {id} at {pending.base} with {dict(pending.shows)}")
        elif (address := context.remove(found)) is None:
            on_removed(f"deleted {resource.name} {id}, whose create request got no response")
        else:
            remaining.append(f"could not delete {address}")
    return remaining


def _listed(context: CheckContext, below: CreatedItem) -> list[dict[str, Any]]:
    """The items in the list that the item would be in. Raises CannotBuildRequest if there is no such list."""
    if not below.resource.can("list"):
        raise CannotBuildRequest(f"{below.resource.name} has no list operation")
    items, exchanges = context.list_all(below)
    if exchanges[0].status >= 300:
        raise CannotBuildRequest(f"the list has status {exchanges[0].status}")
    return items


def _is_it(item: Mapping[str, Any], shows: Mapping[str, Any]) -> bool:
    known = shows.keys() & item.keys()
    return bool(known) and all(item[name] == shows[name] for name in known)


def _is_marked(value: Any) -> bool:
    return isinstance(value, str) and "contract" in value and "check" in value
