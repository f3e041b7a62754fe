"""Cases about discriminators: which schema judges, and what is said about a value that selects none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import mockserver
from tests.cases.conftest import Serve
from tests.client import Client
from tests.web.document import Node, answers, document, served, takes


@pytest.mark.parametrize(
    ("path", "body", "detail"),
    [
        ("/pet", {"kind": "dog", "bark": 1}, None),
        ("/pet", {"kind": "Cat", "meow": 1}, None),
        ("/pet", {"kind": "dog", "meow": 1}, 'body bark: "bark" is a required property'),
        ("/pet", {"kind": "zebra", "meow": 1}, 'body kind: "zebra" is not one of "cat", "Cat", "dog", "Dog"'),
        ("/pet", {"meow": 1}, 'body kind: "kind" is a required property'),
        ("/pet2", {"kind": "dog", "meow": 1}, 'body bark: "bark" is a required property'),
        ("/inh", {"@type": "Kid", "k": 1}, None),
        ("/inh", {"@type": "Base"}, None),
        ("/inh", {"@type": "Kid"}, 'body k: "k" is a required property'),
        ("/inh", {"@type": "Grand", "k": 1}, 'body g: "g" is a required property'),
        ("/inh", {"@type": "Other"}, 'body @type: "Other" is not one of "Base", "Kid", "Grand"'),
        ("/inh", {}, 'body @type: "@type" is a required property'),
        ("/map", {"t": "xx"}, None),
        ("/map", {"t": "y.v1"}, 'body s: "s" is a required property'),
    ],
)
def test_25_the_value_selects_the_schema_that_judges(serve: Serve, path: str, body: Any, detail: str | None) -> None:
    reply = serve("25-discriminator").post(path, json=body)

    assert (400 if detail else 204, detail) == (reply.status_code, detail and reply.json()["detail"])


def test_25_made_values_are_of_a_subtype(serve: Serve) -> None:
    api = serve("25-discriminator")

    assert api.get("/pet").json()["kind"] in ("cat", "dog")
    assert {"Kid", "Grand"} >= {item["@type"] for item in api.get("/inh").json()}
    assert {"x", "xx", "y.v1"} >= {item["t"] for item in api.get("/map").json()}


def test_25_a_parent_that_its_mapping_leaves_out_is_abstract(tmp_path: Path) -> None:
    with family(tmp_path, base="'#/components/schemas/Base'", mapping="{cat: Cat}") as api:
        reply = api.post("/a", json={"kind": "Base"})

    assert (400, 'body kind: "Base" is not one of "cat", "Cat"') == (reply.status_code, reply.json()["detail"])


@pytest.mark.parametrize(
    ("base", "mapping"),
    [
        ("base.yaml", "{cat: cat.yaml}"),
        ("base.yaml", "{cat: ./cat.yaml, kitten: kinds.yaml#/Kitten}"),
        ("openapi.yaml#/components/schemas/Base", "{cat: cat.yaml}"),
    ],
)
def test_33_a_subtype_may_be_in_a_file_that_only_the_mapping_names(tmp_path: Path, base: str, mapping: str) -> None:
    with family(tmp_path, base=base, mapping=mapping) as api:
        bodies = [{"kind": "cat", "meow": 1}, {"kind": "cat"}, {"kind": "dog"}, {}]
        assert [204, 400, 400, 400] == [api.post("/a", json=body).status_code for body in bodies]
        shown = api.get("/a").json()
        assert ("kitten" in mapping and shown["kind"] == "kitten") or shown["kind"] == "cat"
        assert isinstance(shown["meow"], int)
        if "kitten" in mapping:
            bodies = [{"kind": "kitten", "meow": 1, "age": 1}, {"kind": "kitten", "meow": 1}]
            assert [204, 400] == [api.post("/a", json=body).status_code for body in bodies]


def family(folder: Path, *, base: str, mapping: str) -> Client:
    """A document about a schema `Base` with the subtypes Cat and Kitten, in a file each or in its components."""
    parent = (
        "{type: object, required: [kind], properties: {kind: {type: string}}, "
        f"discriminator: {{propertyName: kind, mapping: {mapping}}}}}"
    )
    cat = "{allOf: [{$ref: %s}, {type: object, required: [meow], properties: {meow: {type: integer}}}]}"
    kitten = "{allOf: [{$ref: cat.yaml}, {type: object, required: [age], properties: {age: {type: integer}}}]}"
    content = f"content: {{application/json: {{schema: {{$ref: {base}}}}}}}"
    components = f"components: {{schemas: {{Base: {parent}, Cat: {cat % base}}}}}"
    (folder / "base.yaml").write_text(parent)
    (folder / "cat.yaml").write_text(cat % base)
    (folder / "kinds.yaml").write_text(f"Kitten: {kitten}")
    (folder / "openapi.yaml").write_text(f"""openapi: 3.0.3
