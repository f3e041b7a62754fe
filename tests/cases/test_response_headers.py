"""Headers of responses: those with an example are sent, and one that the request has too is repeated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.web.document import answers, document, served, takes

RENDER = {
    "type": "object",
    "required": ["id", "title"],
    "properties": {"id": {"type": "integer", "readOnly": True}, "title": {"type": "string"}},
}
TRACE = {"name": "X-Correlation-Id", "in": "header", "schema": {"type": "string"}}


def renders(headers: dict[str, Any]) -> dict[str, Any]:
    """A document of renders whose responses have these headers; its requests may have a correlation id."""
    made = answers(RENDER, "202")
    made["202"]["headers"] = headers
    listed = answers({"type": "array", "items": RENDER})
    listed["200"]["headers"] = headers
    refused = answers({"type": "object", "properties": {"message": {"type": "string"}}}, "422")
    refused["422"]["headers"] = {"X-Correlation-ID": {"schema": {"type": "string"}}}
    return document({"/renders": {
        "post": {"parameters": [TRACE], "requestBody": takes(RENDER), "responses": made | refused},
        "get": {"parameters": [TRACE], "responses": listed},
    }})  # fmt: skip


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ({"schema": {"type": "integer", "example": 2}}, "2"),
        ({"schema": {"type": "integer"}, "example": 3}, "3"),
        ({"schema": {"type": "integer", "default": 0}}, "0"),
        ({"schema": {"type": "integer"}, "examples": {"soon": {"value": 4}}}, "4"),
        ({"schema": {"type": "array", "items": {"type": "integer"}}, "example": [1, 2]}, "1,2"),
        ({"schema": {"type": "object"}, "explode": True, "example": {"wait": 5}}, "wait=5"),
        ({"schema": {"type": "string", "enum": ["never"]}}, "never"),
        ({"schema": {"type": "string", "enum": ["never", "soon"]}}, None),
        ({"schema": {"type": "integer"}}, None),
    ],
)
def test_a_header_with_a_documented_value_is_sent(tmp_path: Path, header: dict[str, Any], value: str | None) -> None:
    with Client(served(tmp_path, renders({"Retry-After": header}))) as client:
        made = client.post("/renders", json={"title": "one"})
        listed = client.get("/renders")

    assert [value, value] == [made.headers.get("retry-after"), listed.headers.get("retry-after")]
    assert ["one"] == [each["title"] for each in listed.json()]


@pytest.mark.parametrize(
    ("schema", "value"),
    [({"type": "integer", "minimum": 1}, "1"), ({"type": "string"}, "1"), ({"type": "integer", "minimum": 30}, None)],
)
def test_an_error_that_is_asked_for_says_when_to_come_again(tmp_path: Path, schema: Any, value: str | None) -> None:
    """RFC 9110 section 10.2.3: a client that obeys the header must not wait for long in a test."""
    written = renders({})
    for method in ("get", "post"):
        busy = {"description": "busy", "headers": {"Retry-After": {"schema": schema}}}
        written["paths"]["/renders"][method]["responses"] |= {"429": busy, "503": busy}

    with Client(served(tmp_path, written)) as client:
        told = [client.get("/renders", headers={"Prefer": f"code={code}"}) for code in (429, 503)]

    assert [429, 503] == [each.status_code for each in told]
    waits = [each.headers["retry-after"] for each in told]
    assert [value, value] == waits if value else all(int(wait) >= 30 for wait in waits)


def test_a_header_that_changes_with_each_response_is_no_example(tmp_path: Path) -> None:
    left = {"schema": {"type": "integer", "example": 4999}}

    with Client(served(tmp_path, renders({"X-RateLimit-Remaining": left}))) as client:
        assert "x-ratelimit-remaining" not in client.get("/renders").headers


def test_a_response_repeats_the_header_of_the_request(tmp_path: Path) -> None:
    shown = {"X-Correlation-ID": {"schema": {"type": "string", "example": "from-the-document"}}}

    with Client(served(tmp_path, renders(shown))) as client:
        made = client.post("/renders", json={"title": "one"}, headers={"X-Correlation-ID": "mine"})
        listed = client.get("/renders", headers={"X-Correlation-ID": "mine"})
        refused = client.post("/renders", json={}, headers={"X-Correlation-ID": "mine"})
        alone = client.get("/renders")

    assert ["mine"] * 3 == [each.headers["x-correlation-id"] for each in (made, listed, refused)]
    assert 422 == refused.status_code
    assert "from-the-document" == alone.headers["x-correlation-id"]


def test_links_of_pages_write_flags_as_clients_do(tmp_path: Path) -> None:
    flag = {"name": "active", "in": "query", "schema": {"type": "boolean"}}
    pages = [{"name": name, "in": "query", "schema": {"type": "integer"}} for name in ("page", "per_page")]
    item = {
        "type": "object",
        "properties": {"id": {"type": "integer", "readOnly": True}, "active": {"type": "boolean"}},
    }
    listed = answers({"type": "array", "items": item})
    listed["200"]["headers"] = {"Link": {"schema": {"type": "string"}}}
    made = {"requestBody": takes(item), "responses": answers(item, "201")}
    things = document({"/things": {"get": {"parameters": [flag, *pages], "responses": listed}, "post": made}})

    with Client(served(tmp_path, things)) as client:
        for _ in range(2):
            client.post("/things", json={"active": False})
        link = client.get("/things", params={"active": "false", "per_page": 1}).headers["link"]

    assert "active=false" in link
    assert "False" not in link
