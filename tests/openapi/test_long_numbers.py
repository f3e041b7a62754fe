"""Integers of more than 64 bits in a document are kept to the last digit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

import mockserver
from mockserver.openapi import json_codec
from tests.client import Client
from tests.inference.pets import collection, item
from tests.web.document import Node, answers, document, takes

LONG = 123456789012345678901234567
LONGER = 10**60 + 1


def written(folder: Path, kind: str, content: Node) -> Path:
    path = folder / f"api.{kind}"
    path.write_text(json.dumps(content) if kind == "json" else yaml.safe_dump(content))
    return path


def shown(**properties: Node) -> Node:
    schema: Node = {"type": "object", "required": [*properties], "properties": properties}
    return document({"/figures": {"get": {"responses": answers(schema)}}})


@pytest.mark.parametrize("kind", ["json", "yaml"])
@pytest.mark.parametrize("number", [2**63, 2**64 - 1, 2**64, LONG, -LONG, LONGER], ids=str)
def test_an_example_a_default_and_an_enum_show_the_number_of_the_document(
    tmp_path: Path, kind: str, number: int
) -> None:
    content = shown(
        example={"type": "integer", "example": number},
        fixed={"type": "integer", "enum": [number]},
        const={"const": number},
    )
    with Client(mockserver.create_app(written(tmp_path, kind, content), seed=1)) as client:
        reply = client.get("/figures")
        document_of_mock = client.get("/openapi.json").text

    assert {"example": number, "fixed": number, "const": number} == json.loads(reply.text)
    assert 3 == document_of_mock.count(str(number))


@pytest.mark.parametrize("kind", ["json", "yaml"])
def test_a_bound_is_exact_and_a_default_is_stored(tmp_path: Path, kind: str) -> None:
    figure: Node = {"type": "integer", "minimum": LONG, "maximum": LONG + 1, "default": LONG + 1}
    paths = collection("/pets", item(figure=figure))
    with Client(mockserver.create_app(written(tmp_path, kind, document(paths)), seed=1)) as client:
        statuses = [
            client.post("/pets", json={"name": "x", "figure": number}).status_code
            for number in (LONG - 1, LONG, LONG + 1, LONG + 2)
        ]
        made = client.post("/pets", json={"name": "x"})
        listed = client.get("/pets")

    assert [400, 201, 201, 400] == statuses
    assert LONG + 1 == json.loads(made.text)["figure"]
    assert [LONG, LONG + 1, LONG + 1] == [one["figure"] for one in json.loads(listed.text)]


@pytest.mark.parametrize("kind", ["json", "yaml"])
def test_an_envelope_with_such_a_number_is_served(tmp_path: Path, kind: str) -> None:
    envelope: Node = {
        "type": "object",
        "required": ["data", "version"],
        "properties": {"data": {"type": "array", "items": item()}, "version": {"type": "integer", "const": LONG}},
    }
    paths = collection("/pets", item())
    paths["/pets"]["get"]["responses"] = answers(envelope)
    with Client(mockserver.create_app(written(tmp_path, kind, document(paths)), seed=1)) as client:
        client.post("/pets", json={"name": "Rex"})
        found = json.loads(client.get("/pets").text)

    assert (LONG, ["Rex"]) == (found["version"], [one["name"] for one in found["data"]])


def test_an_item_with_such_a_number_has_an_entity_tag(tmp_path: Path) -> None:
    paths = collection("/pets", item(figure={"type": "integer"}))
    tag: Node = {"ETag": {"schema": {"type": "string"}}}
    paths["/pets/{id}"]["get"]["responses"]["200"]["headers"] = tag
    with Client(mockserver.create_app(written(tmp_path, "json", document(paths)), seed=1)) as client:
        client.post("/pets", json={"name": "x", "figure": LONG})
        tags = [client.get("/pets/1").headers["ETag"] for _ in range(2)]
        client.put("/pets/1", json={"name": "x", "figure": LONG + 1})
        tags.append(client.get("/pets/1").headers["ETag"])

    assert tags[0] == tags[1] != tags[2]


def test_an_alias_in_yaml_keeps_the_number(tmp_path: Path) -> None:
    path = tmp_path / "api.yaml"
    text = yaml.safe_dump(shown(one={"const": LONG}, two={"const": "LATER"}))
    path.write_text(text.replace(f"const: {LONG}", f"const: &long {LONG}").replace("const: LATER", "const: *long"))
    with Client(mockserver.create_app(path, seed=1)) as client:
        assert {"one": LONG, "two": LONG} == json.loads(client.get("/figures").text)


@pytest.mark.parametrize(
    ("text", "is_long"),
    [
        (f'{{"a": {LONG}}}', True),
        (f"[1,-{LONG}]", True),
        (str(LONG), True),
        (f'{{"a": "{LONG}"}}', False),
        (f'{{"a": "x{LONG}y", "b": [{LONG}]}}', True),
        (f'{{"a": 0.{LONG}}}', False),
        (f'{{"a": "log - {LONG}\\n-"}}', False),
        (f"[ {LONG}\n]", True),
        (f'{{"a": {LONG}.5, "b": {LONG}e2}}', False),
        ('{"a": 123456789012345678}', False),
    ],
)
def test_only_a_number_is_a_long_number(text: str, is_long: bool) -> None:
    assert is_long is json_codec.has_long_number(text.encode())
    value: Any = json_codec.read(text.encode())
    assert json.loads(text) == value


def test_a_request_is_compared_with_the_exact_number(tmp_path: Path) -> None:
    body: Node = {"type": "object", "required": ["a"], "properties": {"a": {"enum": [LONG]}}}
    paths: Node = {"/x": {"post": {"requestBody": takes(body), "responses": answers({"type": "string"})}}}
    with Client(mockserver.create_app(written(tmp_path, "json", document(paths)), seed=1)) as client:
        assert [200, 400] == [client.post("/x", json={"a": number}).status_code for number in (LONG, LONG + 1)]
