"""Operations on the journal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import Any

from mockserver.errors import Conflict, Missing
from mockserver.messages import Reply
from mockserver.openapi import json_codec
from mockserver.web.admin.admin_request import AdminRequest, as_conflict
from mockserver.web.admin.all_workers import OTHERS_ENTRIES
from mockserver.web.control import har
from mockserver.web.control.conditions import check_name, has_status
from mockserver.web.control.journal import FOLLOWERS, JournalRecord, RequestJournal
from mockserver.web.control.namespaces import DEFAULT
from mockserver.web.control.shown_entry import shown
from mockserver.web.control.verification import verified as verify
from mockserver.web.control.why import explained

HEARTBEAT = 15.0
"""After how many seconds without a request a comment is sent, so that proxies keep the connection."""


def listed(request: AdminRequest) -> Reply:
    """The latest requests that match the query, the newest first."""
    limit = request.query.get("limit", 100)
    return Reply(200, [shown(each, request.control.services) for each in islice(_chosen(request), limit)])


def got(request: AdminRequest) -> Reply:
    """One request. Raises Missing."""
    return Reply(200, shown(entry_of(request), request.control.services))


def explained_one(request: AdminRequest) -> Reply:
    """Why one request was answered like this. Raises Missing."""
    entry, control = entry_of(request), request.control
    namespace = control.namespaces.known(entry.namespace)
    stores = {name: namespace.store(each) for name, each in control.services.items()} if namespace else {}
    return Reply(200, explained(entry, control.services, stores, request.address))


def cleared(request: AdminRequest) -> Reply:
    """Forget the requests, of all namespaces or of one."""
    journal(request).clear(request.namespace_name)
    return Reply(204)


def exported(request: AdminRequest) -> Reply:
    """The requests as HTTP Archive, the oldest first."""
    entries = [shown(each, request.control.services) for each in _chosen(request)]
    return Reply(200, har.archive(reversed(entries), request.address))


def verified(request: AdminRequest) -> Reply:
    """Were these requests sent? 422 with the nearest ones if not. Raises Conflict for what cannot be compared."""
    namespace = request.namespace.name
    kept = [*journal(request).entries, *request.scope.get(OTHERS_ENTRIES, ())]
    entries = sorted((each for each in kept if each.namespace == namespace), key=lambda each: each.number)
    with as_conflict():
        told = verify(request.body, entries, request.control.services)
    return Reply(200 if told["verified"] else 422, told)


def followed(request: AdminRequest) -> Reply:
    """Requests as they are answered, as server-sent events. Raises Conflict when too many follow."""
    kept = journal(request)
    if kept.followers >= FOLLOWERS:
        raise Conflict(f"{FOLLOWERS} clients follow the journal already")
    request.send_stream(_events(request, kept, _first_event(request, kept)))
    return Reply(200, "", media_type="text/event-stream")


def _first_event(request: AdminRequest, kept: RequestJournal) -> int:
    """The number after which the events begin: the one that the client names, else that of the last request.

    A number above that of the last request is of a sandbox before it was started again. All that is kept is new then;
    otherwise the client would see nothing until the new numbers reach the old ones.
    """
    worker, named = request.control.worker, request.call.headers.get("Last-Event-ID")
    newest = worker.numbers.last if worker is not None else kept.last
    if named is None:
        return newest
    return int(named) if int(named) <= newest else 0


def journal(request: AdminRequest) -> RequestJournal:
    """The journal. Raises Conflict when the sandbox keeps none."""
    if request.control.journal is None:
        raise Conflict("this sandbox keeps no journal; start it with --journal 1000")
    return request.control.journal


def entry_of(request: AdminRequest) -> JournalRecord:
    """The entry that the path names. Raises Missing."""
    kept, number = request.control.journal, request.path["number"]
    found = kept.entry(number) if kept is not None else None
    if found is not None:
        return found
    entries = kept.entries if kept is not None else []
    there = f"there are {entries[0].number} to {entries[-1].number}" if entries else "there is none"
    raise Missing(f"the request {number} is not in the journal; {there}", resource="request")


def _chosen(request: AdminRequest) -> Iterator[JournalRecord]:
    """The entries that match the query, the newest first.

    Raises Conflict for a service or an operation that there is not: no request of a mistyped one would ever be found.
    """
    _check_names(request)
    namespace, query = request.namespace_name, request.query
    for entry in journal(request).latest():
        if entry.number <= query.get("since", 0):
            return
        if namespace in (None, entry.namespace) and _matches(entry, query):
            yield entry


def _check_names(request: AdminRequest) -> None:
    """Raise Conflict for the name of no service or operation, unless an entry has it from before a reload."""
    services, query, kept = request.control.services, request.query, journal(request).latest
    with as_conflict():
        if "service" in query and all(each.service != query["service"] for each in kept()):
            check_name("service", query["service"], list(services), ("service",), "query")
        if "operation" in query and all(_operation(each) != query["operation"] for each in kept()):
            known = [name for service in services.values() for name in service.endpoints]
            check_name("operation", query["operation"], known, ("operation",), "query")


def _operation(entry: JournalRecord) -> str | None:
    return entry.operation.operation_id if entry.operation is not None else None


def _matches(entry: JournalRecord, query: Any) -> bool:
    operation = _operation(entry)
    return (
        query.get("service", entry.service) == entry.service
        and query.get("operation", operation) == operation
        and query.get("method", entry.method).upper() == entry.method.upper()
        and ("status" not in query or has_status(entry.status, query["status"]))
        and query.get("unmatched", operation is None) is (operation is None)
    )


async def _events(request: AdminRequest, kept: RequestJournal, last: int) -> AsyncIterator[bytes]:
    """The events after the number `last`, for as many seconds as the query says."""
    namespace, services = request.namespace_name, request.control.services
    yield b": the journal of the sandbox\n\n"
    async for entries in kept.follow(last, HEARTBEAT, request.query.get("for")):
        if not entries:
            yield b": still here\n\n"
        for entry in entries:
            if namespace in (None, entry.namespace or DEFAULT):
                data = json_codec.write(shown(entry, services))
                yield b"event: request\nid: %d\ndata: %b\n\n" % (entry.number, data)
