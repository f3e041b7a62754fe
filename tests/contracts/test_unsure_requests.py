"""What a document leaves open is no failure: no content with 304, null in a query, an empty list in XML, an empty id.

Each is asked of our mock, which does it right, and of a document or server in which the like is wrong.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import mockserver
from contracts.runner.in_process import check_app, load_contract
from tests.client import Client
from tests.inference.pets import collection, item
from tests.web.document import Node, answers, document, served, takes

TEXT: Node = {"type": "string"}
NOTHING: Node = {"204": {"description": "done"}}


def failures(folder: Path, paths: Node, *only: str) -> list[str]:
    """The failures of these checks about the mock of a document."""
    path = folder / "api.json"
    path.write_text(json.dumps(document(paths)))
    result = check_app(mockserver.create_app(path, seed=1), load_contract(path), only=only, mode="quick")
    assert "passed" in result.outcomes.values()
    return [each.seen for each in result.findings if each.verdict == "failure"]


def test_a_reply_without_content_needs_no_media_type(tmp_path: Path) -> None:
    paths: Node = collection("/pets", item(), parameter="petId")
    shown = paths["/pets/{petId}"]["get"]["responses"]
    shown["200"] |= {"headers": {"ETag": {"schema": TEXT}}}
    shown["default"] = answers({"type": "object"})["200"]

    assert [] == failures(tmp_path, paths, "document", "conditional-*", "etag*", "changed-tag")


@pytest.mark.parametrize("nullable", [True, False])
def test_null_in_a_query_may_be_null_where_the_document_allows_it(tmp_path: Path, nullable: bool) -> None:
    kind = ["integer", "null"] if nullable else "integer"
    count = {"name": "count", "in": "query", "schema": {"type": kind, "minimum": 1}}
    listing = {"parameters": [count], "responses": answers({"type": "array", "items": TEXT}) | {"400": {}}}
    listing["responses"]["400"] = {"description": "no"}
    paths: Node = {"/words": {"get": listing}}

    assert [] == failures(tmp_path, paths, "query-parameters")
    status = 200 if nullable else 400
    with Client(served(tmp_path, document(paths))) as client:
        assert status == client.get("/words?count=null").status_code


def test_an_empty_element_is_an_empty_list_in_xml(tmp_path: Path) -> None:
    inner: Node = {"type": "array", "items": {"type": "object", "properties": {"text": TEXT}}}
    lines: Node = {"type": "array", "items": {"type": "object", "properties": {"Words": inner, "Count": TEXT}}}
    body: Node = {"type": "object", "properties": {"Lines": lines, "Title": TEXT}}
    create = {"requestBody": takes(body, "text/xml"), "responses": NOTHING | {"400": {"description": "no"}}}

    assert [] == failures(tmp_path, {"/pages": {"post": create}}, "negative_data_rejection")


def test_an_item_gets_an_id_if_the_client_sends_an_empty_one(tmp_path: Path) -> None:
    named: dict[str, Any] = {"type": "object", "properties": {"key": TEXT, "note": TEXT}}
    paths: Node = collection("/pets", named | {"required": ["key"]}, parameter="key", id=TEXT)
    paths["/pets"]["post"]["requestBody"] = takes(named)
    with Client(served(tmp_path, document(paths))) as client:
        made = [client.post("/pets", json={"key": key, "note": key}) for key in ("", "", "rex")]

        assert [201, 201, 201] == [each.status_code for each in made]
        assert [*made[0].json(), "rex"] == ["key", "note", made[2].json()["key"]]
        notes = [client.get(f"/pets/{each.json()['key']}").json()["note"] for each in made]
        assert ["", "", "rex"] == notes
