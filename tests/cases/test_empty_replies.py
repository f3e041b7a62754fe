"""A response without content has no body where the operation shows no item."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.client import Client
from tests.web.document import answers, document, served, takes

PET = {"type": "object", "properties": {"id": {"type": "integer", "readOnly": True}, "name": {"type": "string"}}}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/pets/1"), ("DELETE", "/pets"), ("POST", "/pets/1/feed")])
def test_a_success_without_content_has_no_body(tmp_path: Path, method: str, path: str) -> None:
    done = {"200": {"description": "OK"}}
    written = document({
        "/pets": {
            "post": {"requestBody": takes(PET), "responses": answers(PET, "201")},
            "get": {"responses": answers({"type": "array", "items": PET})},
            "delete": {"summary": "Delete all pets", "responses": done},
        },
        "/pets/{id}": {
            "parameters": [ID],
            "get": {"responses": answers(PET)},
            "delete": {"responses": done},
        },
        "/pets/{id}/feed": {"parameters": [ID], "post": {"responses": done}},
    })  # fmt: skip
    with Client(served(tmp_path, written)) as client:
        client.post("/pets", json={"name": "Rex"})
        reply = client.request(method, path)

    assert (200, b"", None) == (reply.status_code, reply.content, reply.headers.get("content-type"))
