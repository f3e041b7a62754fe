"""Connections that the target closes: requests are sent again where that is safe, and the check goes on to its end."""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path
from subprocess import Popen

import pytest
from httpcore._backends.sync import SyncStream
from starlette.requests import Request as Asked
from starlette.responses import Response

from contracts.client.bounded_connection import StaleConnection, _BoundedStream
from contracts.client.target import Request, Target
from contracts.client.transport import Disconnected
from contracts.pytest_plugin.plugin import _served
from contracts.report.report import read_report
from tests.contracts.closing_server import closing
from tests.contracts.things import Things, checked
from tests.process import await_port, free_port

NO_ERROR = "not_a_server_error"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("kind", ["after error", "early"])
def test_a_request_on_a_connection_that_the_target_closed_is_sent_again(kind: str, method: str) -> None:
    with closing(kind) as (url, received), Target.http(url, timeout=5) as target:
        for number in range(200):
            target.send(Request(method, "/things"))
            if kind == "early":
                time.sleep(number % 5 / 1_000)  # some requests meet the connection as it closes

    assert 200 == len(received)


def test_a_post_that_the_target_has_read_is_not_sent_again() -> None:
    with closing("on POST") as (url, received), Target.http(url, timeout=5) as target:
        target.send(Request("GET", "/things"))
        with pytest.raises(Disconnected, match=r"POST http.*: no response: the connection was closed"):
            target.send(Request("POST", "/things", body={}, media_type="application/json"))

    assert [("GET", 0), ("POST", 0)] == received


def test_of_a_connection_that_another_thread_closed_it_is_not_known_what_the_target_read() -> None:
    ours, theirs = socket.socketpair()
    stream = _BoundedStream(SyncStream(ours), 5)
    stream.write(b"GET /a")
    theirs.sendall(b"HTTP/1.1 200 OK")
    stream.read(100)
    stream.write(b"GET /b")
    ours.close()
    theirs.close()

    with pytest.raises(StaleConnection) as fault:
        stream.read(100)

    assert not fault.value.refused


def test_a_get_on_a_closed_connection_is_sent_again_on_a_new_one_only() -> None:
    with closing("never") as (url, received), Target.http(url, timeout=5) as target:
        for _ in range(3):
            target.send(Request("GET", "/things"))

    assert [("GET", 0)] * 3 == received


def test_a_check_goes_on_after_unhandled_exceptions_that_close_the_connection(tmp_path: Path) -> None:
    def fail(request: Asked) -> None:
        if request.method == "PUT":
            raise RuntimeError("planted")

    with _served(Things(fail)) as url:
        done = checked(url, tmp_path)

    report = read_report(tmp_path / "reports")
    assert 1 == done.exit_code, done.output
    assert "" == report.result.stopped
    assert {"PUT /things/{thingId}"} == {found.operation for found in report.failures if found.check == NO_ERROR}


def test_a_check_goes_on_after_a_connection_without_a_response(tmp_path: Path) -> None:
    with closing("on POST") as (url, _):
        done = checked(url, tmp_path)

    assert 1 == done.exit_code, done.output
    assert "ended early" not in done.output
    assert "seen       none: the connection was closed" in done.output


ENDS_ON_PUT = """
import json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    protocol_version, things = "HTTP/1.1", {}

    def answer(self):
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"null")
        if self.command == "PUT":
            os._exit(3)
        id = self.path.rpartition("/")[2]
        status, shown = 200, list(self.things.values())
        if self.command == "POST":
            made = {"id": len(self.things) + 1, **(body or {})}
            status, shown = 201, self.things.setdefault(str(made["id"]), made)
        elif id != "things":
            status, shown = (200, self.things[id]) if id in self.things else (404, {})
        content = json.dumps(shown).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, *args):
        pass

HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def test_a_request_that_ends_the_service_is_a_failure(tmp_path: Path) -> None:
    port = free_port()
    with Popen([sys.executable, "-c", ENDS_ON_PUT, str(port)]) as server:
        await_port(port, server)
        done = checked(f"http://127.0.0.1:{port}", tmp_path, "--only", "replace")
        server.kill()

    assert "FAILURE PUT /things/{thingId}: replace" in done.output
    assert "seen       none: the connection was closed" in done.output


def test_a_correct_service_passes(tmp_path: Path) -> None:
    with _served(Things()) as url:
        done = checked(url, tmp_path)

    assert 0 == done.exit_code, done.output


def test_an_operation_that_never_responds_costs_a_few_timeouts_and_the_check_goes_on(tmp_path: Path) -> None:
    service = Things()
    service.hanging = ("PUT",)

    with _served(service) as url:
        done = checked(url, tmp_path, "--timeout", "0.3", "--only", "odd-input", "--only", "answered")

    report = read_report(tmp_path / "reports")
    assert "" == report.result.stopped, done.output
    assert {"PUT /things/{thingId}"} == {found.operation for found in report.failures if found.check == "answered"}
    assert 8 > [request.method for request in service.requests].count("PUT")


@pytest.mark.parametrize("wait", [{"retry-after": "1"}, {}])
def test_conformance_waits_after_too_many_requests_and_sends_the_request_again(
    tmp_path: Path, wait: dict[str, str]
) -> None:
    refused: list[str] = []

    def limit(request: Asked) -> Response | None:
        refused.append(request.method)
        return Response("later", 429, wait) if len(refused) == 3 else None

    with _served(Things(limit)) as url:
        done = checked(url, tmp_path, "--only", "not_a_server_error", "--only", "positive_data_acceptance")

    assert 0 == done.exit_code, done.output
    assert 3 < len(refused)


@pytest.mark.parametrize("headers", [{"retry-after": "0"}, {"retry-after": "3600"}])
def test_waiting_ends_where_a_service_is_always_busy(tmp_path: Path, headers: dict[str, str]) -> None:
    with _served(Things(lambda request: Response("later", 503, headers))) as url:
        done = checked(url, tmp_path, "--only", "create")

    assert 2 == done.exit_code
    assert "the operation tried (GET /things) answered 503: the service is busy or down" in done.output
