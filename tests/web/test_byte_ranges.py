"""Parts of a content that a request with `Range` gets (RFC 9110 section 14)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mockserver
from tests.client import Client

Json = dict[str, Any]
BINARY = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
CONTENT = bytes(range(100))
OK, PART = {"description": "the file", **BINARY}, {"description": "a part of the file", **BINARY}
RANGE = {"name": "Range", "in": "header", "schema": {"type": "string"}}


def document(folder: Path, responses: Json, **paths: Any) -> Path:
    """Files that are uploaded, and shown at a path of their own with these responses."""
    item = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "size": {"type": "integer"}}}
    shown = {"description": "ok", "content": {"application/json": {"schema": item}}}
    id = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    made = {
        "/files": {"post": {"requestBody": {"required": True, **BINARY}, "responses": {"201": shown}}},
        "/files/{id}": {"parameters": [id], "get": {"responses": {"200": shown, "404": {"description": "unknown"}}}},
        "/files/{id}/content": {"parameters": [id], "get": {"parameters": [RANGE], "responses": responses}},
    }
    path = folder / "api.json"
    path.write_text(
        json.dumps({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": made | paths}),
    )
    return path


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Client]:
    responses = {"200": OK, "206": PART, "404": {"description": "unknown"}, "416": {"description": "no such part"}}
    with Client(mockserver.create_app(document(tmp_path, responses))) as client:
        yield client


@pytest.fixture
def place(api: Client) -> str:
    """The path of the content of a file."""
    made = api.post("/files", content=CONTENT, headers={"content-type": "application/octet-stream"}).json()
    return f"/files/{made['id']}/content"


@pytest.mark.parametrize(("wanted", "begin", "end"), [
    ("bytes=0-9", 0, 10), ("bytes=90-", 90, 100), ("bytes=-5", 95, 100), ("bytes=-500", 0, 100),
    ("bytes=50-1000", 50, 100), ("Bytes=0-0", 0, 1), ("bytes= 3-4 , 200-300", 3, 5),
])  # fmt: skip
def test_a_part_of_a_stored_file_is_sent(api: Client, place: str, wanted: str, begin: int, end: int) -> None:
    reply = api.get(place, headers={"range": wanted})

    assert (206, CONTENT[begin:end]) == (reply.status_code, reply.content)
    assert (f"bytes {begin}-{end - 1}/100", "bytes") == (reply.headers["content-range"], reply.headers["accept-ranges"])
    assert "application/octet-stream" == reply.headers["content-type"]


@pytest.mark.parametrize("wanted", ["bytes=0-1,5-6", "bytes=9-0", "bytes=-", "bytes=x", "bytes=", "items=0-9", "0-9"])
def test_the_whole_is_sent_for_several_parts_and_what_is_no_range(api: Client, place: str, wanted: str) -> None:
    reply = api.get(place, headers={"range": wanted})

    assert (200, CONTENT) == (reply.status_code, reply.content)
    assert (None, "bytes") == (reply.headers.get("content-range"), reply.headers["accept-ranges"])


@pytest.mark.parametrize("wanted", ["bytes=100-", "bytes=200-300, 400-", "bytes=-0"])
def test_a_part_beyond_the_end_is_refused(api: Client, place: str, wanted: str) -> None:
    reply = api.get(place, headers={"range": wanted})

    assert (416, "bytes */100") == (reply.status_code, reply.headers["content-range"])


def test_ranges_are_of_get_alone_and_of_the_content_that_the_client_knows(api: Client, place: str) -> None:
    head = api.request("HEAD", place, headers={"range": "bytes=0-9"})
    changed = api.get(place, headers={"range": "bytes=0-9", "if-range": '"another"'})

    assert (200, "100") == (head.status_code, head.headers["content-length"])
    assert (200, CONTENT) == (changed.status_code, changed.content)


def test_without_a_206_in_the_document_a_range_is_ignored(tmp_path: Path) -> None:
    with Client(mockserver.create_app(document(tmp_path, {"200": OK, "404": {"description": "unknown"}}))) as api:
        made = api.post("/files", content=CONTENT, headers={"content-type": "application/octet-stream"}).json()
        reply = api.get(f"/files/{made['id']}/content", headers={"range": "bytes=0-9"})

    assert (200, CONTENT, None) == (reply.status_code, reply.content, reply.headers.get("accept-ranges"))


def test_a_206_that_is_the_only_success_says_which_part_it_is(tmp_path: Path) -> None:
    with Client(mockserver.create_app(document(tmp_path, {"206": PART}))) as api:
        made = api.post("/files", content=CONTENT, headers={"content-type": "application/octet-stream"}).json()
        whole, part = (api.get(f"/files/{made['id']}/content", headers=each) for each in ({}, {"range": "bytes=5-6"}))

    assert (206, "bytes 0-99/100", CONTENT) == (whole.status_code, whole.headers["content-range"], whole.content)
    assert (206, "bytes 5-6/100", CONTENT[5:7]) == (part.status_code, part.headers["content-range"], part.content)


def test_an_example_is_sent_in_parts_and_a_page_of_a_list_is_not(tmp_path: Path) -> None:
    text = {"content": {"text/plain": {"schema": {"type": "string"}, "example": "0123456789"}}}
    tag = {"ETag": {"required": True, "schema": {"type": "string"}, "example": '"v1"'}}
    log = {
        "200": {"description": "all", "headers": tag, **text},
        "206": {"description": "a part", "headers": tag, **text},
    }
    page = {"description": "a page", "content": {"application/json": {"schema": {"type": "array", "const": [1]}}}}
    paths = {"/log": {"get": {"responses": log}}, "/list": {"get": {"responses": {"200": page, "206": page}}}}
    with Client(mockserver.create_app(document(tmp_path, {"200": OK}, **paths))) as api:
        known = api.get("/log", headers={"range": "bytes=2-4", "if-range": '"v1"'})
        listed = api.get("/list", headers={"range": "bytes=0-1"})

    assert (206, "234", ['"v1"']) == (known.status_code, known.text, known.headers.get_list("etag"))
    assert (200, [1]) == (listed.status_code, listed.json())
