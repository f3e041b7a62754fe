"""The history of one item: its versions, as far as the changes of the namespace are kept."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.messages import Reply
from mockserver.state.change_log import ItemChange
from mockserver.web.admin.admin_request import AdminRequest
from mockserver.web.admin.items import got, owner_key
from mockserver.web.control.shown_entry import shown_change


def versions(request: AdminRequest) -> Reply:
    """The changes of an item, the latest first, each with the request that made it. Raises Missing and Malformed."""
    service = request.service(request.path["service"])
    label, key, services = request.namespace.store(service).label, owner_key(request, service), request.control.services
    numbers, log = _numbers(request), request.namespace.log
    found = [
        (commit.revision, shown_change(each, service.name, services))
        for commit in (reversed(log.commits) if log is not None else ())
        if commit.store == label
        for each in commit.items
        if each.key == key and _is(each, request.path["id"])
    ]
    if not found:
        got(request)  # raises Missing for an item that never was: a mistyped id has no history either
    return Reply(200, [{"revision": at, "request": numbers.get(at), **change} for at, change in found])


def _is(change: ItemChange, id: str) -> bool:
    record = change.after or change.before
    return record is not None and str(record.id) == id


def _numbers(request: AdminRequest) -> dict[int, int]:
    """The numbers of the requests by the revisions that they made."""
    return dict(_revisions(request))


def _revisions(request: AdminRequest) -> Iterator[tuple[int, int]]:
    journal, namespace = request.control.journal, request.namespace.name
    for entry in journal.entries if journal is not None else ():
        if entry.trace.commits and entry.namespace == namespace:
            yield from ((commit.revision, entry.number) for commit in entry.trace.commits)
