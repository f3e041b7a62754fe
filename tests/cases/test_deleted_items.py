"""A document with a 410 tells a deleted item from one that never was (RFC 9110 section 15.5.11)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.web.document import answers, document, served, takes

TEXT = {"type": "string"}
ERROR = {"type": "object", "required": ["code"], "properties": {"code": {"type": "integer"}, "message": TEXT}}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}


def notes(*, is_kept: bool, statuses: tuple[str, ...]) -> dict[str, Any]:
    """A document of notes that are kept when they are deleted, or not."""
    time = {"type": ["string", "null"], "format": "date-time", "readOnly": True}
    note = {"type": "object", "properties": {"id": {"type": "integer", "readOnly": True}, "text": TEXT}}
    note["properties"] |= {"deleted_at": time} if is_kept else {}  # type: ignore[index]
    refused = {status: {"description": "none"} | answers(ERROR)["200"] for status in statuses}
    shown = {"name": "include_deleted", "in": "query", "schema": {"type": "boolean"}}
    listed = {"parameters": [shown], "responses": answers({"type": "array", "items": note})}
    return document({
        "/notes": {"post": {"requestBody": takes(note), "responses": answers(note, "201")}, "get": listed},
        "/notes/{id}": {
            "parameters": [ID],
            "get": {"responses": answers(note) | refused},
            "delete": {"responses": {"204": {"description": "gone"}} | refused},
        },
    })  # fmt: skip


@pytest.mark.parametrize("is_kept", [True, False])
@pytest.mark.parametrize(("statuses", "gone"), [(("404", "410"), 410), (("410",), 410), (("404",), 404), ((), 404)])
def test_a_deleted_item_is_gone_where_the_document_says_so(
    tmp_path: Path, statuses: tuple[str, ...], gone: int, is_kept: bool
) -> None:
    with Client(served(tmp_path, notes(is_kept=is_kept, statuses=statuses))) as client:
        client.post("/notes", json={"text": "one"})
        assert 200 == client.get("/notes/1").status_code
        client.delete("/notes/1")
        after, again, never = client.get("/notes/1"), client.delete("/notes/1"), client.get("/notes/2")

    assert [gone, gone, 404] == [after.status_code, again.status_code, never.status_code]
    if gone == 410:
        assert {"code": 410, "message": "note was deleted"} == after.json()


def test_an_undeleted_item_has_no_time_of_its_deletion(tmp_path: Path) -> None:
    """As AIP-164 has it: `delete_time` is missing in what is not deleted, and may not be null."""
    time = {"type": "string", "format": "date-time", "readOnly": True}
    number = {"type": "integer", "readOnly": True}
    book = {"type": "object", "properties": {"id": number, "title": TEXT, "deleteTime": time}}
    written = document({
        "/books": {"post": {"requestBody": takes(book), "responses": answers(book)}},
        "/books/{id}": {
            "parameters": [ID],
            "get": {"responses": answers(book)},
            "delete": {"responses": answers(book)},
        },
        "/books/{id}:undelete": {"parameters": [ID], "post": {"responses": answers(book)}},
    })  # fmt: skip
    with Client(served(tmp_path, written)) as client:
        client.post("/books", json={"title": "One"})
        deleted, hidden = client.delete("/books/1"), client.get("/books/1")
        back, found = client.post("/books/1:undelete"), client.get("/books/1")

    assert ["deleteTime", "id", "title"] == sorted(deleted.json())
    shown = {"id": 1, "title": "One"}
    assert (404, shown, shown) == (hidden.status_code, back.json(), found.json())
