"""A stream of events may be silent for long and never end; what comes in the first seconds is its response."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.client.response_bounds import MAX_STREAM
from contracts.client.target import Request, Target
from contracts.runner.runner import run_checks
from mockserver import contract
from tests.contracts.asgi_app import live
from tests.contracts.hostile_server import EVENTS, SLOW, hostile

EVENT = b"data: 1\n\n"


async def events(scope: Any, receive: Any, send: Any) -> None:
    """An event, and silence; below /many events without end."""
    if scope["type"] == "lifespan":
        await live(receive, send)
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    await send({"type": "http.response.body", "body": EVENT, "more_body": True})
    while scope["path"] == "/many":
        await send({"type": "http.response.body", "body": EVENT * 1000, "more_body": True})
        await asyncio.sleep(0)
    await asyncio.Event().wait()


@pytest.fixture(params=["HTTP", "ASGI"])
def target(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    """The same streams over HTTP and in this process."""
    if request.param == "ASGI":
        with Target.asgi(events) as made:
            yield made
        return
    monkeypatch.setitem(SLOW, "stream", EVENTS + EVENT)
    with hostile("stream") as url, Target.http(url) as made:
        yield made


def test_a_silent_stream_is_read_for_a_while(target: Target) -> None:
    reply = target.send(Request("GET", "/events"))

    assert 200 == reply.status
    assert reply.reply_body.startswith(EVENT)


def test_a_stream_without_end_is_cut_at_its_bound() -> None:
    with Target.asgi(events) as target:
        body = target.send(Request("GET", "/many")).reply_body

    assert MAX_STREAM <= len(body) < 2 * MAX_STREAM


ITEM = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
BODIES = {
    "/lines": ("application/jsonl", b'{"n":1}\n{"n":2}\n', b'{"n":1}\n{"m":2}\n'),
    "/texts": ("application/json-seq", b'\x1e{"n":1}\n\x1e{"n":2}\n', b'{"n":1}\n{"n":2}\n'),
    "/parts": (
        "multipart/mixed",
        b'--b\r\nContent-Type: application/json\r\n\r\n{"n":1}\r\n--b--\r\n',
        b'--b\r\nContent-Type: text/plain\r\n\r\n{"n":1}\r\n--b--\r\n',
    ),
}
"""Path → the media type of its stream, a valid body, and one with an invalid item, separator or part."""


class Streams:
    """A service of streams without any resource, right or wrong."""

    def __init__(self, *, is_wrong: bool) -> None:
        self._which = 2 if is_wrong else 1

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        found = BODIES[scope["path"]]
        kind = found[0] + ("; boundary=b" if found[0] == "multipart/mixed" else "")
        headers = [(b"content-type", kind.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": found[self._which]})


@pytest.mark.parametrize(("is_wrong", "found"), [(False, set()), (True, {f"GET {path}" for path in BODIES})])
def test_each_documented_stream_is_asked_for_and_judged(tmp_path: Path, is_wrong: bool, found: set[str]) -> None:
    paths = {
        path: {"get": {"responses": {"200": {"description": "items", "content": {kind: stream(kind)}}}}}
        for path, (kind, _, _) in BODIES.items()
    }
    file = tmp_path / "streams.json"
    file.write_text(json.dumps({"openapi": "3.2.0", "info": {"title": "T", "version": "1"}, "paths": paths}))
    with Target.asgi(Streams(is_wrong=is_wrong), (), base_url="http://streams") as target:
        result = run_checks(contract.of(str(file)), target, only=["streamed-response"])

    assert found == {each.operation for each in result.findings if each.check == "document"}
    assert {f"GET {path}" for path in BODIES} == {
        place for place, name in result.outcomes if name == "streamed-response"
    }


def stream(kind: str) -> dict[str, Any]:
    """The Media Type Object of a stream."""
    encoding = {"itemEncoding": {"contentType": "application/json"}} if kind == "multipart/mixed" else {}
    return {"itemSchema": ITEM, **encoding}
