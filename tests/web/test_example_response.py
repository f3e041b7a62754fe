"""An operation without a resource is answered from the document: with a valid example, else a generated value."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import jsonschema
import pytest
import yaml

from tests.client import Client
from tests.web.document import answers, document, served, takes

REPORT = {
    "type": "object",
    "required": ["id", "total", "author"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "total": {"type": "integer", "minimum": 3, "multipleOf": 7},
        "author": {"type": "string", "format": "email"},
        "title": {"type": "string", "maxLength": 12},
    },
}


def ask(
    folder: Path, operation: dict[str, Any], path: str = "/run", *, url: str = "", **options: Any
) -> httpx.Response:
    """The reply to a request for the only operation of a document; a POST if it has a body."""
    method = "post" if "requestBody" in operation else "get"
    with Client(served(folder, document({path: {method: operation}}))) as client:
        return client.request(method.upper(), url or path, **options)


def test_the_documents_example_is_the_response(tmp_path: Path) -> None:
    example = {"id": "0a0a0a0a-0000-4000-8000-000000000000", "total": 21, "author": "ada@example.com"}

    response = ask(tmp_path, {"responses": answers(REPORT, example=example)})

    assert example == response.json()


def test_an_invalid_example_is_not_used(tmp_path: Path) -> None:
    response = ask(tmp_path, {"responses": answers(REPORT, example={"id": "not a uuid", "total": 4})})

    jsonschema.validate(response.json(), REPORT, format_checker=jsonschema.FormatChecker())


def test_the_same_seed_gives_the_same_response_and_another_seed_another(tmp_path: Path) -> None:
    written = document({"/run": {"get": {"responses": answers(REPORT)}}})

    def answer(seed: int | None) -> Any:
        with Client(served(tmp_path, written, seed=seed)) as client:
            return client.get("/run").json()

    assert answer(5) == answer(5)
    assert answer(5) != answer(6)
    assert answer(None) == answer(None)


def test_the_response_depends_on_the_ids_in_the_path_and_is_the_same_for_each(tmp_path: Path) -> None:
    parameter = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
    written = document({"/run/{name}/score": {"get": {"parameters": [parameter], "responses": answers(REPORT)}}})

    with Client(served(tmp_path, written)) as client:
        first, again, other = (client.get(f"/run/{name}/score").json() for name in ("a", "a", "b"))

    assert first == again
    assert first != other


def test_values_of_the_request_are_echoed_where_they_are_valid(tmp_path: Path) -> None:
    sent = {"title": "Mine", "total": 4, "unknown": True}
    operation = {"requestBody": takes({"type": "object"}), "responses": answers(REPORT)}

    shown = ask(tmp_path, operation, "/run/search", json=sent).json()

    assert "Mine" == shown["title"]
    assert 0 == shown["total"] % 7
    assert "unknown" not in shown


def test_a_null_of_the_request_is_echoed_only_where_null_is_valid(tmp_path: Path) -> None:
    sent = {
        "type": "object",
        "properties": {"note": {"type": ["string", "null"]}, "title": {"type": ["string", "null"]}},
    }
    shown = {
        "type": "object",
        "required": ["note", "title", "seen"],
        "properties": {
            "note": {"type": ["string", "null"], "examples": ["A note"]},
            "title": {"type": "string", "examples": ["A title"]},
            "seen": {"type": ["string", "null"], "examples": [None]},
        },
    }
    operation = {"requestBody": takes(sent), "responses": answers(shown)}

    response = ask(tmp_path, operation, json={"note": None, "title": None, "seen": "today"})

    assert {"note": None, "title": "A title", "seen": "today"} == response.json()


def test_a_number_beyond_64_bits_is_not_echoed(tmp_path: Path) -> None:
    """It is read as 1e+30, which JSON parsers take for a float."""
    count = {"type": "object", "required": ["count"], "properties": {"count": {"type": "integer"}}}
    operation = {"requestBody": takes(count), "responses": answers(count)}
    with Client(served(tmp_path, document({"/run": {"post": operation}}))) as client:
        small, large = (client.post("/run", content=f'{{"count": {n}}}', headers={"Content-Type": "application/json"})
                        for n in (7, 10**30))  # fmt: skip

    assert '{"count":7}' == small.text
    assert isinstance(large.json()["count"], int)


@pytest.mark.parametrize(("sent", "shown"), [("3.0", "3"), ("-3.0", "-3"), ("3e2", "300")])
def test_an_integer_may_be_written_as_a_float(tmp_path: Path, sent: str, shown: str) -> None:
    number = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
    path = {"/count": {"post": {"requestBody": takes(number), "responses": answers(number)}}}
    with Client(served(tmp_path, document(path))) as client:
        reply = client.post("/count", content=f'{{"n":{sent}}}', headers={"content-type": "application/json"})

    assert f'{{"n":{shown}}}' == reply.text


def test_values_of_the_request_are_echoed_inside_an_envelope(tmp_path: Path) -> None:
    envelope = {"type": "object", "required": ["data"], "properties": {"data": REPORT}}
    operation = {"requestBody": takes({"type": "object"}), "responses": answers(envelope)}

    assert "Mine" == ask(tmp_path, operation, "/run/search", json={"title": "Mine"}).json()["data"]["title"]


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        (["404", "202", "200"], 200), (["404", "202"], 202), (["2XX"], 200), (["303", "default"], 303),
        (["default"], 200), (["404", "default"], 200), (["410"], 410),
    ],
)  # fmt: skip
def test_the_status_is_the_documented_success_or_else_another_documented_one(
    tmp_path: Path, statuses: list[str], status: int
) -> None:
    response = ask(tmp_path, {"responses": {code: {"description": "an answer"} for code in statuses}})

    assert status == response.status_code
    assert b"" == response.content
    assert "content-type" not in response.headers


def test_required_headers_are_sent_and_match_their_schemas(tmp_path: Path) -> None:
    headers = {
        "X-Left": {"required": True, "schema": {"type": "integer", "minimum": 5, "maximum": 6}},
        "X-Tags": {"required": True, "schema": {"type": "array", "const": ["a", "a"]}},
        "X-Shown": {"schema": {"type": "string"}, "example": "naïve"},
        "X-Optional": {"schema": {"type": "string"}},
        "Location": {"schema": {"type": "string"}},
    }  # fmt: skip
    response = ask(tmp_path, {"responses": {"202": {"description": "taken", "headers": headers}}})

    assert response.headers["x-left"] in ("5", "6")
    assert "a,a" == response.headers["x-tags"]
    assert "na%C3%AFve" == response.headers["x-shown"]
    assert "/run" == response.headers["location"]
    assert "x-optional" not in response.headers


@pytest.mark.parametrize("required", [True, False])
def test_a_body_is_sent_as_it_is_whatever_headers_a_document_shows(tmp_path: Path, *, required: bool) -> None:
    shown = {"Content-Encoding": "gzip", "Content-Length": "7", "Connection": "upgrade", "Keep-Alive": "timeout=1"}
    headers = {
        name: {"required": required, "schema": {"type": "string", "example": value}} for name, value in shown.items()
    }
    response = ask(tmp_path, {"responses": {"200": {**answers(REPORT)["200"], "headers": headers}}})

    assert 200 == response.status_code
    assert isinstance(response.json(), dict)
    assert {"content-type", "content-length"} == set(response.headers)


def test_no_header_of_a_document_can_end_its_line(tmp_path: Path) -> None:
    headers = {
        "X-Shown": {"required": True, "example": "a\r\nX-Smuggled: b", "schema": {"type": "string"}},
        "X No Name": {"required": True, "example": "a", "schema": {"type": "string"}},
    }

    response = ask(tmp_path, {"responses": {"202": {"description": "taken", "headers": headers}}})

    assert "a%0D%0AX-Smuggled: b" == response.headers["x-shown"]
    assert {"x-shown", "content-length"} == set(response.headers)


MANY = {
    "application/json": {"schema": REPORT},
    "application/xml": {"schema": {**REPORT, "xml": {"name": "report"}}},
    "text/csv": {"schema": {"type": "array", "items": REPORT, "minItems": 2}},
    "application/yaml": {"schema": REPORT},
    "application/x-www-form-urlencoded": {"schema": REPORT},
    "text/event-stream": {"schema": REPORT},
    "text/plain": {"schema": {"type": "string", "minLength": 1}},
    "image/*": {"schema": {"type": "string", "format": "binary"}},
    "application/pdf": {},
}


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/json"),
        ("application/xml", "application/xml"),
        ("text/html, application/xml;q=0.9, */*;q=0.8", "application/xml"),
        ("application/json;q=0.1, text/csv", "text/csv"),
        ("application/*;q=0.5, application/json;q=0", "application/xml"),
        ("image/png", "image/png"),
        ("image/webp", "image/webp"),
        ("TEXT/PLAIN", "text/plain"),
    ],
)
def test_the_client_chooses_among_the_media_types(tmp_path: Path, accept: str, media_type: str) -> None:
    responses = {"200": {"description": "an answer", "content": MANY}}

    response = ask(tmp_path, {"responses": responses}, headers={"Accept": accept})

    assert 200 == response.status_code
    assert media_type == response.headers["content-type"]


def test_a_406_lists_the_documented_media_types(tmp_path: Path) -> None:
    response = ask(
        tmp_path, {"responses": answers(REPORT)}, headers={"Accept": "text/html;q=0.9, application/json;q=0"}
    )

    assert 406 == response.status_code
    assert "application/json" in response.json()["detail"]


def test_an_accept_value_of_a_documented_parameter_gets_the_documented_media_type(tmp_path: Path) -> None:
    """As in ReadMe's document: `accept` is a parameter with two values, and the reply has one of them."""
    kinds = {"type": "string", "enum": ["application/json", "text/event-stream"]}
    asked = {"name": "accept", "in": "header", "schema": kinds}
    reply = answers({"type": "object", "properties": {"answer": {"type": "string"}}})
    paths = {"/ask": {"get": {"parameters": [asked], "responses": reply}}}
    with Client(served(tmp_path, document(paths))) as client:
        answered = client.get("/ask", headers={"Accept": "text/event-stream"})

        assert (200, "application/json") == (answered.status_code, answered.headers["content-type"])
        assert 406 == client.get("/ask", headers={"Accept": "text/html"}).status_code


