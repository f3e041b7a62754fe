"""What documents of others have: the check of our own mock of them comes to its end, and reports nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contracts.client.builtin_mock import sandbox
from contracts.runner.in_process import check_app, load_contract

ID = {"name": "thingId", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[a-z]{26}$"}}
UUID = {"name": "thingId", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
VERSION = {"name": "Version", "in": "header", "required": True, "schema": {"type": "number"}, "example": 1.5}
INLINE = {"name": "inline", "in": "query", "schema": {"type": "boolean"}}
THING = {
    "type": "object",
    "required": ["id", "name", "state"],
    "properties": {
        "id": {"type": "string", "pattern": "^[a-z]{26}$", "readOnly": True},
        "name": {"type": "string", "minLength": 1},
        "state": {"type": "string", "enum": ["here", "gone"], "readOnly": True},
    },
}
CHANGE = {"op": {"enum": ["add", "remove", "replace"]}, "path": {"type": "string"}, "value": {"type": "object"}}
PATCH = {"type": "array", "items": {"type": "object", "required": ["op", "path"], "properties": CHANGE}}


def _content(schema: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _does(
    schema: Any, *, status: str = "200", body: Any = None, parameters: Any = (), media: str = "application/json"
) -> dict[str, Any]:
    responses = {status: {"description": "done", **_content(schema)}}
    responses |= {code: {"description": "refused"} for code in ("400", "404")}
    request = {"requestBody": {"required": True, "content": {media: {"schema": body}}}} if body else {}
    return {"parameters": list(parameters), "responses": responses, **request}


THINGS = {
    "/things": {"post": _does(THING, status="201", body=THING), "get": _does({"type": "array", "items": THING})},
    "/things/{thingId}": {
        "parameters": [ID],
        "get": _does(THING),
        "patch": _does(THING, body=PATCH),
        "delete": {"responses": {"204": {"description": "gone"}, "404": {"description": "no"}}},
    },
}
TEXT = {"type": "object", "properties": {"text": {"type": "string"}}}
CLAIMS = {"type": "object", "required": ["aud"], "properties": {"aud": {"type": "string"}}}
NAMED = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
SIZE = {"name": "pageSize", "in": "query", "schema": {"type": "integer"}}
TWINS = {
    "/v2/{name}": {"get": _does(TEXT, parameters=[NAMED])},
    "/v2/{parent}": {"get": _does(TEXT, parameters=[NAMED | {"name": "parent"}, SIZE])},
}


NUMBER = {"type": "integer"}
SHELF = {"type": "object", "required": ["id", "label"], "properties": {"id": NUMBER, "label": {"type": "string"}}}
JAR = {
    "type": "object",
    "required": ["id", "shelfId", "size"],
    "properties": {"id": NUMBER, "shelfId": NUMBER, "size": {"type": "string"}},
}
SIZED = {"type": "object", "required": ["size"], "properties": {"size": {"type": "string"}}}
MOVED = {"type": "object", "properties": {"size": {"type": "string"}, "shelfId": NUMBER}}
SHELF_ID = {"name": "shelfId", "in": "path", "required": True, "schema": NUMBER}
JARS = {
    "/shelves": {"post": _does(SHELF, status="201", body={**SHELF, "required": ["label"]})},
    "/shelves/{shelfId}": {"get": _does(SHELF, parameters=[SHELF_ID])},
    "/shelves/{shelfId}/jars": {"post": _does(JAR, status="201", body=SIZED, parameters=[SHELF_ID])},
    "/jars/{jarId}": {
        "parameters": [SHELF_ID | {"name": "jarId"}],
        "get": _does(JAR),
        "patch": _does(JAR, body=MOVED),
    },
}


@pytest.mark.parametrize(
    ("paths", "only"),
    [
        ({"/media": {"get": _does(TEXT, parameters=[VERSION])}}, ["method-not-allowed", "unknown-path"]),
        ({"/#target=Stop": {"post": _does(TEXT, body=TEXT)}}, ["method-not-allowed", "unsupported_method"]),
        (THINGS, ["delete", "not-found"]),
        (THINGS, ["mass-assignment"]),
        (JARS, ["mass-assignment"]),
        ({"/login": {"post": _does(TEXT, body=CLAIMS, media="application/jwt")}}, ["negative_data_rejection"]),
        (TWINS, ["query-parameters", "negative_data_rejection"]),
        (THINGS | {"/things/{thingId}/files": {"get": _does(TEXT, parameters=[UUID, INLINE])}}, ["query-parameters"]),
    ],
    ids=[
        "number in a header",
        "part after a hash",
        "list as a patch",
        "few values",
        "items that move",
        "another notation",
        "the same path twice",
        "ids of another format",
    ],
)
def test_the_mock_of_such_a_document_has_no_findings(paths: dict[str, Any], only: list[str], tmp_path: Path) -> None:
    document = {"openapi": "3.0.3", "info": {"title": "Things", "version": "1"}, "paths": paths}
    (tmp_path / "api.json").write_text(json.dumps(document), encoding="utf-8")
    contract = load_contract(tmp_path / "api.json")
    result = check_app(sandbox(tmp_path / "api.json", seed=1), contract, mode="quick", only=only)

    assert [] == [(each.check, each.operation, each.expected, each.seen) for each in result.findings]
    assert set(only) >= {check for (_, check), outcome in result.outcomes.items() if outcome == "failed"}


def test_what_is_said_beside_an_uploaded_file_is_sent_where_the_form_has_it() -> None:
    document = Path(__file__).parents[1] / "cases" / "documents" / "described-uploads.yaml"

    result = check_app(
        sandbox(document, seed=1), load_contract(document), mode="quick", only=["create", "read-back", "listed"]
    )

    assert ([], {"passed"}) == ([each.seen for each in result.findings], {*result.outcomes.values()})
