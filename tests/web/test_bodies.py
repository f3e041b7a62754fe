"""Request bodies of every media type are read, validated, and refused with a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.client import Client
from tests.web.document import answers, document, served, takes
from tests.web.test_parameters import watched

FORM = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 2},
        "age": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "address": {"type": "object", "properties": {"zip": {"type": "integer"}}},
        "photo": {"type": "string", "format": "binary"},
    },
}
KINDS = {
    "application/json": {"schema": FORM},
    "application/vnd.test+json": {"schema": FORM},
    "application/x-www-form-urlencoded": {"schema": FORM},
    "multipart/form-data": {"schema": FORM},
    "text/json": {"schema": FORM},
    "application/*+json": {"schema": FORM},
    "text/plain": {"schema": {"type": "string", "maxLength": 5}},
    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
    "image/*": {},
}


def send(folder: Path, *, required: bool = True, seen: bool = True, **options: Any) -> httpx.Response:
    """The reply to a body of a media type: with `seen` the body as the mock read it, else the usual reply."""
    body = {"required": required, "content": KINDS}
    sandbox = served(folder, document({"/x": {"post": {"requestBody": body, "responses": answers()}}}))
    with Client(watched(sandbox) if seen else sandbox) as client:
        return client.post("/x", **options)


ADA = {"name": "Ada", "age": 36, "tags": ["a", "b"], "address": {"zip": 123}}
PAIRS = {"name": "Ada", "age": "36", "tags": ["a", "b"], "address[zip]": "123"}


@pytest.mark.parametrize(
    "options",
    [
        {"json": ADA},
        {"json": ADA, "headers": {"Content-Type": "application/vnd.test+json; charset=utf-8"}},
        {"json": ADA, "headers": {"Content-Type": "application/vnd.any+json"}},
        {"json": ADA, "headers": {"Content-Type": "text/json"}},
        {"data": PAIRS},
        {"data": {**PAIRS, "tags[]": PAIRS["tags"]} | {"tags": []}},
        {"data": PAIRS, "files": {"photo": ("", b"")}},
        {"files": [("name", (None, "Ada")), ("age", (None, "36")), ("tags", (None, "a")), ("tags", (None, "b")),
                   ("address", (None, '{"zip": 123}', "application/json"))]},
    ],
)  # fmt: skip
def test_the_same_value_is_read_from_every_media_type(tmp_path: Path, options: dict[str, Any]) -> None:
    arrived = send(tmp_path, **options).json()["body"]

    assert ADA == {name: value for name, value in arrived.items() if name != "photo"}


ENCODED = {
    "type": "object",
    "properties": {
        "days": {"type": "array", "items": {"type": "integer"}},
        "tags": {"type": "array", "items": {"type": "string"}},
        "marks": {"type": "array", "items": {"type": "string"}},
        "limits": {"type": "object", "additionalProperties": {"type": "integer"}},
        "note": {"type": "string"},
        "about": {},
    },
}
ENCODINGS = {
    "days": {"style": "form", "explode": False}, "tags": {"style": "pipeDelimited"}, "limits": {"explode": False},
    "marks": {"style": "form"}, "note": {"explode": False}, "about": {"contentType": "application/json"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "written", "arrives"),
    [
        ("days", "1,2", [1, 2]), ("days", "3", [3]), ("days", "[4,5]", [4, 5]), ("tags", "a|b", ["a", "b"]),
        ("tags", "a,b", ["a,b"]), ("marks", "a,b", ["a,b"]), ("limits", "a,1,b,2", {"a": 1, "b": 2}),
        ("limits", '{"a":1}', {"a": 1}), ("note", "a,b", "a,b"), ("about", '{"a":[1]}', {"a": [1]}),
        ("about", "x", "x"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_field_of_a_form_is_read_by_its_encoding_object(
    tmp_path: Path, kind: str, field: str, written: str, arrives: Any
) -> None:
    body = {"content": {kind: {"schema": ENCODED, "encoding": ENCODINGS}}}
    sandbox = served(tmp_path, document({"/x": {"post": {"requestBody": body, "responses": answers()}}}))
    sent: dict[str, Any] = {"files": [(field, (None, written))]} if "multipart" in kind else {"data": {field: written}}
    with Client(watched(sandbox)) as client:
        arrived = client.post("/x", **sent).json()["body"]

    assert {field: arrives} == arrived


def test_an_encoded_comma_does_not_separate_values_beside_plain_ones(tmp_path: Path) -> None:
    body = {
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {"type": "object", "properties": {"tags": {"type": "array", "items": {"type": "string"}}}},
                "encoding": {"tags": {"explode": False}},
            }
        }
    }
    sandbox = served(tmp_path, document({"/x": {"post": {"requestBody": body, "responses": answers()}}}))
    headers = {"content-type": "application/x-www-form-urlencoded"}
    with Client(watched(sandbox)) as client:
        one = client.post("/x", content=b"tags=a%2Cb,c", headers=headers).json()["body"]
        repeated = client.post("/x", content=b"tags=a,b&tags=c", headers=headers).json()["body"]

    assert {"tags": ["a,b", "c"]} == one
    assert {"tags": ["a,b", "c"]} == repeated


@pytest.mark.parametrize(
    ("written", "arrives"),
    [
        ("ids=a&ids=b", {"ids": ["a", "b"]}), ("ids[0]=a", {"ids": ["a"]}), ("ids=a", {"ids": ["a"]}),
        ("ids=", {"ids": ""}),
        ("up_to=12", {"up_to": 12}), ("up_to=inf", {"up_to": "inf"}), ("data[a]=1", {"data": {"a": "1"}}),
        ("tiers[0][up_to]=3", {"tiers": [{"up_to": 3}]}), ("tiers[0][up_to]=inf", {"tiers": [{"up_to": "inf"}]}),
    ],
)  # fmt: skip
def test_a_form_is_read_by_the_alternative_that_matches(tmp_path: Path, written: str, arrives: dict[str, Any]) -> None:
    """As in Stripe's document: a list, or an empty text that unsets it; a number, or the word `inf`."""
    nothing = {"type": "string", "enum": [""]}
    up_to = {"anyOf": [{"type": "string", "enum": ["inf"]}, {"type": "integer"}]}
    tier = {"type": "object", "properties": {"up_to": up_to}}
    form = {
        "type": "object",
        "properties": {
            "ids": {"anyOf": [{"type": "array", "items": {"type": "string"}}, nothing]},
            "data": {"anyOf": [{"type": "object", "additionalProperties": {"type": "string"}}, nothing]},
            "tiers": {"anyOf": [{"type": "array", "items": tier}, nothing]},
            "up_to": up_to,
        },
    }
    body = {"content": {"application/x-www-form-urlencoded": {"schema": form}}}
    sandbox = served(tmp_path, document({"/x": {"post": {"requestBody": body, "responses": answers()}}}))
    with Client(watched(sandbox)) as client:
        headers = {"content-type": "application/x-www-form-urlencoded"}

        assert arrives == client.post("/x", content=written, headers=headers).json()["body"]


