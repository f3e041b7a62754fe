"""`$dynamicRef`: which schema it means depends on the schema that a body is validated against.

JSON Schema 2020-12 Core section 8.2.3.2; OpenAPI 3.1.1 "Generic (Template) Data Structures".
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import mockserver
from contracts.client.target import Target
from contracts.conformance.schemathesis_run import conform
from mockserver import contract as contracts
from mockserver.openapi import lint
from tests.client import Client
from tests.openapi_support.test_fields import answers, content, written

Json = dict[str, Any]
NO_CONTENT: Json = {"204": {"description": "ok"}}

FOLDER: Json = {
    "$id": "https://schemas.example/folder",
    "$dynamicAnchor": "entry",
    "type": "object",
    "required": ["title"],
    "properties": {"title": {"type": "string"}, "inside": {"type": "array", "items": {"$dynamicRef": "#entry"}}},
}
CLOSED_FOLDER: Json = {
    "$id": "https://schemas.example/closed-folder",
    "$dynamicAnchor": "entry",
    "$ref": "folder",
    "unevaluatedProperties": False,
}
"""As the strict tree of the specification: what a folder contains must not have a misspelled property either."""

LIST: Json = {
    "$id": "list",
    "type": "object",
    "required": ["rows"],
    "properties": {"rows": {"type": "array", "minItems": 1, "items": {"$dynamicRef": "#row"}}},
    "$defs": {"anything": {"$dynamicAnchor": "row"}},
}


def list_of(name: str, row: Json) -> Json:
    return {"$id": name, "$ref": "list", "$defs": {"one": {"$dynamicAnchor": "row", **row}}}


def taking(*names: str) -> Json:
    """An operation for each component, which takes and returns it."""
    refs = {name: {"$ref": f"#/components/schemas/{name}"} for name in names}
    return {
        f"/{name}": {
            "post": {"requestBody": {"required": True, **content(ref)}, "responses": NO_CONTENT},
            "get": {"responses": answers(ref)},
        }
        for name, ref in refs.items()
    }


def without_ids(schema: Json) -> Json:
    ref = {"$ref": "#/components/schemas/Folder"} if "$ref" in schema else {}
    return {key: value for key, value in schema.items() if key != "$id"} | ref


RIGHT = {"title": "a", "inside": [{"title": "b", "inside": [{"title": "c"}]}]}
MISSPELLED = {"title": "a", "inside": [{"title": "b", "insidee": []}]}
DEEPER = {"title": "a", "inside": [{"title": "b", "inside": [{"title": "c", "insidee": []}]}]}
WRONG = {"title": "a", "inside": [{"title": 1}]}


@pytest.mark.parametrize(
    "schemas",
    [
        {"Folder": FOLDER, "ClosedFolder": CLOSED_FOLDER},
        {"Folder": without_ids(FOLDER), "ClosedFolder": without_ids(CLOSED_FOLDER)},
    ],
    ids=["with ids", "without ids"],
)
def test_a_strict_tree_is_strict_at_every_depth(tmp_path: Path, schemas: Json) -> None:
    document = written(tmp_path, taking("Folder", "ClosedFolder"), components={"schemas": schemas})

    with Client(mockserver.create_app(document)) as api:
        found = {
            name: [api.post(f"/{name}", json=body).status_code for body in (RIGHT, MISSPELLED, DEEPER, WRONG)]
            for name in ("Folder", "ClosedFolder")
        }
        shown = [api.get(f"/{name}").status_code for name in ("Folder", "ClosedFolder")]

    assert {"Folder": [204, 204, 204, 400], "ClosedFolder": [204, 400, 400, 400]} == found
    assert [200, 200] == shown


def test_a_generic_list_has_the_items_of_each_list_that_extends_it(tmp_path: Path) -> None:
    schemas = {
        "List": LIST,
        "Numbers": list_of("numbers", {"type": "number"}),
        "Names": list_of("names", {"type": "string"}),
        "Both": {"type": "object", "properties": {"numbers": {"$ref": "#/components/schemas/Numbers"}}},
    }
    schemas["Both"]["properties"]["names"] = {"$ref": "#/components/schemas/Names"}
    document = written(tmp_path, taking(*schemas), components={"schemas": schemas})
    bodies = {"numbers": {"rows": [1]}, "names": {"rows": ["a"]}, "none": {"rows": []}}
    mixed = [
        {"numbers": {"rows": [1]}, "names": {"rows": ["a"]}},
        {"numbers": {"rows": ["a"]}},
        {"names": {"rows": [1]}},
    ]

    with Client(mockserver.create_app(document)) as api:
        found = {
            name: [api.post(f"/{name}", json=body).status_code for body in bodies.values()]
            for name in ("List", "Numbers", "Names")
        }
        both = [api.post("/Both", json=body).status_code for body in mixed]
        shown = {name: api.get(f"/{name}").json()["rows"] for name in ("Numbers", "Names")}

    assert {"List": [204, 204, 400], "Numbers": [204, 400, 400], "Names": [400, 204, 400]} == found
    assert [204, 400, 400] == both
    assert all(type(row) in (int, float) for row in shown["Numbers"])
    assert all(type(row) is str for row in shown["Names"])


def test_an_outer_list_decides_for_the_lists_inside_of_it(tmp_path: Path) -> None:
    nested = {"$id": "nested", "$ref": "names", "$defs": {"one": {"$dynamicAnchor": "row", "type": "boolean"}}}
    schemas = {"List": LIST, "Names": list_of("names", {"type": "string"}), "Nested": nested}
    document = written(tmp_path, taking("Nested"), components={"schemas": schemas})

    with Client(mockserver.create_app(document)) as api:
        found = [api.post("/Nested", json={"rows": [row]}).status_code for row in (True, "a")]

    assert [204, 400] == found


def test_a_dynamic_scope_reaches_into_another_file(tmp_path: Path) -> None:
    def unnamed(schema: Json) -> Json:
        return {key: value for key, value in schema.items() if key != "$id"}

    (tmp_path / "folder.json").write_text(json.dumps(unnamed(FOLDER)))
    (tmp_path / "closed.json").write_text(json.dumps({**unnamed(CLOSED_FOLDER), "$ref": "folder.json"}))
    refs = {"open": {"$ref": "folder.json"}, "closed": {"$ref": "closed.json"}}
    paths = {f"/{name}": {"post": {"requestBody": content(ref), "responses": NO_CONTENT}} for name, ref in refs.items()}

    with Client(mockserver.create_app(written(tmp_path, paths))) as api:
        found = {
            name: [api.post(f"/{name}", json=body).status_code for body in (RIGHT, MISSPELLED, DEEPER, WRONG)]
            for name in refs
        }

    assert {"open": [204, 204, 204, 400], "closed": [204, 400, 400, 400]} == found


def test_an_anchor_that_is_not_dynamic_is_the_same_in_every_scope(tmp_path: Path) -> None:
    fixed = {**LIST, "$defs": {"one": {"$anchor": "row", "type": "integer"}}}
    others = {name: list_of(name, {"type": "string"}) for name in ("names", "titles")}
    document = written(tmp_path, taking("names"), components={"schemas": {"List": fixed, **others}})

    with Client(mockserver.create_app(document)) as api:
        found = [api.post("/names", json={"rows": [row]}).status_code for row in (1, "a")]

    assert [204, 400] == found


def test_a_reference_beside_a_dynamic_one_counts_too(tmp_path: Path) -> None:
    small = {"maximum": 5}
    rows = {"items": {"$ref": "small", "$dynamicRef": "#row"}, "minItems": 1}
    schemas = {
        "List": {**LIST, "properties": {"rows": rows}},
        "Numbers": list_of("numbers", {"type": "number"}),
        "Small": {"$id": "small", **small},
    }
    document = written(tmp_path, taking("Numbers"), components={"schemas": schemas})

    with Client(mockserver.create_app(document)) as api:
        found = [api.post("/Numbers", json={"rows": [row]}).status_code for row in (1, 9, "a")]

    assert [204, 400, 400] == found


def test_the_check_judges_replies_in_their_scope_and_the_mock_passes(tmp_path: Path) -> None:
    schemas = {"Folder": FOLDER, "ClosedFolder": CLOSED_FOLDER}
    document = written(tmp_path, taking("Folder", "ClosedFolder"), components={"schemas": schemas})
    mock, gets = mockserver.create_app(document), [("GET", "/Folder"), ("GET", "/ClosedFolder")]

    async def wrong(scope: Any, receive: Any, send: Any) -> None:
        """The mock, except that every folder that it returns has a misspelled property."""
        if scope["type"] == "lifespan" or (scope["method"], scope["path"]) not in gets:
            await mock(scope, receive, send)
            return
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(MISSPELLED).encode()})

    def failures(app: Any) -> set[str]:
        with Target.asgi(app) as target:
            found = conform(contracts.of(document), target, mode="quick").findings
        return {finding.operation for finding in found if finding.verdict == "failure"}

    assert set() == failures(mock)
    assert {"GET /ClosedFolder"} == failures(wrong)


def test_a_discriminator_selects_among_schemas_that_a_scope_changes(tmp_path: Path) -> None:
    def ref(name: str) -> Json:
        return {"$ref": f"#/components/schemas/{name}"}

    kind = {"kind": {"type": "string"}}
    parts = {"parts": {"type": "array", "items": {"$dynamicRef": "#shape"}}}
    schemas = {
        "Dot": {"type": "object", "required": ["kind"], "properties": {**kind, "size": {"type": "integer"}}},
        "Group": {"type": "object", "required": ["kind", "parts"], "properties": {**kind, **parts}},
        "Shape": {
            "$dynamicAnchor": "shape",
            "oneOf": [ref("Dot"), ref("Group")],
            "discriminator": {"propertyName": "kind"},
        },
        "NamedShape": {"$dynamicAnchor": "shape", "allOf": [ref("Shape")], "required": ["name"]},
    }
    document = written(tmp_path, taking("Shape", "NamedShape"), components={"schemas": schemas})
    dot, named = {"kind": "Dot", "size": 1}, {"kind": "Dot", "size": 1, "name": "a"}
    bodies: list[Json] = [
        {"kind": "Group", "name": "b", "parts": [named]},
        {"kind": "Group", "name": "b", "parts": [dot]},
        {"kind": "Other", "name": "b", "parts": [named]},
    ]

    with Client(mockserver.create_app(document)) as api:
        found = {
            name: [api.post(f"/{name}", json=body).status_code for body in bodies] for name in ("Shape", "NamedShape")
        }
        shown = {name: api.get(f"/{name}").json()["kind"] for name in ("Shape", "NamedShape")}

    assert {"Shape": [204, 204, 400], "NamedShape": [204, 400, 400]} == found
    assert {"Dot", "Group"} >= set(shown.values())


def test_only_a_dynamic_reference_without_an_anchor_is_reported(tmp_path: Path) -> None:
    schemas = {"List": LIST, "Names": list_of("names", {"type": "string"})}
    lost = {"type": "array", "items": {"$dynamicRef": "#nothing"}}
    document = written(tmp_path, taking("Names", "Lost"), components={"schemas": {**schemas, "Lost": lost}})

    with Client(mockserver.create_app(document)) as api:
        accepted = api.post("/Lost", json=[1]).status_code
    problems = lint.problems(json.loads(document.read_text()))

    assert 204 == accepted
    assert ["/components/schemas/Lost/items/$dynamicRef"] == [problem.pointer for problem in problems]


def test_a_document_with_too_many_scopes_accepts_every_value_there(tmp_path: Path) -> None:
    many = {f"L{i}": list_of(f"l{i}", {"type": "string", "const": str(i)}) for i in range(310)}
    document = written(tmp_path, taking("L1"), components={"schemas": {"List": LIST, **many}})

    with Client(mockserver.create_app(document)) as api:
        found = [api.post("/L1", json=body).status_code for body in ({"rows": [1]}, {"rows": []})]

    assert [204, 400] == found