def read_png(content: bytes) -> None:
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    data = content[content.index(b"IDAT") + 4 : content.index(b"IEND") - 8]
    assert 2 == len(zlib.decompress(data))


READERS: dict[str, Any] = {
    "application/xml": lambda content: ET.fromstring(content).find("author").text,  # type: ignore[union-attr]
    "text/csv": lambda content: content.decode().splitlines()[0].index("author"),
    "application/yaml": lambda content: yaml.safe_load(content)["author"],
    "application/x-www-form-urlencoded": lambda content: dict(httpx.QueryParams(content.decode()))["author"],
    "text/event-stream": lambda content: json.loads(content.decode().removeprefix("data: "))["author"],
    "image/png": read_png,
    "application/pdf": lambda content: content.decode().index("%%EOF"),
}


@pytest.mark.parametrize("media_type", READERS)
def test_every_kind_of_body_can_be_read_by_its_usual_reader(tmp_path: Path, media_type: str) -> None:
    content = MANY if media_type != "application/pdf" else {"application/pdf": {"schema": {"type": "string"}}}
    responses = {"200": {"description": "an answer", "content": content}}

    response = ask(tmp_path, {"responses": responses}, headers={"Accept": media_type})

    READERS[media_type](response.content)


@pytest.mark.parametrize(
    ("media_type", "written"),
    [
        ("application/x-ndjson", b'{"n":1}\n{"n":1}\n'),
        ("application/jsonl", b'{"n":1}\n{"n":1}\n'),
        ("application/json-seq", b'\x1e{"n":1}\n\x1e{"n":1}\n'),
        ("application/problem+json; charset=utf-8", b'[{"n":1},{"n":1}]'),
    ],
)
def test_a_list_is_written_as_lines_where_the_media_type_says_so(
    tmp_path: Path, media_type: str, written: bytes
) -> None:
    item = {"type": "object", "required": ["n"], "properties": {"n": {"const": 1}}, "additionalProperties": False}
    schema = {"type": "array", "items": item, "minItems": 2, "maxItems": 2}

    response = ask(tmp_path, {"responses": answers(schema, kind=media_type)})

    assert (200, media_type, written) == (response.status_code, response.headers["content-type"], response.content)


