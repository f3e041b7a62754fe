"""Targets: limits on requests, waiting, and what is recorded of an exchange."""

from __future__ import annotations

import os
import subprocess
from typing import Any

import pytest

from contracts.client.target import ANONYMOUS, Exhausted, ReadOnly, Request, Target, User
from contracts.client.transport import HttpTransport, Unreachable
from contracts.model.finding import RecordedExchange
from tests.planted_bugs.run import subject


def test_a_read_only_target_sends_no_change() -> None:
    with subject("basedash").target() as target:
        target.read_only = True
        with pytest.raises(ReadOnly, match="read-only"):
            target.send(Request("DELETE", "/x"))


def test_placeholders_replace_secrets_in_a_recorded_exchange() -> None:
    async def echo(scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        text = dict(scope["headers"]).get(b"x-key", b"") + b" " + message["body"] + scope["query_string"]
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-seen", text)]})
        await send({"type": "http.response.body", "body": text})

    user = User("head gardener", headers=(("X-Key", "s3cr3t"),), query=(("k", "s3cr3t"),), secret="s3cr3t")
    with Target.asgi(lambda *asgi: _http(echo, *asgi), [user]) as target:
        exchange = target.send(Request("POST", "/", body={"again": "s3cr3t"}, media_type="application/json"), user)

    assert "s3cr3t" not in repr(exchange) + repr(exchange.reply_body) + exchange.curl()
    assert 3 == exchange.reply_body.count(b"${HEAD_GARDENER}")


def test_a_429_with_retry_after_is_waited_out() -> None:
    waited: list[float] = []
    replies = [(429, b"7"), (200, b"")]

    async def busy(scope: Any, receive: Any, send: Any) -> None:
        status, wait = replies.pop(0)
        await send({"type": "http.response.start", "status": status, "headers": [(b"retry-after", wait)]})
        await send({"type": "http.response.body", "body": b""})

    with Target.asgi(lambda *asgi: _http(busy, *asgi), sleep=waited.append) as target:
        exchange = target.send(Request("GET", "/"))

    assert (200, [7.0]) == (exchange.status, waited)


async def _http(app: Any, scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await app(scope, receive, send)


def test_requests_keep_to_the_given_rate() -> None:
    waited: list[float] = []
    with Target.asgi(subject("basedash").server(), rate=4, sleep=waited.append) as target:
        for _ in range(3):
            target.send(Request("GET", "/"))

    assert 2 == len(waited)
    assert all(0 < each <= 0.5 for each in waited)


def test_the_budget_is_never_exceeded() -> None:
    with Target.asgi(subject("basedash").server(), budget=2) as target:
        for _ in range(2):
            target.send(Request("GET", "/"))
        with pytest.raises(Exhausted, match="budget of 2"):
            target.send(Request("GET", "/"), ANONYMOUS)

    assert 2 == target.requests


def test_an_unreachable_address_is_reported_with_the_error() -> None:
    with (
        Target(HttpTransport(timeout=2), "http://127.0.0.1:9") as target,
        pytest.raises(Unreachable, match="ConnectError"),
    ):
        target.send(Request("GET", "/"))


def test_a_shell_expands_only_the_secret_in_a_curl_line() -> None:
    exchange = RecordedExchange(
        "POST", "http://127.0.0.1:9/it's", (("x-key", "${ADMIN} $HOME `id`"),), b"$(id) '", 200, ()
    )
    shown = subprocess.run(["sh", "-c", exchange.curl().replace("curl", "printf '%s\\n'", 1)], capture_output=True,
                           text=True, check=True, env=os.environ | {"ADMIN": "key"})  # fmt: skip

    assert ["x-key: key $HOME `id`", "$(id) '"] == [line for line in shown.stdout.split("\n") if "$" in line]
