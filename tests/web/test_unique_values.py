"""Values that must be unique are found by an index, also after a change or a deletion, and whatever their type is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contracts.client.builtin_mock import sandbox
from contracts.runner.in_process import check_app, load_contract
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


def plates(text: str, field: str = "") -> Node:
    """Cars, whose create says this of the plate."""
    plate: Node = {"type": "string", **({"description": field} if field else {})}
    car: Node = {"type": "object", "required": ["plate"], "properties": {"id": {"type": "integer"}, "plate": plate}}
    one = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    taken = {"409": {"description": "The plate is in use."}}
    return document(
        {
            "/cars": {
                "get": {"responses": answers({"type": "array", "items": car})},
                "post": {"description": text, "requestBody": takes(car), "responses": answers(car, "201") | taken},
            },
            "/cars/{id}": {
                "parameters": [one],
                "get": {"responses": answers(car)},
                "patch": {"requestBody": takes(car), "responses": answers(car) | taken},
                "delete": {"responses": {"204": {"description": "gone"}}},
            },
        }
    )


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("A plate is unique in any case.", ""),
        ("Plates are unique regardless of case: if `ab1` exists, `AB1` is refused.", ""),
        ("", "Case-insensitive and unique."),
    ],
)
def test_a_value_that_differs_in_case_only_is_taken_where_the_document_says_so(
    tmp_path: Path, text: str, field: str
) -> None:
    with Client(served(tmp_path, plates(text, field))) as client:
        first = client.post("/cars", json={"plate": "ab-Straße 1"}).json()
        other = client.post("/cars", json={"plate": "CD 2"}).json()

        assert "ab-Straße 1" == first["plate"]
        assert 409 == client.post("/cars", json={"plate": "AB-STRASSE 1"}).status_code
        assert 409 == client.patch(f"/cars/{other['id']}", json={"plate": "Ab-straße 1"}).status_code
        assert 200 == client.patch(f"/cars/{first['id']}", json={"plate": "AB-straße 1"}).status_code
        assert 200 == client.patch(f"/cars/{first['id']}", json={"plate": "ef 3"}).status_code
        assert 201 == client.post("/cars", json={"plate": "AB-straße 1"}).status_code
        client.delete(f"/cars/{first['id']}")
        assert 201 == client.post("/cars", json={"plate": "EF 3"}).status_code


@pytest.mark.parametrize(
    "text", ["", "Plates are unique in any case within a garage.", "The search is case-insensitive."]
)
def test_case_counts_where_no_sentence_says_otherwise(tmp_path: Path, text: str) -> None:
    with Client(served(tmp_path, plates(text))) as client:
        client.post("/cars", json={"plate": "ab1"})

        assert 409 == client.post("/cars", json={"plate": "ab1"}).status_code
        assert 201 == client.post("/cars", json={"plate": "AB1"}).status_code


def test_the_mock_passes_the_check_of_values_that_are_unique_in_any_case(tmp_path: Path) -> None:
    path = tmp_path / "api.json"
    path.write_text(json.dumps(plates("A plate is unique in any case.")))
    result = check_app(sandbox(path, seed=1), load_contract(path), only=["unique", "unique-in-any-case"])

    assert [] == [(each.expected, each.seen) for each in result.findings]
    assert {("unique", "passed"), ("unique-in-any-case", "passed")} <= {
        (check, outcome) for (_, check), outcome in result.outcomes.items()
    }
