"""Forwarding to a real server: only to hosts that were allowed, without following redirects."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import mockserver
from mockserver.web.control.overrides import forwarding
from mockserver.web.control.overrides.forwarding import AllowedHosts
from tests.web.document import document, served
from tests.web.overrides.server import PETS, Served, running


class RealServer:
    """An app that answers with what it received."""

    def __init__(self) -> None:
        self.status, self.headers = 200, [(b"connection", b"x-hop"), (b"x-hop", b"1"), (b"x-real", b"yes")]
        self.length = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = (await receive()).get("body", b"").decode()
        received = {
            "method": scope["method"],
            "target": f"{scope['raw_path'].decode()}?{scope['query_string'].decode()}",
            "headers": {name.decode(): value.decode() for name, value in scope["headers"]},
            "body": body,
            "padding": "x" * self.length,
        }
        headers = [(b"content-type", b"application/json"), *self.headers]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(received).encode()})


@pytest.fixture
def real() -> RealServer:
    return RealServer()


@pytest.fixture
def address(real: RealServer) -> Iterator[str]:
    with running(real, protocol="httptools") as url:
        yield url


@pytest.fixture
def forwarding_mock(tmp_path: Path, address: str) -> Iterator[Served]:
    sandbox = served(tmp_path, document(PETS), forward_allow=["127.0.0.1"])
    with running(sandbox) as url:
        yield Served(url, sandbox)


def test_a_forwarded_request_is_sent_as_it_is_below_the_base_url(forwarding_mock: Served, address: str) -> None:
    forwarding_mock.set({"operation": "createPet"}, {"forward": f"{address}/v2/"})
    headers = {"X-Mine": "1", "Connection": "x-drop", "X-Drop": "1", "Mock-Namespace": "default", "Cookie": "a=b"}

    reply = forwarding_mock.send("POST", "/pets?limit=3&x=%20y", json={"name": "Rex"}, headers=headers)

    received = reply.json()
    assert ("POST", "/v2/pets?limit=3&x=%20y", '{"name":"Rex"}') == tuple(
        received[name] for name in ("method", "target", "body")
    )
    assert ("1", "a=b", urlsplit(address).netloc) == tuple(
        received["headers"][name] for name in ("x-mine", "cookie", "host")
    )
    assert {"x-drop", "mock-namespace"}.isdisjoint(received["headers"])
    assert ("yes", None) == (reply.headers.get("x-real"), reply.headers.get("x-hop"))
    assert [] == forwarding_mock.names()


def test_a_redirect_is_passed_on_and_not_followed(forwarding_mock: Served, address: str, real: RealServer) -> None:
    real.status, real.headers = 302, [(b"location", b"http://169.254.169.254/")]
    forwarding_mock.set({"operation": "listPets"}, {"forward": address})

    reply = forwarding_mock.send("GET", "/pets")

    assert (302, "http://169.254.169.254/") == (reply.status_code, reply.headers["location"])


def test_a_server_that_cannot_be_reached_is_a_502_in_words(forwarding_mock: Served) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    forwarding_mock.set({"operation": "listPets"}, {"forward": f"http://127.0.0.1:{port}"})

    reply = forwarding_mock.send("GET", "/pets")

    assert 502 == reply.status_code
    assert "127.0.0.1 could not be reached" in reply.text


def test_a_response_that_is_too_long_is_a_502(
    forwarding_mock: Served, address: str, real: RealServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarding, "MOST_BYTES", 1_000)
    real.length = 2_000
    forwarding_mock.set({"operation": "listPets"}, {"forward": address})

    reply = forwarding_mock.send("GET", "/pets")

    assert (502, True) == (reply.status_code, "more than 1000 bytes" in reply.text)


@pytest.mark.parametrize(
    ("allowed", "url", "says"),
    [
        (["127.0.0.1:1"], "http://127.0.0.1:2", "does not list 127.0.0.1:2; it lists: 127.0.0.1:1"),
        (["example.com"], "http://example.com.evil.test", "does not list example.com.evil.test:80"),
        (["example.com"], "http://user:secret@example.com", "is no base URL"),
        (["example.com"], "http://example.com/?a=b", "is no base URL"),
        (["example.com"], "file:///etc/passwd", "is no base URL"),
        (["example.com"], "http://example.com:99999", "there is no port 99999"),
        (["example.com"], "http://example.com:0", "there is no port 0"),
        ([], "http://127.0.0.1", "it lists: none"),
    ],
)
def test_a_host_that_is_not_allowed_is_refused_when_the_override_is_set(
    tmp_path: Path, allowed: list[str], url: str, says: str
) -> None:
    with running(sandbox := served(tmp_path, document(PETS), forward_allow=allowed)) as base:
        assert says in Served(base, sandbox).refused({"operation": "listPets"}, {"forward": url})


@pytest.mark.parametrize("text", ["http://example.com", "example.com/", "example.com:port", ""])
def test_what_is_no_host_cannot_be_allowed(text: str) -> None:
    with pytest.raises(ValueError, match="write HOST or HOST:PORT"):
        mockserver.create_app("basedash", forward_allow=[text])


def test_names_of_hosts_are_compared_without_case() -> None:
    assert "api.example" == AllowedHosts(["api.Example"]).check("http://API.example", ()).host
