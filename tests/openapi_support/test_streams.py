"""Sequential media types: each item is generated, read and validated by itself (OpenAPI 3.2 section 4.14.3)."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from contracts.conformance.response_validation import response_violations
from contracts.model.finding import RecordedExchange
from mockserver import contract as contracts
from mockserver.contract import Contract
from mockserver.web.middleware.streaming import Streaming
from tests.client import Client
from tests.openapi_support.conftest import DOCUMENT
from tests.openapi_support.streamed_messages import streamed_messages

MEASUREMENT = {"type": "object", "required": ["celsius"], "properties": {"celsius": {"maximum": 60, "minimum": -90}}}
LINES, TEXTS, EVENTS = "application/jsonl", "application/json-seq", "text/event-stream"


def test_each_item_of_a_stream_is_valid(api: Client) -> None:
    lines = api.get("/lines").content.splitlines()
    texts = api.get("/texts").content.split(b"\x1e")[1:]
    events = api.get("/events").text.split("\n\n")[:-1]
    data = [line.removeprefix("data: ") for event in events for line in event.split("\n") if line[:5] == "data:"]

    assert len(events) == len(data)
    assert {"event: measured"} == {line for event in events for line in event.split("\n") if line[:6] == "event:"}
    for text in (*lines, *texts, *data):
        jsonschema.validate(json.loads(text), MEASUREMENT)


@pytest.mark.parametrize("seen", [1, 2, 9])
def test_a_stream_ends_when_its_client_disconnects(seen: int) -> None:
    """After `seen` items the client is gone; a stream of three is whole for one that stays."""
    sent: list[bytes] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", LINES.encode())]})
        await send({"type": "http.response.body", "body": b"1\n2\n3\n"})

    async def used() -> None:
        gone = asyncio.Event()

        async def receive() -> Any:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.extend([message["body"]] if message.get("body") else [])
            if len(sent) == seen:
                gone.set()

        await Streaming(app, 0.01)({"type": "http"}, receive, send)

    asyncio.run(used())

    assert [b"1\n", b"2\n", b"3\n"][:seen] == sent


@pytest.mark.parametrize(
    ("media_type", "body", "status"),
    [
        (LINES, b'{"celsius": 1}\n{"celsius": 2}\n', 204),
        (LINES, b'{"celsius": 1}\n{"celsius": 61}\n', 400),
        (LINES, b'{"celsius": 1}\n{"celsius"', 400),
        (TEXTS, b'\x1e{"celsius": 1}\n\x1e{"celsius": 2}\n', 204),
        (TEXTS, b'\x1e{"celsius": "warm"}\n', 400),
        (EVENTS, b': hello\nevent: measured\ndata: {"celsius":\ndata: 1}\n\n', 204),
        (EVENTS, b'\xef\xbb\xbfdata: {"celsius": 1}\r\nevent:measured\r\n\r\n', 204),
        (EVENTS, b'event: unknown\ndata: {"celsius": 1}\n\n', 400),
        (EVENTS, b'data: {"celsius": 61}\n\n', 400),
    ],
)
def test_each_item_of_a_request_is_validated(api: Client, media_type: str, body: bytes, status: int) -> None:
    reply = api.post("/lines", content=body, headers={"content-type": media_type})

    assert status == reply.status_code, reply.text


def test_a_refused_item_is_named(api: Client) -> None:
    reply = api.post("/lines", content=b'{"celsius": 1}\n{"celsius": 61}\n', headers={"content-type": LINES})

    assert "body 1.celsius: 61 is greater than the maximum of 60" == reply.json()["detail"]


STREAMS: dict[str, tuple[str, bytes, bytes]] = {
    "/lines": (LINES, b'{"celsius": 1}\n', b'{"celsius": 61}\n'),
    "/texts": (TEXTS, b'\x1e{"celsius": 1}\n', b'\x1e{"celsius": "1"}\n'),
    "/events": (EVENTS, b'event: measured\ndata: {"celsius": 1}\n\n', b'event: measured\ndata: {"celsius": 61}\n\n'),
}
"""Path → its media type, an item that is valid, and one that is not."""


@pytest.fixture(scope="module")
def contract() -> Contract:
    return contracts.of(str(DOCUMENT))


@pytest.mark.parametrize("path", STREAMS)
def test_the_check_judges_each_item_of_a_stream(contract: Contract, path: str) -> None:
    media_type, good, bad = STREAMS[path]
    exchange = RecordedExchange("GET", path, (), None, 200, (("content-type", media_type),), good * 3)

    assert [] == seen(contract, path, exchange)
    assert ["item 3"] == [each[:6] for each in seen(contract, path, replace(exchange, reply_body=good * 2 + bad))]


@pytest.mark.parametrize("path", STREAMS)
def test_an_item_that_did_not_end_in_time_is_not_judged(contract: Contract, path: str) -> None:
    media_type, good, bad = STREAMS[path]
    exchange = RecordedExchange("GET", path, (), None, 200, (("content-type", media_type),), good + bad[:-4])

    assert [] == seen(contract, path, exchange)


def test_the_check_judges_the_json_in_the_data_of_an_event(contract: Contract) -> None:
    body = b"event: measured\ndata: no JSON\n\n"
    exchange = RecordedExchange("GET", "/events", (), None, 200, (("content-type", EVENTS),), body)

    [said] = seen(contract, "/events", exchange)

    assert "is not JSON" in said


def seen(contract: Contract, path: str, exchange: RecordedExchange) -> list[str]:
    operation = next(each for each in contract.document.operations if (each.path, each.method) == (path, "get"))
    return [each.seen for each in response_violations(operation, exchange, contract)]


@pytest.mark.parametrize("path", STREAMS)
def test_with_an_interval_items_are_sent_one_by_one(api: Client, path: str) -> None:
    whole = api.get(path).content
    head, *parts, end = streamed_messages(DOCUMENT, f"/v1{path}")

    assert b"content-length" not in dict(head["headers"])
    assert [whole.count(b"celsius"), b""] == [len(parts), end["body"]]
    assert whole == b"".join(part["body"] for part in parts)
    assert {True} == {part["more_body"] for part in parts}


def test_nothing_is_sent_after_the_client_has_left() -> None:
    assert 2 == len(streamed_messages(DOCUMENT, "/v1/lines", 2))


def test_other_responses_keep_their_length_with_an_interval() -> None:
    head, body = streamed_messages(DOCUMENT, "/v1/stations")

    assert str(len(body["body"])).encode() == dict(head["headers"])[b"content-length"]
