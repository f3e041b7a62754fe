"""The admin API over all workers: what each of them keeps for itself is asked for, and put together.

The journal and the checks that were started are kept by the worker that answered a request; everything else is the same
for all of them by the log of changes that they share.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from mockserver.openapi import json_codec
from mockserver.web.control.control import Control
from mockserver.web.control.journal import FOLLOWERS
from mockserver.web.control.packed_entries import packed, unpacked
from mockserver.web.workers.peers import SECONDS, SilentWorkerError, ask, follow, read_head, together
from mockserver.web.workers.question import AdminQuestion, WorkerAnswer, answered
from mockserver.web.workers.worker import Worker

PACKED = "PACKED"
"""The method of a question for all entries of a namespace in bytes; no client can send it to a worker."""

OTHERS_ENTRIES = "mockserver.entries"
"""The key of an ASGI scope with the entries of the other workers."""


LONGEST_FOR = 5.0
"""How many seconds a client can ask to follow the journal at most."""

EVENT = re.compile(rb"event: request\nid: (\d+)\ndata: [^\n]*\n\n")
"""One server-sent event, with its number."""


class AllWorkers:
    """Answers requests to operations of MERGED with what all workers know. `own` is the admin API of this one."""

    def __init__(self, control: Control, worker: Worker, own: Any) -> None:
        self.control, self.worker, self._own = control, worker, own

    async def __call__(self, merge: Merge, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request; 503 when a worker does not answer in time."""
        question = await _question(scope, receive)
        try:
            response = await merge(self, question)
        except SilentWorkerError as silence:
            problem = {"title": "Service Unavailable", "status": 503, "detail": f"{silence}; try again"}
            response = JSONResponse(problem, 503, {"retry-after": "1"}, "application/problem+json")
        await response(scope, receive, send)

    async def own(self, question: AdminQuestion, **scope: Any) -> WorkerAnswer:
        """The answer of this worker."""
        parts = [each async for each in self._frames(question, scope)]
        status, headers = read_head(parts[0])
        return WorkerAnswer(status, headers, b"".join(parts[1:]))

    async def others(self, question: AdminQuestion, more: float = 0.0) -> list[WorkerAnswer]:
        """The answers of the others, which may take so many seconds more than usual. Raises SilentWorkerError."""
        return await ask(self.worker.others, question, SECONDS + more)

    async def stream(self, question: AdminQuestion) -> AsyncIterator[bytes]:
        """The body of this worker's answer in its parts."""
        is_head = True
        async for frame in self._frames(question, {}):
            if not is_head:
                yield frame
            is_head = False

    def _frames(self, question: AdminQuestion, own: Mapping[str, Any]) -> AsyncIterator[bytes]:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            await self._own({**scope, **own}, receive, send)

        return answered(app, question)


Merge = Callable[[AllWorkers, AdminQuestion], Awaitable[Response]]
"""Makes the response to a request of what the workers answer."""


async def _newest_first(workers: AllWorkers, question: AdminQuestion) -> Response:
    """One list of the workers' lists of requests or deliveries, as long as the query wants."""
    # The query may say how long to wait for deliveries: no worker should wait for another one with that.
    own, others = await asyncio.gather(workers.own(question), workers.others(question, _waiting(question)))
    if own.status != 200:
        return _response(own)
    lists = [own, *others]
    entries = [entry for each in lists if each.status == 200 for entry in json_codec.read(each.body)]
    entries.sort(key=lambda entry: entry["number"], reverse=True)
    limit = int(_query(question).get("limit", "100"))
    return _response(own._replace(body=json_codec.write(entries[:limit])))


async def _archives(workers: AllWorkers, question: AdminQuestion) -> Response:
    """One HTTP Archive of the workers' archives, the oldest first."""
    own = await workers.own(question)
    if own.status != 200:
        return _response(own)
    archives = [json_codec.read(each.body) for each in [own, *await workers.others(question)] if each.status == 200]
    entries = [entry for each in archives for entry in each["log"]["entries"]]
    entries.sort(key=lambda entry: entry["startedDateTime"])
    merged = {**archives[0], "log": {**archives[0]["log"], "entries": entries}}
    return _response(own._replace(body=json_codec.write(merged)))


async def _whose_it_is(workers: AllWorkers, question: AdminQuestion) -> Response:
    """The answer of the worker that knows what is asked for; that of this one if none does."""
    own = await workers.own(question)
    if own.status != 404:
        return _response(own)
    return _response(next((each for each in await workers.others(question) if each.status != 404), own))


