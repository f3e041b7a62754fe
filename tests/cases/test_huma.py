"""Documents as Huma writes them: all lists may be null, and an error says `location: body.name`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.web.document import answers, document, served, takes

TEXT = {"type": "string"}
SORT = {"type": ["array", "null"], "items": {"type": "string", "enum": ["name", "-name"]}}
SENT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "lines"],
    "properties": {
        "$schema": {"type": "string", "format": "uri", "readOnly": True},
        "name": {"type": "string", "maxLength": 5},
        "lines": {
            "type": ["array", "null"],
            "items": {"type": "object", "properties": {"sku": TEXT, "count": {"type": "integer", "default": 1}}},
        },
    },
}
DETAIL = {"type": "object", "additionalProperties": False, "properties": {"location": TEXT, "message": TEXT}}
ERROR = {
    "type": "object",
    "properties": {
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "errors": {"type": ["array", "null"], "items": DETAIL},
    },
}


@pytest.fixture
def orders(tmp_path: Path) -> Iterator[Client]:
    """A client of a mock of orders, which the client names."""
    listed = {"type": ["array", "null"], "items": SENT}
    sort: dict[str, Any] = {"name": "sort", "in": "query", "explode": False, "schema": SORT}
    named = {"name": "name", "in": "path", "required": True, "schema": TEXT}
    refused = {"default": {"description": "Error", "content": {"application/problem+json": {"schema": ERROR}}}}
    written = document({
        "/orders": {
            "post": {"requestBody": takes(SENT), "responses": answers(SENT, "201") | refused},
            "get": {"parameters": [sort], "responses": answers(listed) | refused},
        },
        "/orders/{name}": {"parameters": [named], "get": {"responses": answers(SENT) | refused}},
    })  # fmt: skip
    with Client(served(tmp_path, written)) as client:
        yield client


def test_a_sort_that_may_be_null_sorts(orders: Client) -> None:
    for name in ("b", "c", "a"):
        orders.post("/orders", json={"name": name, "lines": []})

    found = [orders.get(f"/orders?sort={sort}").json() for sort in ("name", "-name")]

    assert [["a", "b", "c"], ["c", "b", "a"]] == [[each["name"] for each in page] for page in found]


def test_defaults_in_a_list_that_may_be_null_apply(orders: Client) -> None:
    made = orders.post("/orders", json={"name": "a", "lines": [{"sku": "x"}]})

    assert [{"sku": "x", "count": 1}] == made.json()["lines"]


def test_a_location_without_a_field_beside_it_names_the_field(orders: Client) -> None:
    refused = orders.post("/orders", json={"name": "too long", "lines": [{"sku": 1}]})

    assert ["body.name", "body.lines.0.sku"] == [each["location"] for each in refused.json()["errors"]]