def test_xml_is_written_as_the_schema_says(tmp_path: Path) -> None:
    tag = {"type": "string", "xml": {"name": "tag"}}
    schema = {
        "type": "object", "required": ["id", "tags", "flat"],
        "xml": {"name": "pet", "namespace": "urn:pets", "prefix": "p"},
        "properties": {
            "id": {"const": 7, "type": "integer", "xml": {"attribute": True}},
            "tags": {"const": ["a", "b"], "type": "array", "items": tag, "xml": {"wrapped": True, "name": "all"}},
            "flat": {"const": [True], "type": "array", "items": {"type": "boolean"}},
        },
    }  # fmt: skip

    response = ask(tmp_path, {"responses": answers(schema, kind="application/xml")})

    written = '<p:pet xmlns:p="urn:pets" id="7"><all><tag>a</tag><tag>b</tag></all><flat>true</flat></p:pet>'
    assert written == response.text.partition("\n")[2]


def test_when_no_response_is_possible_the_error_has_the_pointer(tmp_path: Path) -> None:
    impossible = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "string", "minLength": 5, "maxLength": 2}},
    }

    response = ask(tmp_path, {"responses": answers(impossible)})

    assert 500 == response.status_code
    assert "#/paths/~1run/get/responses/200/content/application~1json/schema" in response.json()["detail"]


def test_an_interim_status_is_never_sent(tmp_path: Path) -> None:
    """A client would continue to wait for the final one (RFC 9110 section 15.2)."""
    only = ask(tmp_path, {"responses": {"100": {"description": "go on"}}})
    beside = ask(tmp_path, {"responses": {"102": {"description": "wait"}, "404": {"description": "nothing"}}})

    assert (500, 404) == (only.status_code, beside.status_code)
    assert "#/paths/~1run/get/responses/100: 100 is an interim response" in only.json()["detail"]


def test_head_answers_as_get_without_a_body(tmp_path: Path) -> None:
    with Client(served(tmp_path, document({"/run": {"get": {"responses": answers(REPORT)}}}))) as client:
        shown, head = client.get("/run"), client.request("HEAD", "/run")

    assert b"" == head.content
    assert shown.headers["content-length"] == head.headers["content-length"]
