"""Items that are created and listed below another one, and have nothing but a DELETE of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.web.document import answers, document, served, takes

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def threads(owner: str) -> dict[str, Any]:
    """A document of notes below threads, which show their thread in the property `owner`."""
    thread = {"type": "object", "properties": {"id": NUMBER, "title": TEXT}}
    note = {
        "type": "object",
        "required": ["id", owner, "body"],
        "properties": {"id": NUMBER, owner: NUMBER, "body": TEXT},
    }
    title, body = ({"type": "object", "required": [name], "properties": {name: TEXT}} for name in ("title", "body"))
    parameter = {"name": "thread", "in": "path", "required": True, "schema": NUMBER}
    wrapped = {"type": "object", "properties": {"data": {"type": "array", "items": note}}}
    return document(
        {
            "/threads": {"post": {"requestBody": takes(title), "responses": answers(thread, "201")}},
            "/threads/{thread}": {"parameters": [parameter], "get": {"responses": answers(thread)}},
            "/threads/{thread}/notes": {
                "parameters": [parameter],
                "post": {"requestBody": takes(body), "responses": answers(note, "201")},
                "get": {"responses": answers(wrapped)},
            },
            "/notes/{note}": {
                "parameters": [{**parameter, "name": "note"}],
                "delete": {"responses": {"204": {"description": "gone"}, "404": {"description": "no"}}},
            },
        }
    )


@pytest.mark.parametrize("owner", ["thread_id", "thread", "threadId"])
def test_the_list_shows_what_was_created_below_the_same_item(tmp_path: Path, owner: str) -> None:
    with Client(served(tmp_path, threads(owner))) as client:
        for title in ("one", "two"):
            client.post("/threads", json={"title": title})
        made = [client.post(f"/threads/{n}/notes", json={"body": str(n)}).json() for n in (1, 2, 2)]
        listed = [client.get(f"/threads/{n}/notes").json()["data"] for n in (1, 2)]
        deleted = client.delete(f"/notes/{made[1]['id']}")

        assert [[made[0]], made[1:]] == listed
        assert [1, 2, 2] == [each[owner] for each in made]
        assert 204 == deleted.status_code
        assert made[2:] == client.get("/threads/2/notes").json()["data"]
