"""Documents at an address: what they may refer to, and what is said when there is none."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from mockserver import contract as contracts
from mockserver.contract import ReadingOptions
from mockserver.errors import DocumentError
from mockserver.openapi import source
from mockserver.openapi.size_limits import SizeLimits
from tests.web.document import answers, document

PET = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}


class Host:
    """A web server on loopback. `pages` are the responses by path: status, headers and body."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, str | None]] = []
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked.append((self.path, self.headers.get("Authorization")))
                status, headers, body = host.pages.get(self.path, (404, {}, b"nothing here"))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                for byte in body if "X-Slow" in headers else ():
                    self.wfile.write(bytes([byte]))
                    time.sleep(0.05)
                if "X-Slow" not in headers:
                    self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def serve(self, path: str, content: Any, status: int = 200, **headers: str) -> str:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.pages[path] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)
        return self.url + path


@pytest.fixture
def host() -> Iterator[Host]:
    running = Host()
    yield running
    running.server.shutdown()
    running.server.server_close()


other = host


def referring(ref: str) -> dict[str, Any]:
    return document({"/pets": {"get": {"responses": answers({"$ref": ref})}}})


def test_a_document_is_read_from_an_address_with_what_it_refers_to_on_the_same_host(host: Host) -> None:
    host.serve("/apis/schemas/pet.json", {"Pet": PET})
    url = host.serve("/apis/pets/v2/openapi.json", referring("../../schemas/pet.json#/Pet"))

    contract = contracts.of(url)

    assert ("pets", url) == (contract.name, contract.document.file)
    assert ["/apis/pets/v2/openapi.json", "/apis/schemas/pet.json"] == [path for path, _ in host.asked]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/pets.yaml", "pets"), ("/api/v3/openapi.json", "127-0-0-1"), ("/shop/docs/swagger", "shop"),
        ("/my%20shop/api.json", "my-shop"), ("/a?x=1", "a"),
    ],
)  # fmt: skip
def test_the_name_of_a_service_is_that_of_its_address(host: Host, path: str, name: str) -> None:
    assert name == contracts.of(host.serve(path, referring("#/components/schemas/P") | COMPONENTS)).name


COMPONENTS = {"components": {"schemas": {"P": PET}}}


@pytest.mark.parametrize("ref", ["file:///etc/hosts", "OTHER/pet.json", "/redirected"])
def test_a_document_from_an_address_refers_to_nothing_elsewhere(host: Host, ref: str, request: Any) -> None:
    elsewhere = Host()
    target = elsewhere.serve("/pet.json", PET)
    host.serve("/redirected", b"", 302, Location=target)
    url = host.serve("/a.json", referring(ref.replace("OTHER", elsewhere.url)))

    with pytest.raises(DocumentError, match=r"host|another machine|file of this machine"):
        contracts.of(url)
    assert [] == elsewhere.asked
    if not ref.startswith("file:"):
        assert "a" == contracts.of(url, reading=ReadingOptions(outside=True)).name
    elsewhere.server.shutdown()
    elsewhere.server.server_close()


def test_a_credential_in_an_address_is_sent_to_its_host_and_shown_nowhere(host: Host) -> None:
    host.serve("/pet.json", b"{")
    url = host.serve("/a.json?token=s3cret", referring("pet.json")).replace("http://", "http://me:hush@")

    with pytest.raises(DocumentError) as raised:
        contracts.of(url)

    assert ["Basic bWU6aHVzaA=="] * 2 == [credential for _, credential in host.asked]
    assert not [word for word in ("hush", "s3cret") if word in str(raised.value)]


@pytest.mark.parametrize(
    ("content", "status", "headers", "words"),
    [
        (b"gone", 404, {}, "the server answers 404 Not Found"),
        (b"<!DOCTYPE html><html></html>", 200, {"Content_Type": "text/html"}, "is an HTML page and no document"),
        (b"", 302, {"Location": "/a"}, "more than 5 redirects"),
        (b"", 302, {"Location": "file:///etc/hosts"}, "no http address"),
        (b"[1", 200, {}, "invalid JSON at line 1"),
        (b"{" + b" " * 5000, 200, {}, "larger than 1,000 bytes"),
        (b"{" + b" " * 500, 200, {"X_Slow": "yes"}, "no complete answer in 1 seconds"),
    ],
)
def test_the_message_says_why_a_document_cannot_be_fetched(
    host: Host, content: bytes, status: int, headers: dict[str, str], words: str
) -> None:
    url = host.serve("/a", content, status, **headers)

    with pytest.raises(DocumentError, match=words) as raised:
        source.read(url, bounds=SizeLimits(bytes=1000, seconds=1 if "X_Slow" in headers else 60))
    assert str(raised.value).startswith(url)


def test_a_host_that_does_not_answer_is_named() -> None:
    with pytest.raises(DocumentError, match=r"http://127\.0\.0\.1:1/a.json: cannot be fetched: "):
        contracts.of("http://127.0.0.1:1/a.json")
