"""Requests that are only tried (AIP-163): they are validated and answered as others, and change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.web.document import answers, document, served, takes

BOOK = {
    "type": "object",
    "required": ["title"],
    "properties": {"id": {"type": "integer", "readOnly": True}, "title": {"type": "string", "minLength": 2}},
}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}


@pytest.fixture(
    params=[("validateOnly", "boolean", "true"), ("dry_run", "boolean", "true"), ("dryRun", "string", "All")]
)
def books(request: Any, tmp_path: Path) -> Iterator[tuple[Client, str]]:
    """A client of a mock with one book, and the query of a request that is only tried."""
    name, kind, value = request.param
    tried = {"name": name, "in": "query", "schema": {"type": kind}}
    made = {"parameters": [tried], "requestBody": takes(BOOK), "responses": answers(BOOK, "201")}
    written = document({
        "/books": {"post": made, "get": {"responses": answers({"type": "array", "items": BOOK})}},
        "/books/{id}": {
            "parameters": [ID],
            "get": {"responses": answers(BOOK)},
            "patch": {"parameters": [tried], "requestBody": takes(BOOK), "responses": answers(BOOK)},
            "delete": {"parameters": [tried], "responses": {"204": {"description": "gone"}}},
        },
    })  # fmt: skip
    with Client(served(tmp_path, written)) as client:
        client.post("/books", json={"title": "One"})
        yield client, f"?{name}={value}"


def test_a_request_that_is_only_tried_changes_nothing(books: tuple[Client, str]) -> None:
    client, tried = books
    made = client.post(f"/books{tried}", json={"title": "Two"})
    changed = client.patch(f"/books/1{tried}", json={"title": "Three"})
    deleted = client.delete(f"/books/1{tried}")

    assert (201, "Two") == (made.status_code, made.json()["title"])
    assert (200, "Three", 204) == (changed.status_code, changed.json()["title"], deleted.status_code)
    assert [{"id": 1, "title": "One"}] == client.get("/books").json()


def test_a_request_that_is_only_tried_is_refused_as_others(books: tuple[Client, str]) -> None:
    client, tried = books

    assert 400 == client.post(f"/books{tried}", json={"title": "x"}).status_code
    assert 404 == client.delete(f"/books/7{tried}").status_code


def test_a_request_that_is_not_tried_changes_what_it_says(books: tuple[Client, str]) -> None:
    client, tried = books
    client.post(f"/books{tried.partition('=')[0]}=false", json={"title": "Two"})
    client.delete("/books/1")

    assert ["Two"] == [each["title"] for each in client.get("/books").json()]
