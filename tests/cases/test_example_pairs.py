"""Examples of a request and of its response with one name belong together."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.client import Client
from tests.web.document import Node, answers, document, served, takes

KIND: Node = {"type": "object", "properties": {"kind": {"type": "string"}}}
SHOWN = {name: {"value": {"kind": name}} for name in ("plain", "rare", "odd")}
BAD = {"bad": {"value": {"kind": 5}}, "plain": {"value": {"kind": "plain"}}}


def named(**values: object) -> Node:
    return {name: {"value": value} for name, value in values.items()}


@pytest.fixture
def api(tmp_path: Path) -> Client:
    grade = {"name": "grade", "in": "query", "schema": {"type": "integer"}, "examples": named(plain=1, rare=9)}
    zone: Node = {"name": "x-zone", "in": "header", "schema": {"type": "string"}, "examples": named(rare="b/c")}
    body = takes(KIND)
    body["content"]["application/json"]["examples"] = named(rare={"kind": "r"}, odd={"kind": "o"}, bad={"kind": "b"})
    shared = {"rare": {"$ref": "#/components/examples/a~1b"}, "plain": SHOWN["plain"]}
    paths: Node = {
        "/kind": {"get": {"parameters": [grade, zone], "responses": answers(KIND, examples=SHOWN)}},
        "/find": {"post": {"requestBody": body, "responses": answers(KIND, examples=SHOWN)}},
        "/bad": {"post": {"requestBody": body, "responses": answers(KIND, examples=BAD)}},
        "/shared": {"get": {"parameters": [grade], "responses": answers(KIND, examples=shared)}},
    }
    return Client(served(tmp_path, document(paths, components={"examples": {"a/b": SHOWN["rare"]}})))


@pytest.mark.parametrize(
    ("path", "zone", "kind"),
    [
        ("/kind", "", "plain"),
        ("/kind?grade=1", "", "plain"),
        ("/kind?grade=9", "b/c", "rare"),
        ("/kind?grade=9", "", "plain"),  # the example has a header too
        ("/kind?grade=2", "b/c", "plain"),
        ("/shared?grade=9", "", "rare"),
    ],
)
def test_the_parameters_of_an_example_get_the_response_of_its_name(
    api: Client, path: str, zone: str, kind: str
) -> None:
    with api:
        assert {"kind": kind} == api.get(path, headers={"x-zone": zone} if zone else {}).json()


@pytest.mark.parametrize(
    ("path", "sent", "kind"),
    [
        ("/find", "r", "rare"),
        ("/find", "o", "odd"),
        ("/find", "x", "plain"),
        ("/bad", "b", "plain"),  # the schema forbids the example of the response
    ],
)
def test_the_body_of_an_example_gets_the_response_of_its_name(api: Client, path: str, sent: str, kind: str) -> None:
    with api:
        assert {"kind": kind} == api.post(path, json={"kind": sent}).json()


def test_prefer_comes_first(api: Client) -> None:
    with api:
        reply = api.post("/find", json={"kind": "r"}, headers={"prefer": "example=odd"})

    assert {"kind": "odd"} == reply.json()