info: {{title: t, version: '1'}}
paths:
  /a:
    get: {{responses: {{'200': {{description: ok, {content}}}}}}}
    post: {{requestBody: {{required: true, {content}}}, responses: {{'204': {{description: ok}}}}}}
{components if "components" in base and "yaml" not in mapping else f"components: {{schemas: {{Base: {parent}}}}}"}
""")
    return Client(mockserver.create_app(folder / "openapi.yaml", seed=1))


@pytest.mark.parametrize(
    ("listed", "plain", "sealed", "statuses"),
    [
        (["plain.text", "sealed"], "plain.text", "sealed", [200, 400, 200]),
        (["PlainSecret", "SealedSecret"], None, None, [200, 400, 200]),
        (["plain.text", "sealed"], None, None, [200, 200, 200]),  # no value selects a schema, so any may be meant
    ],
)
def test_values_may_be_listed_by_another_schema_and_named_by_the_subtype_itself(
    tmp_path: Path, listed: list[str], plain: str | None, sealed: str | None, statuses: list[int]
) -> None:
    """Azure's documents name the value in `x-ms-discriminator-value`, and list all values in a schema of its own."""
    base = {"type": "object", "required": ["kind"], "properties": {"kind": {"$ref": "#/components/schemas/Kind"}}}
    own = {"required": ["text"], "properties": {"text": {"type": "string"}}}
    shown: Node = {"$ref": "#/components/schemas/Secret"}
    schemas: Node = {
        "Kind": {"type": "string", "enum": listed},
        "Secret": base | {"discriminator": {"propertyName": "kind"}},
        "PlainSecret": {"allOf": [shown], **own} | ({"x-ms-discriminator-value": plain} if plain else {}),
        "SealedSecret": {"allOf": [shown]} | ({"x-ms-discriminator-value": sealed} if sealed else {}),
    }
    paths: Node = {"/secrets": {"post": {"requestBody": takes(shown), "responses": answers(shown)}}}
    bodies: list[Node] = [{"kind": listed[0], "text": "a"}, {"kind": listed[0]}, {"kind": listed[1]}]
    with Client(served(tmp_path, document(paths, components={"schemas": schemas}))) as client:
        replies = [client.post("/secrets", json=body) for body in bodies]

    assert statuses == [reply.status_code for reply in replies]
    assert replies[0].json()["kind"] in listed


def test_an_item_of_a_subtype_is_shown_with_the_properties_of_the_subtype(serve: Serve) -> None:
    api = serve("discriminator-inheritance")

    made = [api.post("/a", json=body).json() for body in ({"kind": "cat", "meow": 1}, {"kind": "d", "bark": 2})]

    assert [{"kind": "cat", "id": 1, "meow": 1}, {"kind": "d", "id": 2, "bark": 2}] == made
    assert made == api.get("/a").json()
    assert [400, 400] == [
        api.post("/a", json=body).status_code for body in ({"kind": "cat", "bark": 1}, {"kind": "cow"})
    ]


PETS: Node = {
    "Pet": {
        "type": "object",
        "required": ["name", "kind"],
        "properties": {"name": {"type": "string"}, "kind": {"type": "string"}},
        "discriminator": {
            "propertyName": "kind",
            "mapping": {"dog": "#/components/schemas/Dog", "cat": "#/components/schemas/Cat"},
        },
    },
    "Cat": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"properties": {"skill": {"type": "string"}}}]},
    "Dog": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"properties": {"pack": {"type": "integer"}}}]},
    "Any": {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]},
    "Round": {"type": "object", "properties": {"kind": {"const": "round"}, "radius": {"type": "integer"}}},
    "Square": {"type": "object", "properties": {"kind": {"const": "square"}, "side": {"type": "integer"}}},
    "Shape": {"oneOf": [{"$ref": "#/components/schemas/Round"}, {"$ref": "#/components/schemas/Square"}]},
    "Envelope": {"type": "object", "required": ["data"], "properties": {"data": {"$ref": "#/components/schemas/Any"}}},
}


@pytest.mark.parametrize(
    ("asked", "shown", "sent", "wanted"),
    [
        ("Any", "Pet", {"name": "a", "kind": "cat", "skill": "x"}, {"name": "a", "kind": "cat", "skill": "x"}),
        ("Any", "Any", {"name": "a", "kind": "dog", "pack": 3}, {"name": "a", "kind": "dog", "pack": 3}),
        ("Shape", "Shape", {"kind": "square", "side": 3}, {"kind": "square", "side": 3}),
        ("Shape", "Shape", {"kind": "round", "radius": 3}, {"kind": "round", "radius": 3}),
        (
            "Any",
            "Envelope",
            {"name": "a", "kind": "dog", "pack": 3},
            {"data": {"name": "a", "kind": "dog", "pack": 3}},
        ),
        (
            "Envelope",
            "Envelope",
            {"data": {"name": "a", "kind": "cat", "skill": "x"}},
            {"data": {"name": "a", "kind": "cat", "skill": "x"}},
        ),
    ],
)
def test_a_made_reply_is_of_the_kind_that_was_sent(
    tmp_path: Path, asked: str, shown: str, sent: Node, wanted: Node
) -> None:
    place = "#/components/schemas/"
    action = {"requestBody": takes({"$ref": place + asked}), "responses": answers({"$ref": place + shown})}
    written = document({"/do": {"post": action}}, components={"schemas": PETS})
    with Client(served(tmp_path, written)) as client:
        assert wanted == client.post("/do", json=sent).json()


def test_a_value_that_selects_none_of_the_listed_subtypes_is_told_which_there_are(tmp_path: Path) -> None:
    action = {"requestBody": takes({"$ref": "#/components/schemas/Any"}), "responses": {"204": {"description": "ok"}}}
    written = document({"/do": {"post": action}}, components={"schemas": PETS})
    with Client(served(tmp_path, written)) as client:
        reply = client.post("/do", json={"name": "a", "kind": "bird"})

    assert 'body kind: "bird" is not one of "cat", "Cat", "dog", "Dog"' == reply.json()["detail"]
