"""A request that is four times as large takes about four times the work, not sixteen times."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.document import Node, answers, document, served, takes

TEXT = {"type": "string"}
LIST = {"type": "array", "items": TEXT}
FORM = "application/x-www-form-urlencoded"
NAMES = ("a", "b", "c", "d", "e")
DONE = answers(status="204")


def parameter(name: str, location: str, schema: Node) -> Node:
    return {"name": name, "in": location, "schema": schema, "required": location == "path"}


def api() -> Node:
    query = [parameter("q", "query", LIST), parameter("o", "query", {"type": "object"}), parameter("X", "header", LIST)]
    form = takes({"type": "object", "properties": {"a": LIST}}, FORM)
    split = {"parameters": [parameter(name, "path", TEXT) for name in NAMES], "responses": DONE}
    things = {"get": {"parameters": query, "responses": DONE}, "post": {"requestBody": form, "responses": DONE}}
    return document({"/things": things, "/many/" + "-".join(f"{{{name}}}" for name in NAMES): {"get": split}})


class App:
    """The mock as a server calls it: an HTTP client would spend most of the time."""

    def __init__(self, app: Any, runner: asyncio.Runner) -> None:
        self._app, self._runner = app, runner

    def status(self, target: str, headers: Any = (), body: bytes = b"") -> int:
        path, _, query = target.partition("?")
        fields = [(b"host", b"a"), *((name.encode(), value.encode()) for name, value in headers)]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "root_path": "",
            "method": "POST" if body else "GET", "path": path, "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [*fields, (b"content-length", str(len(body)).encode())], "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2), "state": {}, "extensions": {},
        }  # fmt: skip
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        self._runner.run(self._app(scope, receive, send))
        status: int = sent[0]["status"]
        return status


KINDS: dict[str, Any] = {
    "a repeated header": lambda app, n: app.status("/things", [("x", "1")] * n),
    "a repeated header among many": lambda app, n: app.status(
        "/things", [*((f"y{number}", "1") for number in range(n)), *[("x", "1")] * n]
    ),
    "a path with several parameters": lambda app, n: app.status("/many/" + "-" * n),
    "a path with encoded separators": lambda app, n: app.status("/many/" + "%2d" * n),
    "a path that does not match": lambda app, n: app.status("/many/" + "-" * n + "/x"),
    "a path of many segments": lambda app, n: app.status("/many" + "/-" * n),
    "a repeated query parameter": lambda app, n: app.status("/things?" + "q=1&" * n),
    "a query parameter with brackets": lambda app, n: app.status(
        "/things?" + "&".join(f"o[k{number}]=1" for number in range(n))
    ),
    "a repeated form field": lambda app, n: app.status("/things", [("content-type", FORM)], b"a=1&" * n),
    "many cookies": lambda app, n: app.status("/things", [("cookie", "a=1;" * n)]),
    "many preferences": lambda app, n: app.status("/things", [("prefer", "a=1," * n)]),
    "a list of media types": lambda app, n: app.status("/things", [("accept", "a/b;q=0.1," * n)]),
}
"""A request of a size."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with asyncio.Runner() as runner:
        yield App(served(tmp_path_factory.mktemp("linear"), api()), runner)


@pytest.mark.parametrize("kind", KINDS)
def test_the_work_grows_as_the_request_does(app: App, kind: str) -> None:
    send = KINDS[kind]
    assert send(app, 10) < 500

    small, large = least(lambda: send(app, 4_000)), least(lambda: send(app, 16_000))

    assert large < 9 * small


def least(act: Any) -> float:
    """The least processor time of several attempts."""
    times = []
    for _ in range(5):
        began = time.process_time()
        act()
        times.append(time.process_time() - began)
    return min(times)
