"""Conditional requests, where a document has their headers (RFC 9110 section 13, RFC 6585 section 3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.web.document import document, served, takes

PAGE = {
    "type": "object",
    "required": ["title", "text"],
    "properties": {
        "title": {"type": "string"},
        "text": {"type": "string"},
        "updated": {"type": "string", "format": "date-time", "readOnly": True},
    },
}
TEXT = {"schema": {"type": "string"}}
TITLE = {"name": "title", "in": "path", "required": True, **TEXT}
MATCH = {"name": "If-Match", "in": "header", "required": True, **TEXT}


def replies(**others: str) -> dict[str, Any]:
    headers = {"ETag": TEXT, "Last-Modified": TEXT, "Cache-Control": {**TEXT, "example": "private"}}
    shown = {"description": "the page", "headers": headers, "content": {"application/json": {"schema": PAGE}}}
    return {"200": shown} | {status[1:]: {"description": said} for status, said in others.items()}


@pytest.fixture
def pages(tmp_path: Path) -> Any:
    """A client of a mock of a wiki with one page."""
    written = document({
        "/pages": {"post": {"requestBody": takes(PAGE), "responses": replies()}},
        "/pages/{title}": {
            "parameters": [TITLE],
            "get": {"responses": replies(_304="same", _404="none")},
            "put": {
                "parameters": [MATCH],
                "requestBody": takes({"type": "object", "required": ["text"], "properties": {"text": TEXT["schema"]}}),
                "responses": replies(_412="changed", _428="say which", _404="none"),
            },
        },
        "/reports/latest": {"get": {"responses": replies(_304="same")}},
    })  # fmt: skip
    dated = {"schema": {"type": "string"}, "example": "Wed, 21 Oct 2015 07:28:00 GMT"}
    written["paths"]["/reports/latest"]["get"]["responses"]["200"]["headers"] = {"Last-Modified": dated}
    with Client(served(tmp_path, written)) as client:
        client.post("/pages", json={"title": "Home", "text": "one"})
        yield client


@pytest.mark.parametrize("path", ["/pages/Home", "/reports/latest"])
def test_what_has_not_changed_since_a_date_is_not_sent_again(pages: Client, path: str) -> None:
    whole = pages.get(path)

    asked = [whole.headers["last-modified"], "Fri, 31 Dec 2100 00:00:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", "today"]
    found = [pages.get(path, headers={"If-Modified-Since": date}) for date in asked]

    assert [304, 304, 200, 200] == [each.status_code for each in found]
    assert [b"", b"", whole.content, whole.content] == [each.content for each in found]
    assert [whole.headers["last-modified"]] * 4 == [each.headers["last-modified"] for each in found]
    assert [whole.headers.get("etag")] * 4 == [each.headers.get("etag") for each in found]


def test_an_entity_tag_counts_and_not_the_date_beside_it(pages: Client) -> None:
    conditions = {"If-Modified-Since": pages.get("/pages/Home").headers["last-modified"], "If-None-Match": '"other"'}

    assert 200 == pages.get("/pages/Home", headers=conditions).status_code


def test_a_put_without_a_condition_gets_the_documented_428(pages: Client) -> None:
    tag = pages.get("/pages/Home").headers["etag"]

    sent = [pages.put("/pages/Home", json={"text": "two"}, headers=one) for one in ({}, {"If-Match": tag})]

    assert [428, 200] == [each.status_code for each in sent]
    assert 404 == pages.put("/pages/Other", json={"text": "two"}).status_code


FLAG = {"type": "object", "required": ["on"], "properties": {"key": TEXT["schema"], "on": {"type": "boolean"}}}


@pytest.fixture(params=[True, False], ids=["with tags", "without tags"])
def flags(request: Any, tmp_path: Path) -> Any:
    """A client of a mock of flags that a PUT creates or replaces, with entity tags or without."""
    shown = {"description": "the flag", "content": {"application/json": {"schema": FLAG}}}
    shown |= {"headers": {"ETag": TEXT}} if request.param else {}
    named = {"name": "key", "in": "path", "required": True, **TEXT}
    unless = {"name": "If-None-Match", "in": "header", **TEXT}
    refused = {"description": "a condition does not hold"}
    put = {"parameters": [unless], "requestBody": takes(FLAG), "responses": {"200": shown, "201": shown}}
    put["responses"]["412"] = refused
    get = {"responses": {"200": shown, "404": {"description": "none"}}}
    written = document({"/flags/{key}": {"parameters": [named], "get": get, "put": put}})
    with Client(served(tmp_path, written)) as client:
        yield client


def test_a_put_that_may_only_create_replaces_nothing(flags: Client) -> None:
    sent = [flags.put("/flags/a", json={"on": on}, headers={"If-None-Match": "*"}) for on in (True, False)]

    assert [201, 412] == [each.status_code for each in sent]
    assert {"key": "a", "on": True} == flags.get("/flags/a").json()
    assert 200 == flags.put("/flags/a", json={"on": False}).status_code


def test_an_item_that_is_not_there_has_no_entity_tag(tmp_path: Path) -> None:
    shown = {"description": "ok", "headers": {"ETag": TEXT}, "content": {"application/json": {"schema": FLAG}}}
    named = {"name": "key", "in": "path", "required": True, **TEXT}
    matched = {"name": "If-Match", "in": "header", **TEXT}
    replies = {"200": shown, "201": shown, "412": {"description": "changed"}}
    put = {"parameters": [matched], "requestBody": takes(FLAG), "responses": replies}
    get = {"responses": {"200": shown, "404": {"description": "none"}}}
    written = document({"/flags/{key}": {"parameters": [named], "get": get, "put": put}})

    with Client(served(tmp_path, written)) as client:
        sent = [client.put("/flags/a", json={"on": True}, headers={"If-Match": tag}) for tag in ('"old"', "*")]
        found = client.get("/flags/a")

    assert [412, 412, 404] == [*(each.status_code for each in sent), found.status_code]


@pytest.mark.parametrize("tag", ['"abc"', "abc", 'W/"abc"'])
@pytest.mark.parametrize(("asked", "status"), [("{}", 304), ('"other", {}', 304), ("*", 304), ('"other"', 200)])
def test_the_tag_of_an_example_is_compared_too(tmp_path: Path, tag: str, asked: str, status: int) -> None:
    shown = {"description": "ok", "headers": {"ETag": {**TEXT, "example": tag}, "X-Other": {**TEXT, "example": "1"}}}
    shown |= {"content": {"application/json": {"example": {"x": 1}}}}
    with Client(served(tmp_path, document({"/prices": {"get": {"responses": {"200": shown}}}}))) as client:
        reply = client.get("/prices", headers={"If-None-Match": asked.format(tag)})

    assert (status, tag, status == 304) == (reply.status_code, reply.headers["etag"], reply.content == b"")
