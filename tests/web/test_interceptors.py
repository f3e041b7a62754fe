"""Interceptors see every request, however it arrives, and may answer it themselves."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

import mockserver
from mockserver.web.app import Sandbox
from mockserver.web.exchange import Exchange, IncomingRequest, OutgoingResponse
from mockserver.web.serving.uvicorn_protocol import MockHttpProtocol
from tests.web.document import answers, document, served, takes

PET = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
}
NEW_PET = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
PETS = {
    "/pets": {
        "get": {"operationId": "listPets", "responses": answers({"type": "array", "items": PET})},
        "post": {
            "operationId": "createPet",
            "requestBody": takes(NEW_PET),
            "responses": answers(PET, status="201"),
        },
    },
    "/pets/{id}": {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
        "get": {"operationId": "getPet", "responses": answers(PET) | {"404": {"description": "unknown"}}},
    },
}
REX = b'{"name":"Rex"}'


class Recorder:
    """Records every request and exchange; answers those for which `answer` has a response, after `wait` seconds."""

    def __init__(self) -> None:
        self.requests: list[IncomingRequest] = []
        self.exchanges: list[Exchange] = []
        self.answers: dict[str, OutgoingResponse] = {}
        self.wait = 0.0
        self.waiting = self.most_waiting = 0

    async def before(self, request: IncomingRequest) -> OutgoingResponse | None:
        self.requests.append(request)
        if self.wait:
            self.waiting += 1
            self.most_waiting = max(self.most_waiting, self.waiting)
            await asyncio.sleep(self.wait)
            self.waiting -= 1
        return self.answers.get(request.operation.operation_id if request.operation else request.target)

    async def after(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)

    def seen(self) -> list[tuple[str, str, str | None, int]]:
        """Method, target, operation and status of every exchange; there must be one for each request."""
        assert [each.request for each in self.exchanges] == self.requests
        return [
            (each.request.method, each.request.target, each.request.operation and each.request.operation.operation_id,
             each.response.status if each.response else 0)
            for each in self.exchanges
        ]  # fmt: skip


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def sandbox(tmp_path: Path, recorder: Recorder) -> Sandbox:
    sandbox = served(tmp_path, document(PETS))
    sandbox.use(recorder)
    return sandbox


@pytest.fixture
def port(sandbox: Sandbox) -> Iterator[int]:
    """The port of the mock, served as by `mockserver serve`."""
    config = uvicorn.Config(
        sandbox, port=0, http=MockHttpProtocol, ws="none", access_log=False, log_level="error", proxy_headers=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def raw(method: str, target: str, body: bytes = b"", *lines: str) -> bytes:
    head = [f"{method} {target} HTTP/1.1", "Host: sandbox", *lines]
    if body:
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body


def talk(port: int, *pieces: bytes) -> bytes:
    """The bytes that are received for these pieces, which are sent one after another; the last request closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(0.1)
        return b"".join(iter(lambda: connection.recv(65536), b""))


LAST = "Connection: close"
CREATED = ("POST", "/pets", "createPet", 201)


def in_process(sandbox: Sandbox, *requests: tuple[str, str, dict[str, Any]]) -> list[httpx.Response]:
    async def send() -> list[httpx.Response]:
        transport = httpx.ASGITransport(sandbox)
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
            return [await client.request(method, target, **options) for method, target, options in requests]

    return asyncio.run(send())


def test_interceptors_see_a_request_that_arrives_in_one_piece(port: int, recorder: Recorder) -> None:
    # the first request of a path goes through the layers, those after it take the fast path
    reply = talk(port, raw("POST", "/pets", REX), raw("POST", "/pets?x=1", REX, LAST))

    assert 2 == reply.count(b"HTTP/1.1 201 Created")
    assert [CREATED, ("POST", "/pets?x=1", "createPet", 201)] == recorder.seen()
    assert [REX, REX] == [each.body for each in recorder.requests]
    assert b"application/json" == dict(recorder.exchanges[1].response.headers)[b"content-type"]
    assert "Rex" == json.loads(recorder.exchanges[1].response.body)["name"]


def test_interceptors_see_a_request_that_arrives_in_pieces_once(port: int, recorder: Recorder) -> None:
    request = raw("POST", "/pets", REX, LAST)

    reply = talk(port, request[:40], request[40:-6], request[-6:])

    assert reply.startswith(b"HTTP/1.1 201 Created")
    assert [CREATED] == recorder.seen()
    assert REX == recorder.requests[0].body


def test_interceptors_see_pipelined_requests_in_their_order(port: int, recorder: Recorder) -> None:
    reply = talk(port, raw("POST", "/pets", REX) + raw("GET", "/pets") + raw("GET", "/pets/none", b"", LAST))

    assert [b"201", b"200", b"404"] == [part[:3] for part in reply.split(b"HTTP/1.1 ")[1:]]
    assert [CREATED, ("GET", "/pets", "listPets", 200), ("GET", "/pets/none", "getPet", 404)] == recorder.seen()


