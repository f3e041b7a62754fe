"""The fast path of the connections of `mockserver serve`, with the application of two_way_app.py."""

from __future__ import annotations

import re
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.process import Processes

LAST = "Connection: close\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    program = [sys.executable, "-m", "tests.cli.two_way_app"]
    with Processes() as processes:
        _, lines = processes.start(program=program, until="INFO:     Uvicorn running")
        yield next(int(found[1]) for line in lines if (found := re.search(r"http://127.0.0.1:(\d+)", line)))


def request(path: str, body: str = "", more: str = "", length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n{more}\r\n{body}".encode()


def exchange(port: int, *pieces: bytes, until: bytes = b"") -> bytes:
    """The received bytes; each piece but the first is sent when something was received, or after a while."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(pieces[0])
        received = b""
        for piece in pieces[1:]:
            connection.settimeout(0.3)
            with suppress(TimeoutError):
                received += connection.recv(65536)
            connection.settimeout(20)
            connection.sendall(piece)
        return received + b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(("path", "body"), [
    ("/plain", b"at once: abc"), ("/declined", b"through the app: abc"), ("/waits", b"at once: abc twice, in True"),
])  # fmt: skip
def test_a_complete_request_takes_the_fast_path_or_continues_in_a_task(port: int, path: str, body: bytes) -> None:
    received = exchange(port, request(path, "abc", LAST))

    head, _, seen = received.partition(b"\r\n\r\n")
    assert (b"HTTP/1.1 200 OK", body) == (head.split(b"\r\n")[0], seen)
    assert b"\r\nconnection: close" in head


@pytest.mark.parametrize("path", ["/wrong-at-once", "/wrong", "/wrong-later"])
def test_an_error_of_the_application_is_a_500(port: int, path: str) -> None:
    received = exchange(port, request(path, "abc", LAST))

    assert received.startswith(b"HTTP/1.1 500 ")


def test_a_request_whose_body_arrives_later_goes_through_asgi(port: int) -> None:
    received = exchange(port, request("/plain", "ab", LAST, length=4), b"cd")

    assert received.endswith(b"\r\n\r\nthrough the app: abcd")


def test_a_client_that_expects_100_continue_gets_it(port: int) -> None:
    received = exchange(port, request("/plain", "", LAST + "Expect: 100-continue\r\n", length=4), b"abcd")

    assert received.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
    assert b"through the app: abcd" in received


@pytest.mark.parametrize("count", [2, 5])
def test_pipelined_requests_are_answered_in_their_order(port: int, count: int) -> None:
    bodies = [f"number {number}" for number in range(count)]
    paths = ["/plain", "/waits", "/declined"]
    asked = [request(paths[at % 3], body) for at, body in enumerate(bodies)] + [request("/plain", "end", LAST)]

    received = exchange(port, b"".join(asked))

    places = [received.index(body.encode()) for body in [*bodies, "end"]]
    assert sorted(places) == places
    assert count + 1 == received.count(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize("size", [70_000, 200_000])
def test_after_a_large_body_the_connection_stays_open(port: int, size: int) -> None:
    received = exchange(port, request("/plain", "a" * size), request("/plain", "next", LAST))

    assert b": " + b"a" * size + b"HTTP/1.1 200 OK\r\n" in received
    assert received.endswith(b"at once: next")


def test_malformed_http_after_a_valid_request_is_refused(port: int) -> None:
    received = exchange(port, request("/plain", "abc") + b"no HTTP\r\n\r\n")

    assert b"HTTP/1.1 400 Bad Request\r\n" in received


UPGRADE = "Connection: Upgrade\r\nUpgrade: h2c\r\n"


def test_an_upgrade_to_another_protocol_is_ignored(port: int) -> None:
    received = exchange(port, request("/plain", "one", UPGRADE), request("/plain", "two", LAST))

    assert ["one", "two"] == re.findall("at once: (one|two)", received.decode())


def test_upgrades_of_pipelined_requests_are_ignored(port: int) -> None:
    asked = [request("/plain", body, UPGRADE) for body in ("one", "two", "three")]

    received = exchange(port, b"".join(asked) + request("/plain", "four", UPGRADE + LAST))

    assert ["one", "two", "three", "four"] == re.findall("at once: ([a-z]+)", received.decode().replace("HTTP", " "))


@pytest.mark.parametrize("at", [30, 60, 90, 100, 105])
def test_an_upgrade_is_ignored_in_a_request_that_arrives_in_pieces(port: int, at: int) -> None:
    asked = request("/plain", "abc", UPGRADE + LAST)

    received = exchange(port, asked[:at], asked[at:])

    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert received.endswith(b": abc")


def test_malformed_http_after_an_upgrade_is_refused(port: int) -> None:
    received = exchange(port, request("/plain", "abc", UPGRADE) + b"no HTTP\r\n\r\n")

    assert b"HTTP/1.1 400 Bad Request\r\n" in received


def test_a_connection_in_use_stays_open_and_an_idle_one_is_closed(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for _ in range(4):  # together longer than the server waits for a request
            connection.sendall(request("/waits", "abc"))
            received = connection.recv(65536)
            time.sleep(0.8)
        end = connection.recv(65536)

    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"" == end


def test_a_client_that_disconnects_does_not_stop_others(port: int) -> None:
    before = exchange(port, request("/waited", "", LAST))
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request("/waits", "abc"))
    received = exchange(port, request("/waits", "later", LAST))

    assert received.endswith(b"at once: later twice, in True")
    count = [int(reply.rpartition(b"\r\n")[2]) for reply in (before, exchange(port, request("/waited", "", LAST)))]
    assert 2 == count[1] - count[0]