HUGE = 10**30 + 1
"""An integer of more than 64 bits."""


@pytest.mark.parametrize("options", [{"json": {"order": HUGE}}, {"data": {"order": str(HUGE)}}])
def test_an_integer_of_any_size_is_returned_unchanged(tmp_path: Path, options: dict[str, Any]) -> None:
    order = {"type": "integer"}
    page = {"type": "object", "required": ["order"], "properties": {"id": {"type": "integer"}, "order": order}}
    kinds = {kind: {"schema": page} for kind in ("application/json", "application/x-www-form-urlencoded")}
    post = {"requestBody": {"required": True, "content": kinds}, "responses": answers(page, "201")}
    listed = {"responses": answers({"type": "array", "items": page})}
    one = {"parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]}
    paths = {"/pages": {"post": post, "get": listed}, "/pages/{id}": {**one, "get": {"responses": answers(page)}}}
    with Client(served(tmp_path, document(paths))) as client:
        made = client.post("/pages", **options)

        assert {"id": 1, "order": HUGE} == made.json()
        assert made.json() == client.get("/pages/1").json()
        assert [made.json()] == client.get("/pages").json()
        assert 404 == client.get(f"/pages/{HUGE}").status_code
        assert HUGE == client.get("/_mock/state").json()["test"][""]["page"][0]["order"]


def test_an_integer_beyond_64_bits_is_refused_by_a_format_of_64_bits(tmp_path: Path) -> None:
    small = {"type": "object", "properties": {"order": {"anyOf": [{"enum": [1]}, {"enum": [2]}]}}}
    post = {"requestBody": {"content": {"application/json": {"schema": small}}}, "responses": answers()}
    with Client(served(tmp_path, document({"/pages": {"post": post}}))) as client:
        refused = client.post("/pages", json={"order": HUGE})

        assert (400, f"body order: {HUGE} is not one of 1, 2") == (refused.status_code, refused.json()["detail"])


def test_text_and_bytes_are_read_unchanged(tmp_path: Path) -> None:
    for kind, content, body in (
        ("text/plain", "né".encode(), "né"),
        ("application/octet-stream", b"\x00\xff", repr(b"\x00\xff")),
        ("image/png", b"\x89PNG", repr(b"\x89PNG")),
    ):
        assert body == send(tmp_path, content=content, headers={"Content-Type": kind}).json()["body"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b'{"name": "A"}', "application/json", 400),
        (b'{"name": ', "application/json", 400),
        (b"", "application/json", 400),
        (b"name=A", "application/x-www-form-urlencoded", 400),
        (b"age=old&name=Ada", "application/x-www-form-urlencoded", 400),
        (b"longer than five", "text/plain", 400),
        (b"\xff", "text/plain", 400),
        (b"--x", "multipart/form-data; boundary=y", 400),
        (b"--x", "multipart/form-data", 400),
        (b"<a/>", "application/xml", 415),
        (b"{}", "nonsense", 415),
    ],
)
def test_an_invalid_body_is_refused(tmp_path: Path, content: bytes, kind: str, status: int) -> None:
    response = send(tmp_path, seen=False, content=content, headers={"Content-Type": kind})

    assert status == response.status_code
    assert response.json()["detail"]