def test_interceptors_see_a_request_in_process(sandbox: Sandbox, recorder: Recorder) -> None:
    [created, listed] = in_process(sandbox, ("POST", "/pets", {"json": {"name": "Rex"}}), ("GET", "/pets", {}))

    assert [created.json()] == listed.json()
    assert [CREATED, ("GET", "/pets", "listPets", 200)] == recorder.seen()
    assert created.content == recorder.exchanges[0].response.body


@pytest.mark.parametrize(
    ("method", "target", "options", "operation", "status"),
    [
        ("HEAD", "/pets", {}, "listPets", 200),
        ("POST", "/pets", {"json": {"name": 1}}, "createPet", 400),
        ("POST", "/pets", {"content": b"x" * 11_000_000}, "createPet", 413),
        ("GET", "/nothing", {}, None, 404),
        ("DELETE", "/pets", {}, None, 405),
        ("GET", "/_mock/state", {}, None, 200),
        ("GET", "/docs", {}, None, 200),
        ("OPTIONS", "/pets", {"headers": {"Origin": "http://a", "Access-Control-Request-Method": "PUT"}}, None, 200),
        ("GET", "/pets", {"headers": {"Origin": "http://a"}}, "listPets", 200),
    ],
)
@pytest.mark.parametrize("way", ["over HTTP", "in process"])
def test_interceptors_see_every_kind_of_request(
    way: str, method: str, target: str, options: Any, operation: str | None, status: int, request: Any
) -> None:
    recorder = request.getfixturevalue("recorder")
    if way == "in process":
        [reply] = in_process(request.getfixturevalue("sandbox"), (method, target, options))
    else:
        reply = httpx.request(method, f"http://127.0.0.1:{request.getfixturevalue('port')}{target}", **options)

    assert status == reply.status_code
    assert [(method, target, operation, status)] == recorder.seen()
    assert reply.content == recorder.exchanges[0].response.body


@pytest.mark.parametrize("origin", [{}, {"Origin": "http://app.example"}])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_interceptor_may_answer_instead_of_the_mock(
    port: int, recorder: Recorder, method: str, origin: dict[str, str]
) -> None:
    recorder.answers["listPets"] = OutgoingResponse.of(503, b'{"down":true}', retry_after="7")

    for _ in range(2):
        reply = httpx.request(method, f"http://127.0.0.1:{port}/pets", headers=origin)
        assert (503, "7") == (reply.status_code, reply.headers["retry-after"])
        assert (b"" if method == "HEAD" else b'{"down":true}') == reply.content
        assert (origin.get("Origin")) == reply.headers.get("access-control-allow-origin")

    assert [503, 503] == [status for *_, status in recorder.seen()]


def test_the_mock_does_nothing_for_a_request_that_an_interceptor_answers(sandbox: Sandbox, recorder: Recorder) -> None:
    recorder.answers["createPet"] = OutgoingResponse.of(500)

    *_, listed = in_process(
        sandbox, ("POST", "/pets", {"json": {"name": "Rex"}}), ("POST", "/pets", {"json": {"name": "Rex"}}),
        ("GET", "/pets", {}),
    )  # fmt: skip

    assert [] == listed.json()


def test_other_requests_are_answered_while_an_interceptor_waits(port: int, recorder: Recorder) -> None:
    address = f"http://127.0.0.1:{port}/pets"
    httpx.get(address)
    recorder.wait = 0.3

    async def ask() -> None:
        async with httpx.AsyncClient(timeout=20) as client:
            await asyncio.gather(*(client.get(address) for _ in range(5)))

    asyncio.run(ask())

    assert recorder.most_waiting > 1
    assert 6 == len(recorder.seen())


class Replacing:
    """Puts its name before the body that `after` sees, to show the order."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def before(self, request: IncomingRequest) -> OutgoingResponse | None:
        return None

    async def after(self, exchange: Exchange) -> None:
        assert exchange.response is not None
        exchange.response = OutgoingResponse.of(200, self.name.encode() + exchange.response.body, "text/plain")


def test_interceptors_replace_responses_the_last_one_first(tmp_path: Path) -> None:
    sandbox = served(tmp_path, document(PETS))
    sandbox.use(Replacing("a"), Replacing("b"))

    [reply] = in_process(sandbox, ("GET", "/pets", {}))

    assert (b"ab[]", "4") == (reply.content, reply.headers["content-length"])


def test_without_interceptors_the_app_has_no_chain(sandbox: Sandbox, recorder: Recorder) -> None:
    sandbox.use()

    [reply] = in_process(sandbox, ("GET", "/pets", {}))

    assert 200 == reply.status_code
    assert [] == recorder.requests


def test_a_reload_keeps_the_interceptors(sandbox: Sandbox, recorder: Recorder) -> None:
    sandbox.replace_services(sandbox.read_services())

    in_process(sandbox, ("GET", "/pets", {}))

    assert [("GET", "/pets", "listPets", 200)] == recorder.seen()


def test_interceptors_see_requests_to_vendors(recorder: Recorder) -> None:
    sandbox = mockserver.create_app("basedash", seed=1)
    sandbox.use(recorder)

    in_process(sandbox, ("GET", "/basedash/api/public/organizations/org_abc123/mcp-servers", {}))

    assert ["basedash"] == [each.service for each in recorder.requests]
    assert [401] == [status for *_, status in recorder.seen()]
