"""Each fault as a real client sees it over a socket, and what is stored afterwards."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from mockserver.web.serving.connection_faults import ConnectionFault
from tests.client import Client
from tests.web.document import document, served
from tests.web.overrides.server import PETS, Served

CREATE = {"operation": "createPet"}
LIST = {"operation": "listPets"}
REX = {"name": "Rex"}


def raw(mock: Served, method: str, path: str, body: bytes = b"") -> bytes:
    """All bytes that are received for one request. Raises ConnectionResetError for a reset."""
    head = f"{method} {path} HTTP/1.1\r\nHost: sandbox\r\nContent-Length: {len(body)}\r\n"
    head += "Content-Type: application/json\r\n\r\n"
    with socket.create_connection(("127.0.0.1", urlsplit(mock.url).port), timeout=20) as connection:
        connection.sendall(head.encode() + body)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture(params=["middlewares", "fast path"])
def way(request: pytest.FixtureRequest, mock: Served) -> str:
    """The first request of a path goes through the middlewares, those after it take the fast path."""
    if request.param == "fast path":
        mock.send("GET", "/pets")
        mock.send("POST", "/pets", json={})
    return request.param


def test_a_lost_reply_is_a_change_without_a_response(mock: Served, way: str) -> None:
    mock.set(CREATE, {"fault": {"kind": "lost-reply"}}, times=1)

    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        mock.send("POST", "/pets", json=REX)

    assert ["Rex"] == mock.names()
    assert 201 == mock.send("POST", "/pets", json=REX).status_code
    assert ["Rex", "Rex"] == mock.names()


def test_a_lost_request_changes_nothing(mock: Served, way: str) -> None:
    mock.set(CREATE, {"fault": {"kind": "lost-request"}}, times=1)

    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        mock.send("POST", "/pets", json=REX)

    assert [] == mock.names()
    assert 201 == mock.send("POST", "/pets", json=REX).status_code


def test_a_reset_ends_the_connection_by_rst(mock: Served, way: str) -> None:
    mock.set(CREATE, {"fault": {"kind": "reset"}}, times=1)

    with pytest.raises(ConnectionResetError):
        raw(mock, "POST", "/pets", b'{"name":"Rex"}')

    assert [] == mock.names()


def test_an_empty_reply_ends_the_connection_without_a_byte(mock: Served, way: str) -> None:
    mock.set(CREATE, {"fault": {"kind": "empty-reply"}}, times=1)

    assert b"" == raw(mock, "POST", "/pets", b'{"name":"Rex"}')
    assert [] == mock.names()


def test_a_cut_response_ends_within_its_body(mock: Served, way: str) -> None:
    mock.set(CREATE, {"fault": {"kind": "cut", "fraction": 0.25}}, times=1)

    head, _, body = raw(mock, "POST", "/pets", b'{"name":"Rex"}').partition(b"\r\n\r\n")
    length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])

    assert head.startswith(b"HTTP/1.1 201 Created")
    assert length // 4 == len(body)
    assert ["Rex"] == mock.names()

    mock.set(CREATE, {"fault": {"kind": "cut"}}, times=1)
    with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
        mock.send("POST", "/pets", json=REX)


def test_a_cut_response_without_a_body_ends_within_its_head(mock: Served) -> None:
    created = mock.send("POST", "/pets", json=REX).json()
    mock.set({"operation": "deletePet"}, {"fault": {"kind": "cut"}})

    received = raw(mock, "DELETE", f"/pets/{created['id']}")

    assert received.startswith(b"HTTP/1.1 204")
    assert b"\r\n\r\n" not in received


def test_a_malformed_chunk_breaks_the_response(mock: Served, way: str) -> None:
    mock.set(CREATE, {"fault": {"kind": "malformed-chunk"}}, times=2)

    received = raw(mock, "POST", "/pets", b'{"name":"Rex"}')
    with pytest.raises(httpx.RemoteProtocolError):
        mock.send("POST", "/pets", json=REX)

    assert b"transfer-encoding: chunked" in received
    assert b"content-length" not in received
    assert received.endswith(b"not a size\r\n")


def test_a_slow_response_arrives_in_pieces_and_is_whole(mock: Served, way: str) -> None:
    mock.set(CREATE, {"fault": {"kind": "slow", "bytes_per_second": 300}}, times=1)

    pieces = []
    with httpx.stream("POST", f"{mock.url}/pets", json=REX, timeout=20) as reply:
        pieces.extend(reply.iter_raw())

    assert len(pieces) > 1
    assert "Rex" == json.loads(b"".join(pieces))["name"]
    assert ["Rex"] == mock.names()


def test_a_wrong_length_announces_less_than_is_sent(mock: Served, way: str) -> None:
    mock.set(CREATE, {"fault": {"kind": "wrong-length"}}, times=2)

    head, _, body = raw(mock, "POST", "/pets", b'{"name":"Rex"}').partition(b"\r\n\r\n")
    reply = mock.send("POST", "/pets", json=REX)

    assert len(body) - 1 == int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
    with pytest.raises(json.JSONDecodeError):
        reply.json()


def test_a_stale_read_shows_what_was_stored_some_changes_ago(mock: Served, way: str) -> None:
    mock.set(LIST, {"fault": {"kind": "stale-read", "requests": 2}}, times=1)
    for name in ("Rex", "Ada", "Bo"):
        mock.send("POST", "/pets", json={"name": name})

    assert ["Rex"] == [pet["name"] for pet in mock.send("GET", "/pets").json()]
    assert 3 == len(mock.send("GET", "/pets").json())


def test_a_duplicate_delivery_handles_the_request_twice(mock: Served, way: str) -> None:
    mock.set(CREATE, {"fault": {"kind": "duplicate"}}, times=1)

    reply = mock.send("POST", "/pets", json=REX)

    assert (201, ["Rex", "Rex"]) == (reply.status_code, mock.names())
    assert reply.json()["id"] == mock.send("GET", f"/pets/{reply.json()['id']}").json()["id"]


def test_an_outage_lasts_for_its_time_and_says_when_to_try_again(mock: Served, way: str) -> None:
    mock.send("POST", "/_mock/clock", json={"freeze": True})
    mock.set(LIST, {"fault": {"kind": "outage", "seconds": 30}})

    reply = mock.send("GET", "/pets")
    mock.send("POST", "/_mock/clock", json={"advance": 31})

    assert (503, "30", ["message"]) == (reply.status_code, reply.headers["retry-after"], list(reply.json()))
    assert 200 == mock.send("GET", "/pets").status_code
    assert not mock.send("GET", "/_mock/overrides").json()[0]["is_active"]


def test_a_lower_rate_limit_refuses_what_is_above_it(mock: Served, way: str) -> None:
    mock.send("POST", "/_mock/clock", json={"freeze": True})
    mock.set(CREATE, {"fault": {"kind": "rate-limit", "requests": 2, "seconds": 600}})

    replies = [mock.send("POST", "/pets", json=REX) for _ in range(3)]
    mock.send("POST", "/_mock/clock", json={"advance": 61})

    assert [201, 201, 429] == [reply.status_code for reply in replies]
    assert ("60", ["message"]) == (replies[2].headers["retry-after"], list(replies[2].json()))
    assert 201 == mock.send("POST", "/pets", json=REX).status_code


def test_a_lower_capacity_refuses_one_more_item_for_its_time(mock: Served, way: str) -> None:
    mock.send("POST", "/_mock/clock", json={"freeze": True})
    mock.set(CREATE, {"fault": {"kind": "capacity", "limit": 1, "seconds": 60}})

    replies = [mock.send("POST", "/pets", json=REX) for _ in range(2)]
    mock.send("POST", "/_mock/clock", json={"advance": 61})

    assert [201, 409] == [reply.status_code for reply in replies]
    assert "limit of 1" in replies[1].json()["message"]
    assert 201 == mock.send("POST", "/pets", json=REX).status_code


def test_other_clients_are_answered_after_a_fault(mock: Served) -> None:
    mock.set(LIST, {"fault": {"kind": "lost-reply"}}, times=1)
    with httpx.Client(base_url=mock.url) as other:
        before = other.get("/pets/none").status_code
        with pytest.raises(httpx.RemoteProtocolError):
            mock.send("GET", "/pets")

        assert [404, 404, 200] == [before, other.get("/pets/none").status_code, other.get("/pets").status_code]


@pytest.mark.parametrize("kind", ["lost-reply", "lost-request", "reset", "empty-reply", "cut", "malformed-chunk"])
def test_a_client_in_process_sees_a_broken_connection(tmp_path: Path, kind: str) -> None:
    with Client(served(tmp_path, document(PETS))) as client:
        client.post("/_mock/overrides", json={"when": CREATE, "then": {"fault": {"kind": kind}}, "times": 1})

        with pytest.raises(ConnectionFault):
            client.post("/pets", json=REX)

        assert issubclass(ConnectionFault, ConnectionResetError)
        handled = 0 if kind in ("lost-request", "reset", "empty-reply") else 1
        assert handled == len(client.get("/pets").json())


def test_a_client_in_process_sees_a_slow_response_whole(tmp_path: Path) -> None:
    with Client(served(tmp_path, document(PETS))) as client:
        fault = {"kind": "slow", "bytes_per_second": 2_000}
        client.post("/_mock/overrides", json={"when": CREATE, "then": {"fault": fault}})

        assert "Rex" == client.post("/pets", json=REX).json()["name"]