@pytest.mark.parametrize(
    ("disposition", "arrives"),
    [('form-data; name=""', {"": "x"}), ("form-data; name=other", {"other": "x"}), ("form-data", None), ("", None)],
)
def test_a_part_of_a_form_needs_a_name_which_may_be_empty(
    tmp_path: Path, disposition: str, arrives: dict[str, str] | None
) -> None:
    lines = [
        "--b",
        *([f"Content-Disposition: {disposition}"] if disposition else ["Content-Type: text/plain"]),
        "",
        "x",
    ]
    content = "\r\n".join([*lines, "--b", 'Content-Disposition: form-data; name="name"', "", "Ada", "--b--", ""])
    body = {"content": {"multipart/form-data": {"schema": {"type": "object"}}}}
    sandbox = served(tmp_path, document({"/x": {"post": {"requestBody": body, "responses": answers()}}}))
    with Client(watched(sandbox)) as client:
        response = client.post(
            "/x", content=content.encode(), headers={"Content-Type": "multipart/form-data; boundary=b"}
        )

    if arrives is None:
        assert 400 == response.status_code
        assert "a part has no `Content-Disposition` with a name" in response.json()["detail"]
    else:
        assert arrives | {"name": "Ada"} == response.json()["body"]


def test_only_a_required_body_must_be_sent(tmp_path: Path) -> None:
    assert 400 == send(tmp_path, seen=False).status_code
    assert 200 == send(tmp_path, seen=False, required=False).status_code


@pytest.mark.parametrize(
    ("examples", "shown"),
    [
        ({"example": "AB-12"}, '; for example "AB-12"'),
        ({"examples": ["AB-12", "wrong", "CD-34"]}, '; for example "AB-12" or "CD-34"'),
        ({"examples": ["wrong"], "example": 7}, ""),
        ({}, ""),
    ],
)
def test_a_text_that_does_not_match_a_pattern_is_refused_with_documented_texts_that_do(
    tmp_path: Path, examples: dict[str, Any], shown: str
) -> None:
    code = {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{2}$", **examples}
    body = takes(
        {"type": "object", "properties": {"codes": {"type": "array", "items": {"oneOf": [code, {"type": "integer"}]}}}}
    )
    parameter = {"name": "code", "in": "query", "schema": code}
    sandbox = served(
        tmp_path, document({"/x": {"post": {"parameters": [parameter], "requestBody": body, "responses": answers()}}})
    )

    with Client(sandbox) as client:
        replies = client.post("/x", json={"codes": ["CD-34", "cd-34"]}), client.post("/x?code=1", json={})

    assert [400, 400] == [each.status_code for each in replies]
    says = [each.json()["errors"][0]["detail"] for each in replies]
    assert [f'"{value}" does not match "^[A-Z]{{2}}-[0-9]{{2}}$"{shown}' for value in ("cd-34", "1")] == says


def test_an_empty_or_contradictory_value_is_refused_with_what_would_be_right(tmp_path: Path) -> None:
    change = {
        "type": "object",
        "minProperties": 1,
        "example": {"name": "Ada"},
        "properties": {
            "tags": {"type": "array", "minItems": 2, "examples": [["one"], ["one", "two"]]},
            "contact": {"type": "object", "required": ["mail"], "example": {"mail": "ada@example.com"}},
            "place": {"type": "object", "required": ["city", "zip"], "example": {"city": "Bonn", "zip": "53111"}},
            "long": {"type": "array", "minItems": 1, "example": ["a" * 200]},
        },
        "not": {"required": ["pick_up", "deliver"]},
    }
    sandbox = served(tmp_path, document({"/x": {"post": {"requestBody": takes(change), "responses": answers()}}}))
    bodies = ({}, {"tags": []}, {"contact": {}}, {"place": {}}, {"long": []}, {"pick_up": 1, "deliver": 2})

    with Client(sandbox) as client:
        replies = [client.post("/x", json=body).json() for body in bodies]

    assert [
        '{} has less than 1 property; for example {"name":"Ada"}',
        '[] has less than 2 items; for example ["one","two"]',
        '"mail" is a required property; for example {"mail":"ada@example.com"}',
        '"city" is a required property',
        "[] has less than 1 item",
        "pick_up and deliver are not allowed together",
    ] == [reply["errors"][0]["detail"] for reply in replies]
