"""Cases about paths: what is equivalent by RFC 3986 section 6.2.2 is the same."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import mockserver
from tests.cases.conftest import DOCUMENTS


async def answer(raw: bytes) -> tuple[int, bytes]:
    """Status and body for a path exactly as sent: an HTTP client would normalize it."""
    sent: list[Any] = []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": raw.decode("latin-1"), "raw_path": raw, "query_string": b"", "headers": [(b"host", b"sandbox")],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2),
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await mockserver.create_app(DOCUMENTS / "paths.yaml", seed=1)(scope, receive, send)
    return sent[0]["status"], sent[1]["body"]


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("/v1/foo:cancel", "cancel"), ("/v1/foo%3Acancel", "cancel"), ("/v1/foo%3acancel", "cancel"),
        ("/v1/a:b", "a:b"), ("/v1/a%3ab", "a:b"), ("/v1/%61:b", "a:b"),
        ("/100%25", "percent"), ("/100%", "percent"),
        ("/a%20b/%C3%BC", "space"), ("/a%20b/%c3%bc", "space"),
        ("/x%2Fy", "slash"), ("/x%2fy", "slash"),
        ("/m/1-2-3-4-5-6x", "many"),
    ],
)  # fmt: skip
def test_equivalent_paths_lead_to_one_operation(path: str, operation: str) -> None:
    assert (200, b'{"op":"%b"}' % operation.encode()) == asyncio.run(answer(path.encode()))


@pytest.mark.parametrize("path", ["/x/y", "/v1/foo%253Acancel", "/m/1-2-3-4-5-x", "/m/" + "1-" * 20_000 + "y"])
def test_other_paths_lead_to_none(path: str) -> None:
    assert 404 == asyncio.run(answer(path.encode()))[0]