async def _by_all(workers: AllWorkers, question: AdminQuestion) -> Response:
    """The answer of this worker, when the others have done the same."""
    own = await workers.own(question)
    if own.status < 400:
        await workers.others(question)
    return _response(own)


async def _checks(workers: AllWorkers, question: AdminQuestion) -> Response:
    """One list of the checks that were started in all workers."""
    own = await workers.own(question)
    found = [json_codec.read(each.body) for each in [own, *await workers.others(question)]]
    merged = {**found[0], "checks": [check for each in found for check in each["checks"]]}
    return _response(own._replace(body=json_codec.write(merged)))


async def _verified(workers: AllWorkers, question: AdminQuestion) -> Response:
    """The answer of this worker, which compares the entries of the others too."""
    asked = question._replace(method=PACKED, body=b"")
    services, entries = workers.control.services, []
    for each in await workers.others(asked):
        entries += unpacked(each.body, services)
    return _response(await workers.own(question, **{OTHERS_ENTRIES: entries}))


async def _followed(workers: AllWorkers, question: AdminQuestion) -> Response:
    """The events of all workers, as they come. This one's end with its own, which the query may limit."""
    journal = workers.control.journal
    if journal is None or journal.followers >= FOLLOWERS:
        return _response(await workers.own(question))
    last = next((value for name, value in question.headers if name == b"last-event-id"), None)
    if last is None:
        # All begin at the same number: what this worker says now is the latest of all of them.
        number = b"%d" % workers.worker.numbers.last
        question = question._replace(headers=(*question.headers, (b"last-event-id", number)))
    if "for" in _query(question):
        return await _events_at_once(workers, question)
    others = [follow(path, question) for path in workers.worker.others.values()]
    parts = together([workers.stream(question), *others])
    return StreamingResponse(parts, media_type="text/event-stream", headers={"cache-control": "no-store"})


async def _events_at_once(workers: AllWorkers, question: AdminQuestion) -> Response:
    """The events of all workers in the seconds that the query says, by their numbers."""
    own, others = await asyncio.gather(workers.own(question), workers.others(question, LONGEST_FOR))
    events = [event for each in (own, *others) if each.status == 200 for event in EVENT.finditer(each.body)]
    events.sort(key=lambda event: int(event[1]))
    return _response(own._replace(body=b": the journal of the sandbox\n\n" + b"".join(event[0] for event in events)))


MERGED: dict[str, Merge] = {
    "listRequests": _newest_first,
    "getRequest": _whose_it_is,
    "explainRequest": _whose_it_is,
    "listLinks": _whose_it_is,
    "exportHar": _archives,
    "clearRequests": _by_all,
    "verifyRequests": _verified,
    "followRequests": _followed,
    "listDeliveries": _newest_first,
    "getDelivery": _whose_it_is,
    "clearDeliveries": _by_all,
    "enableSubscription": _by_all,
    "listChecks": _checks,
    "getCheck": _whose_it_is,
    "getCheckReport": _whose_it_is,
    "stopCheck": _whose_it_is,
    "sendRequest": _whose_it_is,
    "previewOverride": _whose_it_is,
}
"""How the answers of the workers become one, by the operationId; other operations any worker answers alone."""


def packed_entries(control: Control) -> Response:
    """The answer to a PACKED question: the entries of this worker."""
    journal = control.journal
    return Response(packed(journal.entries) if journal is not None else packed([]))


def _query(question: AdminQuestion) -> Mapping[str, str]:
    return dict(parse_qsl(question.query.decode("latin-1"), keep_blank_values=True))


def _waiting(question: AdminQuestion) -> float:
    """For how many seconds the query lets a worker wait, which only a valid one does."""
    try:
        return min(60.0, max(0.0, float(_query(question).get("wait", "0"))))
    except ValueError:
        return 0.0


def _response(answer: WorkerAnswer) -> Response:
    response = Response(answer.body, answer.status)
    kept = [(name, value) for name, value in answer.headers if name != b"content-length"]
    length = [] if answer.status in (204, 304) else [(b"content-length", b"%d" % len(answer.body))]
    response.raw_headers = [*kept, *length]
    return response


async def _question(scope: Any, receive: Any) -> AdminQuestion:
    request = Request(scope, receive)
    headers = tuple((bytes(name), bytes(value)) for name, value in scope["headers"])
    raw = scope.get("raw_path") or scope["path"].encode()
    return AdminQuestion(scope["method"], raw.partition(b"?")[0], scope["query_string"], headers, await request.body())
