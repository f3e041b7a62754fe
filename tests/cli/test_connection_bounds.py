"""How much `mockserver serve` reads of a connection before it answers, and what it says when that is too much."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.process import READY, Processes, address

DOCUMENT = Path(__file__).parents[1] / "cases" / "documents" / "55-negative-id.yaml"
CHUNKED = "POST /pets HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
BODY = '{"id":-1,"name":"a"}'


class Served:
    """A served mock: its port and process id."""

    def __init__(self, port: int, process: int) -> None:
        self.port, self.process = port, process

    def talk(self, request: str, end: str = "Connection: close\r\n\r\n") -> str:
        """The response to a request line with fields; a server that refuses may reset the connection."""
        received = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            try:
                connection.sendall((request + end).encode())
                while part := connection.recv(65536):
                    received += part
            except ConnectionError:
                pass
        return received.decode()

    def memory(self) -> int:
        """The resident memory in megabytes."""
        lines = Path(f"/proc/{self.process}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) // 1000


@pytest.fixture(scope="module")
def mock() -> Iterator[Served]:
    with Processes() as processes:
        process, lines = processes.start("serve", str(DOCUMENT), "--port", "0", until=READY)
        yield Served(int(address(lines).rpartition(":")[2]), process.pid)


@pytest.mark.parametrize(
    "request_head",
    [
        "GET /pets HTTP/1.1\r\nHost: a\r\nX: " + "a" * 300_000 + "\r\n",
        "GET /pets HTTP/1.1\r\nHost: a\r\n" + "X: 1\r\n" * 60_000,
        "GET /pets HTTP/1.1\r\nHost: a\r\n" + "X" * 300_000 + ": 1\r\n",
        "GET /pets?" + "a" * 600_000 + " HTTP/1.1\r\nHost: a\r\n",
    ],
)
def test_a_head_that_is_too_long_is_refused_and_not_kept(mock: Served, request_head: str) -> None:
    received = mock.talk(request_head)

    assert received == "" or received.startswith("HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert mock.talk("GET /pets HTTP/1.1\r\nHost: a\r\n").startswith("HTTP/1.1 200 ")


def test_a_head_up_to_the_bound_is_read(mock: Served) -> None:
    received = mock.talk("GET /pets HTTP/1.1\r\nHost: a\r\nX: " + "a" * 250_000 + "\r\n")

    assert received.startswith("HTTP/1.1 200 ")


def test_a_request_target_that_is_too_long_is_refused_by_its_own_status(mock: Served) -> None:
    received = mock.talk("GET /pets?" + "a" * 70_000 + " HTTP/1.1\r\nHost: a\r\n")

    assert received.startswith("HTTP/1.1 414 ")
    assert received.endswith("the request target has more than 65535 bytes")


@pytest.mark.parametrize(
    "end",
    [
        "\r\n14;" + "a" * 600_000 + f"\r\n{BODY}\r\n0\r\n\r\n",
        f"\r\n14\r\n{BODY}\r\n0\r\n" + "X: 1\r\n" * 100_000 + "\r\n",
    ],
    ids=["extension", "trailer"],
)
def test_chunk_extensions_and_trailer_fields_are_bounded(mock: Served, end: str) -> None:
    received = mock.talk(CHUNKED, end)

    assert received == "" or received.startswith("HTTP/1.1 431 ")


def test_a_trailer_field_is_not_a_header_field(mock: Served) -> None:
    head = CHUNKED.replace("application/json", "text/unknown")

    received = mock.talk(head, f"Connection: close\r\n\r\n14\r\n{BODY}\r\n0\r\nContent-Type: application/json\r\n\r\n")

    assert received.startswith("HTTP/1.1 415 ")


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ("Content-Length: 20\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        ("Transfer-Encoding: gzip\r\n", BODY),
        ("Content-Length: 20\r\nContent-Length: 21\r\n", BODY),
        ("Content-Length: +20\r\n", BODY),
        ("Content-Length : 20\r\n", BODY),
    ],
)
def test_a_body_whose_length_is_not_certain_is_refused(mock: Served, fields: str, body: str) -> None:
    # RFC 9112 sections 5.1 and 6.3: two readers of such a request may disagree where the next one begins.
    received = mock.talk("POST /pets HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" + fields, "\r\n" + body)

    assert received.startswith("HTTP/1.1 400 ")
    assert 1 == received.count("HTTP/1.1 ")


def test_a_client_that_waits_for_100_continue_gets_it(mock: Served) -> None:
    head = f"POST /pets HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n"
    with socket.create_connection(("127.0.0.1", mock.port), timeout=30) as connection:
        connection.sendall((head + "Expect: 100-continue\r\nConnection: close\r\n\r\n").encode())
        first = connection.recv(65536)
        connection.sendall(BODY.encode())
        rest = b"".join(iter(lambda: connection.recv(65536), b""))

    assert b"HTTP/1.1 100 Continue\r\n\r\n" == first
    assert rest.startswith(b"HTTP/1.1 201 ")


def test_requests_in_a_row_are_all_answered_in_their_order(mock: Served) -> None:
    # More bytes than one read takes, so that reading has to go on after the first part is answered.
    paths = [f"/nothing/{number}" for number in range(20_000)]
    requests = "".join(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n" for path in paths)
    with socket.create_connection(("127.0.0.1", mock.port), timeout=60) as connection:
        connection.setblocking(False)
        received, left = _both_ways(connection, requests.encode() + b"GET /last HTTP/1.0\r\n\r\n")

    assert b"" == left
    assert [*paths, "/last"] == [part.split('"')[0] for part in received.decode().split("there is no path ")[1:]]


def _both_ways(connection: socket.socket, left: bytes) -> tuple[bytes, bytes]:
    """Send and receive at the same time; what was received until the end, and what could not be sent."""

    received = b""
    while True:
        readable, writable, _ = select.select([connection], [connection] if left else [], [], 60)
        assert readable or writable, "the connection hangs"
        if writable:
            left = left[connection.send(left) :]
        if readable:
            part = connection.recv(65536)
            if not part:
                return received, left
            received += part


def test_a_client_that_reads_no_response_is_read_no_further(mock: Served) -> None:
    before = mock.memory()
    requests = b"GET /pets HTTP/1.1\r\nHost: a\r\n\r\n" * 600_000
    with socket.create_connection(("127.0.0.1", mock.port)) as connection:
        connection.settimeout(2)
        with pytest.raises(TimeoutError):
            connection.sendall(requests)
        grown = mock.memory() - before

    assert grown < 60
    assert mock.talk("GET /pets HTTP/1.1\r\nHost: a\r\n").startswith("HTTP/1.1 200 ")
