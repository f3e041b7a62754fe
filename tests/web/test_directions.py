"""Requests and replies are validated for their direction: `readOnly`, `writeOnly` and discriminators."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest

from tests.client import Client
from tests.web.document import answers, document, served, takes

REFERENCE = "#/components/schemas/"

SCHEMAS: dict[str, Any] = {
    "Id": {"type": "string", "readOnly": True},
    "Secret": {"type": "string", "writeOnly": True, "minLength": 3},
    "Base": {"type": "object", "properties": {
        "id": {"$ref": REFERENCE + "Id"}, "secret": {"$ref": REFERENCE + "Secret"}, "name": {"type": "string"}}},
    "Account": {"allOf": [{"$ref": REFERENCE + "Base"}, {"required": ["id", "secret", "name"]}]},
    "Cat": {"type": "object", "required": ["kind", "lives"],
            "properties": {"kind": {"type": "string"}, "lives": {"type": "integer", "maximum": 9}}},
    "Dog": {"type": "object", "required": ["kind", "tricks"],
            "properties": {"kind": {"type": "string"}, "tricks": {"type": "array", "items": {"type": "string"}}}},
    "Animal": {"oneOf": [{"$ref": REFERENCE + "Cat"}, {"$ref": REFERENCE + "Dog"}],
               "discriminator": {"propertyName": "kind", "mapping": {
                   "cat": REFERENCE + "Cat", "dog": REFERENCE + "Dog"}}},
    "Shape": {"type": "object", "required": ["shape"], "properties": {"shape": {"type": "string"}},
              "discriminator": {"propertyName": "shape"}},
    "Circle": {"allOf": [{"$ref": REFERENCE + "Shape"}, {"required": ["radius"], "properties": {
        "radius": {"type": "number"}}}]},
    "Square": {"allOf": [{"$ref": REFERENCE + "Shape"}, {"required": ["side"], "properties": {
        "side": {"type": "number"}}}]},
}  # fmt: skip

PATHS = {
    f"/{name.lower()}": {
        "post": {
            "requestBody": takes({"$ref": REFERENCE + name}),
            "responses": answers({"$ref": REFERENCE + name}) | answers(status="400"),
        }
    }
    for name in ("Account", "Animal", "Shape")
}

WRITTEN = document(PATHS, components={"schemas": SCHEMAS}) | {"openapi": "3.0.3", "servers": [{"url": "/"}]}

AGREED = [
    ("account", {"secret": "abc"}, "name"),
    ("account", {"name": "a"}, "secret"),
    ("account", {"secret": "ab", "name": "a"}, "secret"),
    ("animal", {"kind": "cat", "lives": 7}, ""),
    ("animal", {"kind": "dog", "tricks": []}, ""),
    ("animal", {"kind": "dog", "tricks": [1]}, "tricks.0"),
    ("animal", {"kind": "cat", "lives": 10}, "lives"),
    ("animal", {"kind": "cat", "tricks": []}, "lives"),
    ("animal", {"kind": "cow", "lives": 7}, "kind"),
    ("animal", {"lives": 7}, "kind"),
    ("shape", {"shape": "Circle", "radius": 1}, ""),
]
"""Bodies, and the field that is wrong with each; a validator that knows nothing of this program agrees on them."""

OURS = [
    ("animal", {"kind": "Cat", "lives": 7}, ""),
    ("account", {"secret": "abc", "name": "a"}, ""),
    ("shape", {"shape": "Circle", "side": 1}, "radius"),
    ("shape", {"shape": "Square", "radius": 1}, "side"),
    ("shape", {"shape": "Heart"}, "shape"),
    ("account", {"id": "7", "secret": "abc", "name": "a"}, ""),
]
"""Bodies on which openapi-core has no opinion (kinds that inherit by `allOf`) or a sterner one: it asks for
what another part of `allOf` marks as `readOnly`, and refuses it where a client sends back what it has read."""


@pytest.mark.parametrize(("path", "body", "field"), [*AGREED, *OURS])
def test_a_body_is_validated_by_the_schema_of_its_discriminator(
    tmp_path: Path, path: str, body: Any, field: str
) -> None:
    with Client(served(tmp_path, WRITTEN)) as client:
        reply = client.post(f"/{path}", json=body)

    assert (400 if field else 200) == reply.status_code, reply.text
    assert [field] * bool(field) == [fault["field"] for fault in reply.json().get("errors", [])]


@pytest.mark.parametrize(("path", "body", "field"), AGREED)
def test_another_validator_agrees(path: str, body: Any, field: str) -> None:
    judge = OpenAPI.from_dict(WRITTEN)
    request = MockRequest("http://localhost", "post", f"/{path}", data=json.dumps(body).encode(),
                          content_type="application/json")  # fmt: skip

    if field:
        with pytest.raises(OpenAPIError):
            judge.validate_request(request)
    else:
        judge.validate_request(request)


def test_a_reply_has_read_only_fields_and_no_write_only_ones(tmp_path: Path) -> None:
    with Client(served(tmp_path, WRITTEN)) as client:
        reply = client.post("/account", json={"secret": "abc", "name": "a"}).json()

    assert {"id", "name"} == set(reply)
    assert "a" == reply["name"]


@pytest.mark.parametrize("kind", ["Circle", "Square"])
def test_a_reply_has_the_kind_that_was_sent(tmp_path: Path, kind: str) -> None:
    sent = {"shape": kind, "radius": 2, "side": 3}

    with Client(served(tmp_path, WRITTEN)) as client:
        reply = client.post("/shape", json=sent).json()

    assert sent.items() >= reply.items() >= {"shape": kind}.items()
