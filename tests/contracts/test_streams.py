"""A stream of events may be silent for long and never end; what comes in the first seconds is its response."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from contracts.client.response_bounds import MAX_STREAM
from contracts.client.target import Request, Target
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
