"""The connections of `mockserver serve`, byte by byte."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator

import pytest

from tests.process import READY, Processes, address

SERVERS = "/basedash/api/public/organizations/org_1/mcp-servers"
ADMIN = "Authorization: Bearer bd_key_SandboxAdmin00000000000000000000\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with Processes() as processes:
        _, lines = processes.start("serve", "basedash", "--port", "0", "--no-rate-limits", until=READY)
        yield int(address(lines).rpartition(":")[2])


def exchange(port: int, *requests: str) -> bytes:
    """The bytes that are received for requests sent in one piece; the last one closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall("".join(requests).encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


def request(method: str, path: str, more: str = "", body: str = "") -> str:
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\nHost: sandbox\r\n{ADMIN}{more}{length}\r\n{body}"


def test_responses_with_and_without_a_body_arrive_in_order_on_one_connection(port: int) -> None:
    created = '{"displayName": "A", "serverUrl": "https://a.example/mcp"}'
    received = exchange(
        port,
        request("HEAD", SERVERS),
        request("POST", SERVERS, "Content-Type: application/json\r\n", created),
        request("OPTIONS", SERVERS, "Origin: https://a.example\r\nAccess-Control-Request-Method: POST\r\n"),
        request("GET", "/nowhere"),
        request("GET", SERVERS, "Connection: close\r\n"),
    )
    heads = re.findall(rb"HTTP/1\.1 (\d{3})", received)

    assert [b"200", b"201", b"200", b"404", b"200"] == heads
    assert received.endswith(b'"hasMore":false}}')
    assert 2 == received.count(b'"displayName":"A"')


@pytest.mark.parametrize("more", ["", "Connection: close\r\n"])
def test_a_response_without_a_body_is_sent_immediately(port: int, more: str) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request("HEAD", SERVERS, more).encode())
        received = connection.recv(65536)

    assert received.startswith(b"HTTP/1.1 200")
    assert received.endswith(b"\r\n\r\n")


def test_an_http_1_0_client_gets_connection_close(port: int) -> None:
    received = exchange(port, request("GET", SERVERS).replace("HTTP/1.1", "HTTP/1.0"))

    head, _, body = received.partition(b"\r\n\r\n")
    assert b"\r\nconnection: close" in head
    assert b'{"data":[' == body[:9]


def test_a_page_of_another_origin_gets_a_cors_header(port: int) -> None:
    received = exchange(port, request("GET", SERVERS, "Origin: https://a.example\r\nConnection: close\r\n"))

    assert b"\r\naccess-control-allow-origin: https://a.example\r\n" in received


def test_the_date_header_is_current(port: int) -> None:
    dates = []
    for _ in range(2):
        received = exchange(port, request("GET", SERVERS, "Connection: close\r\n"))
        found = re.search(rb"\r\ndate: (.*?) GMT\r\n", received)
        dates.append(found and found[1])
        time.sleep(2.1)  # uvicorn updates the date each second

    assert None not in dates
    assert dates[0] != dates[1]


def test_a_client_that_reads_slowly_gets_all_responses(port: int) -> None:
    count, created = 400, '{"displayName": "B", "serverUrl": "https://many.mcp.example/mcp"}'
    exchange(port, request("POST", SERVERS, "Content-Type: application/json\r\nConnection: close\r\n", created))
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall((request("GET", SERVERS) * (count - 1)).encode())
        connection.sendall(request("GET", SERVERS, "Connection: close\r\n").encode())
        time.sleep(0.5)  # until the unread responses fill the buffers of both sockets
        received = b"".join(iter(lambda: connection.recv(65536), b""))

    assert count == received.count(b"HTTP/1.1 200 OK\r\n") == received.count(b'"hasMore":false}}')


def test_a_long_body_arrives_complete(port: int) -> None:
    received = exchange(port, request("GET", "/_mock/assets/swagger-ui-bundle.js", "Connection: close\r\n"))
    head, _, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)

    assert length is not None
    assert len(body) == int(length[1]) > 500_000
