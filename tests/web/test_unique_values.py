"""Values that must be unique are found by an index, also after a change or a deletion, and whatever their type is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.web.document import Node, answers, document, served, takes


def keys_document(schema: Node) -> Node:
    key: Node = {**schema, "description": "Must be unique."}
    item: Node = {"type": "object", "required": ["key"], "properties": {"id": {"type": "integer"}, "key": key}}
    one = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    taken = {"409": {"description": "taken"}}
    return document(
        {
            "/locks": {"post": {"requestBody": takes(item), "responses": answers(item, "201") | taken}},
            "/locks/{id}": {
                "parameters": [one],
                "get": {"responses": answers(item)},
                "patch": {"requestBody": takes(item), "responses": answers(item) | taken},
                "delete": {"responses": {"204": {"description": "gone"}}},
            },
        }
    )


@pytest.mark.parametrize(
    ("schema", "first", "other"),
    [
        ({"type": "string"}, "a", "b"),
        ({"type": ["integer", "boolean"]}, 1, True),
        ({"type": "array", "items": {"type": "string"}}, ["a", "b"], ["b", "a"]),
        ({"type": "object"}, {"a": 1, "b": 2}, {"a": 2, "b": 1}),
    ],
)
def test_a_value_is_taken_until_its_item_is_changed_or_deleted(
    tmp_path: Path, schema: Node, first: Any, other: Any
) -> None:
    with Client(served(tmp_path, keys_document(schema))) as client:
        made = client.post("/locks", json={"key": first})
        assert 201 == made.status_code
        assert 409 == client.post("/locks", json={"key": first}).status_code
        assert 201 == client.post("/locks", json={"key": other}).status_code
        path = f"/locks/{made.json()['id']}"
        assert 409 == client.patch(path, json={"key": other}).status_code
        assert 200 == client.patch(path, json={"key": first}).status_code  # its own
        assert 204 == client.delete(path).status_code
        assert 201 == client.post("/locks", json={"key": first}).status_code
