"""What is empty or missing until a client adds something, as the document says: "No answers yet", "Not rated yet"."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.web.document import answers, document, served, takes

RIDE = {"type": "object", "properties": {"id": {"type": "integer", "readOnly": True}, "to": {"type": "string"}}}
RATING = {"type": "object", "required": ["stars"], "properties": {"stars": {"type": "integer"}}}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}


def rides(empty: dict[str, Any], missing: str) -> dict[str, Any]:
    """A document of rides, each with stops and with a rating."""
    stop = {"type": "object", "properties": {"place": {"type": "string"}}}
    listed = answers({"type": "array", "items": stop}) | empty
    shown = {"responses": answers(RATING) | {"404": {"description": missing}}}
    return document({
        "/rides": {"post": {"requestBody": takes(RIDE), "responses": answers(RIDE, "201")}},
        "/rides/{id}": {"parameters": [ID], "get": {"responses": answers(RIDE)}},
        "/rides/{id}/stops": {
            "parameters": [ID],
            "get": {"responses": listed},
            "post": {"requestBody": takes(stop), "responses": answers(stop, "201")},
        },
        "/rides/{id}/rating": {
            "parameters": [ID],
            "get": shown,
            "put": {"requestBody": takes(RATING), "responses": answers(RATING)},
        },
    })  # fmt: skip


@pytest.mark.parametrize(
    ("described", "status"),
    [
        ({"204": {"description": "No stops yet"}}, 204),
        ({"204": {"description": "The list is empty."}}, 204),
        ({"204": {"description": "No content"}}, 200),
        ({}, 200),
    ],
)
def test_an_empty_list_is_204_where_the_document_says_so(
    tmp_path: Path, described: dict[str, Any], status: int
) -> None:
    with Client(served(tmp_path, rides(described, "none"))) as client:
        client.post("/rides", json={"to": "Bern"})
        before = client.get("/rides/1/stops")
        client.post("/rides/1/stops", json={"place": "Olten"})
        after = client.get("/rides/1/stops")

    assert (status, 200, [{"place": "Olten"}]) == (before.status_code, after.status_code, after.json())


@pytest.mark.parametrize(
    ("missing", "status"),
    [("Not rated yet", 404), ("The ride has not been rated", 404), ("Ride not found", 200), ("none", 200)],
)
def test_a_single_item_is_missing_until_it_is_put_where_the_document_says_so(
    tmp_path: Path, missing: str, status: int
) -> None:
    with Client(served(tmp_path, rides({}, missing))) as client:
        for to in ("Bern", "Basel"):
            client.post("/rides", json={"to": to})
        before = client.get("/rides/1/rating")
        client.put("/rides/1/rating", json={"stars": 4})
        after, other = client.get("/rides/1/rating"), client.get("/rides/2/rating")

    assert (status, {"stars": 4}, status) == (before.status_code, after.json(), other.status_code)
