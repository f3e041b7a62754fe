"""Details of OpenAPI 3.2 that a careful reader of its text finds."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

import mockserver
from tests.client import Client
from tests.openapi_support.test_fields import answers, content, written

Json = dict[str, Any]
FORM = "application/x-www-form-urlencoded"
NO_CONTENT = {"204": {"description": "ok"}}
COOKIES = ["lang=en-US; Expires=Wed, 09 Jun 2021 10:18:14 GMT", "foo=Hello%2C%20world%21"]


@pytest.mark.parametrize("header", [
    {"content": {"text/plain": {"schema": {"type": "string"}, "examples": {"a": {"dataValue": "\n".join(COOKIES)}}}}},
    {"schema": {"type": "object"}, "style": "simple", "explode": True,
     "examples": {"a": {"dataValue": dict(cookie.split("=", 1) for cookie in COOKIES)}}},
    {"schema": {"type": "array", "items": {"type": "string"}}, "examples": {"a": {"dataValue": COOKIES}}},
])  # fmt: skip
def test_each_cookie_has_a_line_of_its_own(tmp_path: Path, header: Json) -> None:
    responses = {"204": {"description": "ok", "headers": {"Set-Cookie": header}}}

    with Client(mockserver.create_app(written(tmp_path, {"/a": {"get": {"responses": responses}}}))) as api:
        assert COOKIES == api.get("/a").headers.get_list("set-cookie")


def test_links_that_are_described_as_json_are_a_link_header(tmp_path: Path) -> None:
    target = {"type": "array", "items": {"type": "object", "required": ["href"], "properties": {"href": {}}}}
    context = {"type": "object", "required": ["next"], "additionalProperties": target}
    schema = {"type": "object", "required": ["linkset"], "properties": {"linkset": {"type": "array", "items": context}}}
    links = [{"anchor": "https://a.test/", "next": [{"href": "/things?page=2", "title": 'a "b"'}], "last": []}]
    media = {"schema": schema, "examples": {"a": {"dataValue": {"linkset": links}}}}
    header = {"required": True, "content": {"application/linkset": media}}
    made = {"required": True, "content": {"application/linkset": {"schema": schema}}}
    responses = {
        name: {"204": {"description": "ok", "headers": {"Link": h}}} for name, h in (("a", header), ("b", made))
    }
    paths = {f"/{name}": {"get": {"responses": each}} for name, each in responses.items()}

    with Client(mockserver.create_app(written(tmp_path, paths), seed=1)) as api:
        stated, generated = (api.get(f"/{name}") for name in "ab")

    assert '</things?page=2>; rel="next"; anchor="https://a.test/"; title="a \\"b\\""' == stated.headers["link"]
    assert "next" in generated.links


def test_an_api_key_in_the_query_is_no_part_of_a_parameter_that_is_the_whole_query(tmp_path: Path) -> None:
    schema = {"type": "object", "additionalProperties": False, "properties": {"a": {"type": "integer"}}}
    parameter = {"name": "all", "in": "querystring", **content(schema, FORM)}
    operation = {"parameters": [parameter], "security": [{"key": []}], "responses": NO_CONTENT}
    schemes = {"key": {"type": "apiKey", "in": "query", "name": "api key"}}
    document = written(tmp_path, {"/a": {"get": operation}}, components={"securitySchemes": schemes})

    with Client(mockserver.create_app(document)) as api:
        found = [
            api.get(f"/a?{query}").status_code for query in ("api+key=k&a=1", "a=1&api%20key=k", "api+key=k&b=1", "a=1")
        ]

    assert [204, 204, 400, 401] == found


@pytest.mark.parametrize(("text", "status"), [
    ("<extra><info>abc</info></extra>", 204), ("<info>abc</info>", 204), ("<extra><info>abcd</info></extra>", 400),
    ("<info>abcd</info>", 400), ("<info>abc", 400), ("abc", 400),
])  # fmt: skip
def test_a_field_of_a_form_may_be_xml(tmp_path: Path, text: str, status: int) -> None:
    extra = {"type": "object", "required": ["info"], "properties": {"info": {"type": "string", "maxLength": 3}}}
    media = {
        "schema": {"type": "object", "properties": {"extra": extra}},
        "encoding": {"extra": {"contentType": "application/xml"}},
    }
    operation = {"requestBody": {"content": {FORM: media}}, "responses": NO_CONTENT}

    with Client(mockserver.create_app(written(tmp_path, {"/a": {"post": operation}}))) as api:
        body = f"extra={quote_plus(text)}"
        assert status == api.post("/a", content=body, headers={"content-type": FORM}).status_code


def test_a_multipart_example_is_sent_with_its_boundary(tmp_path: Path) -> None:
    text = "--B7\r\nContent-Type: text/plain\r\n\r\nhello\r\n--B7--\r\n"
    media = {"itemSchema": {}, "examples": {"one": {"serializedValue": text}}}
    responses = {"200": {"description": "ok", "content": {"multipart/mixed": media}}}

    with Client(mockserver.create_app(written(tmp_path, {"/a": {"get": {"responses": responses}}}))) as api:
        reply = api.get("/a")

    assert ('multipart/mixed; boundary="B7"', text) == (reply.headers["content-type"], reply.text)


@pytest.mark.parametrize(("own", "url", "base"), [
    ("https://api.test/v1/openapi.yaml", ".", "/v1"), ("https://api.test/v1/openapi.yaml", "../v2", "/v2"),
    ("https://api.test/v1/openapi.yaml", "/v3", "/v3"), ("/docs/openapi.yaml", "./api", "/docs/api"),
    (None, "api", "/api"), (None, ".", ""), ("https://api.test/v1/openapi.yaml", "https://b.test", ""),
])  # fmt: skip
def test_a_relative_server_starts_from_the_uri_of_the_document(
    tmp_path: Path, own: str | None, url: str, base: str
) -> None:
    item = {"get": {"responses": answers({"const": 1})}}
    document = written(tmp_path, {"/a": item}, servers=[{"url": url}], **({"$self": own} if own else {}))

    with Client(mockserver.create_app(document)) as api:
        assert 200 == api.get(f"{base}/a").status_code


@pytest.mark.parametrize("kind", ["image/jpeg", "image/jpg"])
def test_a_jpeg_is_a_complete_file(tmp_path: Path, kind: str) -> None:
    """Alone and in a stream of parts, as OpenAPI 3.2 section 4.15.5.7 shows it."""
    alone = {"200": {"description": "ok", "content": {kind: {}}}}
    stream = {"multipart/mixed": {"itemSchema": {}, "itemEncoding": {"contentType": kind}}}
    paths = {"/one": {"get": {"responses": alone}}}
    paths["/all"] = {"get": {"responses": {"200": {"description": "ok", "content": stream}}}}

    with Client(mockserver.create_app(written(tmp_path, paths))) as api:
        one, parts = (api.get(path).content for path in ("/one", "/all"))

    at, marks = 2, list[int]()
    while not marks or marks[-1] != 0xDA:  # the data follows the last segment
        marks.append(one[at + 1])
        at += 2 + int.from_bytes(one[at + 2 : at + 4])
    assert ([0xE0, 0xDB, 0xC0, 0xC4, 0xC4, 0xDA], b"\xff\xd9") == (marks, one[-2:])
    assert one in parts
