"""What docs/request.md says about the way of a request."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import mockserver
from mockserver import Conflict, RequestContext, rule
from tests.client import Client
from tests.process import ROOT

PAGE = (ROOT / "docs" / "request.md").read_text(encoding="utf-8")

KEY = {"X-Key": "k"}

REF = {"$ref": "#/components/schemas/Berth"}

CONTENT = {"application/json": {"schema": REF}}

SHOWN = {"description": "The berth.", "content": CONTENT}

LISTED = {"description": "All.", "content": {"application/json": {"schema": {"type": "array", "items": REF}}}}

PATHS: dict[str, Any] = {
    "/berths": {
        "get": {"operationId": "listBerths", "responses": {"200": LISTED}},
        "post": {
            "operationId": "addBerth",
            "requestBody": {"required": True, "content": CONTENT},
            "responses": {"201": SHOWN},
            "x-behaviour": {"rules": {"name": "full-moon", "says": "no berth at full moon", "evidence": "assumed"}},
        },
    },
    "/berths/{id}": {
        "patch": {
            "operationId": "changeBerth",
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "requestBody": {"content": CONTENT},
            "responses": {"200": SHOWN},
        }
    },
}

BERTH = {
    "type": "object",
    "required": ["name"],
    "properties": {"id": {"type": "integer", "readOnly": True}, "name": {"type": "string", "maxLength": 9}},
}

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Harbour", "version": "1"},
    "security": [{"key": []}],
    "paths": PATHS,
    "components": {
        "schemas": {"Berth": BERTH},
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
    },
}


@rule("full-moon", refuses=("conflict",))
def full_moon(context: RequestContext) -> None:
    """Refuse a berth of that name. Raises Conflict."""
    if context.item.fields["name"] == "moon":
        raise Conflict("not tonight")


def harbour(folder: Path) -> Client:
    """A client of a mock that keeps a journal."""
    (folder / "harbour.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    app = mockserver.create_app(folder / "harbour.json", rules={"full-moon": full_moon}, journal=10, seed=1)
    return Client(app, "http://127.0.0.1:8080")


def test_the_page_lists_the_steps_that_a_request_passes_in_their_order(tmp_path: Path) -> None:
    with harbour(tmp_path) as client:
        client.post("/_mock/overrides", json={"then": {"headers": {"X-Berth": "new"}}})
        made = client.post("/berths", json={"name": "north"}, headers=KEY)
        why = client.get(f"/_mock/requests/{made.headers['mock-request']}/why").json()

    assert 201 == made.status_code
    assert re.findall(r"^\| `([a-z ]+)` \|", PAGE, re.MULTILINE) == [each["step"] for each in why["steps"]]


def test_what_is_wrong_first_is_refused_first_and_nothing_of_a_refused_request_is_kept(tmp_path: Path) -> None:
    with harbour(tmp_path) as client:
        without = client.post("/berths", json={"name": 7})
        invalid = client.patch("/berths/99", json={"name": 7}, headers=KEY)
        unknown = client.patch("/berths/99", json={"name": "south"}, headers=KEY)
        refused = client.post("/berths", json={"name": "moon"}, headers=KEY)
        kept = client.get("/_mock/state/harbour/berth").json()

    assert [401, 400, 404, 409] == [each.status_code for each in (without, invalid, unknown, refused)]
    assert [] == kept
