"""What an examination left behind: known items, and those of requests whose answer never came."""

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

Tell = Callable[[str], object]
"""Told what was removed, a line each."""


def remove(journal: Journal, user: Sequence[User], tell: Tell) -> Iterator[str]:
    """Remove what the journal knows by its address. Gives a line for everything that is still there."""
    for entry in journal.open():
        asked = next((each for each in user if each.name == entry.identity), None)
        if asked is not None and _removed(entry, asked):
            journal.removed(entry.address)
            tell(f"removed {entry.address}")
        else:
            yield f"could not remove {entry.address}"


def _removed(entry: Entry, asked: User) -> bool:
    parts = urlsplit(entry.address)
    with Target.http(f"{parts.scheme}://{parts.netloc}", (asked,)) as target:
        try:
            status = target.send(Request(entry.method, parts.path, headers=entry.headers), asked).status
        except Unreachable:
            return False
    return 200 <= status < 300 or status in (404, 410)


def seek(journal: Journal, contract: Contract, user: Sequence[User], tell: Tell) -> Iterator[str]:
    """Look for what requests made whose answer never came, and remove what bears our mark.

    Gives a line for everything that may be there: what does not bear our mark may be somebody else's, and stays.
    """
    for number, pending in journal.pending().items():
        asked = next((each for each in user if each.name == pending.identity), None)
        if asked is None:
            yield f"may exist: what {pending.operation} made at {pending.base}: {dict(pending.shows)}"
            continue
        try:
            doubtful = _sought(pending, contract, asked.in_tenant(pending.tenant), tell)
        except (Unreachable, CannotBuildRequest) as reason:
            yield f"may exist: what {pending.operation} made at {pending.base}: {dict(pending.shows)} ({reason})"
            continue
        yield from doubtful
        if not doubtful:
            journal.created(number, None)


def _sought(pending: Pending, contract: Contract, asked: User, tell: Tell) -> list[str]:
    with Target.http(pending.base, (asked,)) as target:
        context = CheckContext(SharedState(contract, 0), target, "cleanup", "", None)
        resource = context.shared.created_by[pending.operation]
        if not resource.can("list"):
            raise CannotBuildRequest(f"{resource.name} cannot be listed")
        nothing = RecordedExchange("GET", pending.base, (), None, 0, ())
        items, asked_for = context.list_all(CreatedItem(resource, "", {}, {}, asked, nothing, pending.path))
        if asked_for[0].status >= 300:
            raise CannotBuildRequest(f"status {asked_for[0].status}")
        doubtful = []
        for item in items:
            id = item.get(resource.behaviour.identity.field)
            if id is None or not _is_it(item, pending.shows):
                continue
            made = CreatedItem(
                resource, id, item, {}, asked, nothing, {**pending.path, resource.behaviour.identity.parameter: id}
            )
            if not any(_is_marked(value) for value in pending.shows.values()):
                doubtful.append(f"may be ours: {resource.name} {id} at {pending.base}, as {dict(pending.shows)}")
            elif (left := context.remove(made)) is None:
                tell(f"removed {resource.name} {id}, whose id nobody was told")
            else:
                doubtful.append(f"could not remove {left}")
        return doubtful


def _is_it(item: Mapping[str, Any], shows: Mapping[str, Any]) -> bool:
    known = shows.keys() & item.keys()
    return bool(known) and all(item[name] == shows[name] for name in known)


def _is_marked(value: Any) -> bool:
    return isinstance(value, str) and "contract" in value and "check" in value
