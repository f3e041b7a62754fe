"""Requests are read within bounds, and a request that cannot be answered changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.web.document import answers, document, served

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=B"
LIST = {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string"}}}}
CLOSED = {"type": "object", "additionalProperties": False, "properties": {"s": {"type": "integer"}, "x": {}}}
ITEM = {"type": "object", "properties": {"id": {"type": "string"}, "x": {}}}


def part(head: str) -> bytes:
    return f"--B\r\n{head}\r\n1\r\n".encode()


def json_body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


NAMED = 'Content-Disposition: form-data; name="a"\r\n'


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Any:
    kinds = {kind: {"schema": LIST} for kind in (FORM, "multipart/form-data", "application/xml")}
    id = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    lists = {"requestBody": {"content": {**kinds, **json_body(CLOSED)}}, "responses": answers(status="204")}
    made = {"requestBody": {"content": json_body(ITEM)}, "responses": answers(ITEM)}
    listed = {"responses": answers({"type": "array", "items": ITEM})}
    paths = {
        "/lists": {"post": lists},
        "/things": {"post": made, "get": listed},
        "/things/{id}": {"get": {"parameters": [id], "responses": answers(ITEM)}},
    }
    with Client(served(tmp_path_factory.mktemp("bounds"), document(paths))) as client:
        yield client


@pytest.mark.parametrize(
    ("kind", "body", "status", "says"),
    [
        (FORM, b"&".join([b"a=1"] * 20_000), 204, ""),
        (FORM, b"&".join([b"a=1"] * 80_000), 400, "more than 20,000 fields"),
        (FORM, b"&".join([b"a[]=1"] * 60_000), 400, "more than 20,000 fields"),
        (PARTS, part(NAMED) * 1_000 + b"--B--\r\n", 204, ""),
        (PARTS, part(NAMED) * 50_000 + b"--B--\r\n", 400, "more than 2,000 parts"),
        ("application/xml", b"<r>" + b"<a>1</a>" * 10_000 + b"</r>", 204, ""),
        ("application/xml", b"<r>" + b"<a>1</a>" * 200_000 + b"</r>", 400, "more than 20,000 elements"),
        ("application/xml", b"<a>" * 800 + b"</a>" * 800, 400, "deep"),
        ("multipart/form-data; boundary=" + "B" * 300, b"x", 400, "cannot be read"),
        (PARTS, part("Content-Disposition: form-data\r\n") + b"--B--\r\n", 400, "cannot be read"),
        (PARTS, part("") + b"--B--\r\n", 400, "cannot be read"),
    ],
)
def test_a_body_is_read_up_to_a_bound(api: Client, kind: str, body: bytes, status: int, says: str) -> None:
    reply = api.post("/lists", content=body, headers={"content-type": kind})

    assert status == reply.status_code
    assert says in reply.text


@pytest.mark.parametrize("depth", [201, 250, 256, 1_000, 100_000])
def test_a_value_that_is_nested_too_deeply_is_refused_and_not_stored(api: Client, depth: int) -> None:
    before = api.get("/things").json()

    reply = api.post(
        "/things", content='{"x":' + "[" * depth + "]" * depth + "}", headers={"content-type": "application/json"}
    )

    assert 400 == reply.status_code
    assert before == api.get("/things").json()


def test_a_value_that_is_nested_deeply_is_stored_and_listed(api: Client) -> None:
    text = "[" * 190 + "]" * 190

    made = api.post("/things", content='{"x":' + text + "}", headers={"content-type": "application/json"})

    assert 200 == made.status_code
    assert text in api.get("/things").text


@pytest.mark.parametrize(
    "body",
    [
        "{" + ",".join(f'"k{i}":1' for i in range(100_000)) + "}",
        '{"s":"' + "x" * 3_000_000 + '"}',
        '{"s":"' + "x" * 300 + '"}',
    ],
)
def test_an_error_repeats_only_a_little_of_the_request(api: Client, body: str) -> None:
    reply = api.post("/lists", content=body, headers={"content-type": "application/json"})

    assert 400 == reply.status_code
    assert len(reply.content) < 2_000


def test_at_most_twenty_faults_are_reported(tmp_path: Path) -> None:
    names = [f"k{i}" for i in range(50)]
    schema = {"type": "object", "properties": {name: {"type": "integer"} for name in names}}
    paths = {"/n": {"post": {"requestBody": {"content": {"application/json": {"schema": schema}}},
                             "responses": answers(status="204")}}}  # fmt: skip
    with Client(served(tmp_path, document(paths))) as client:
        reply = client.post("/n", json=dict.fromkeys(names, "x"))

    assert (400, 20) == (reply.status_code, len(reply.json()["errors"]))


def test_a_header_that_is_sent_nine_thousand_times_is_read(api: Client) -> None:
    reply = api.post("/lists", content="a=1", headers=[("content-type", FORM), *[("x-a", "1")] * 9_000])

    assert 204 == reply.status_code


def test_a_multiple_of_that_no_number_satisfies_is_no_error_of_the_mock(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "number", "multipleOf": 1e-300}}}
    paths = {"/n": {"post": {"requestBody": {"content": {"application/json": {"schema": schema}}},
                             "responses": answers(schema)}}}  # fmt: skip
    with Client(served(tmp_path, document(paths))) as client:
        statuses = [client.post("/n", json={"n": value}).status_code for value in (0, 1, 0.1, 1e300)]

    assert all(status in (200, 201, 400) for status in statuses), statuses
