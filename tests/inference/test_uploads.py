"""A list that describes the files which were uploaded below a path is a list, and not one of the files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.client import Client
from tests.inference.pets import TEXT, item
from tests.web.document import Node, answers, document, served, takes

FILE: Node = {"type": "string", "format": "binary"}
FORM: Node = {"type": "object", "required": ["dataset"], "properties": {"dataset": FILE}}
IMAGE: Node = item(filename=TEXT)


@pytest.mark.parametrize("kinds", [("application/json",), ("application/json", "application/octet-stream")])
def test_uploaded_files_are_listed_where_they_were_posted(tmp_path: Path, kinds: tuple[str, ...]) -> None:
    parameter: Node = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    listed = answers({"type": "array", "items": IMAGE})
    media = listed["200"]["content"]["application/json"]
    listed["200"]["content"] = dict.fromkeys(kinds, media)
    paths: Node = {
        "/sessions/{id}/images": {
            "parameters": [parameter],
            "get": {"responses": listed},
            "post": {"requestBody": takes(FORM, "multipart/form-data"), "responses": answers(IMAGE, "201")},
        }
    }
    with Client(served(tmp_path, document(paths))) as client:
        for name in ("one.png", "two.png"):
            assert 201 == client.post("/sessions/7/images", files={"dataset": (name, b"\x89PNG")}).status_code
        reply = client.get("/sessions/7/images", headers={"Accept": "application/json"})

        assert ["one.png", "two.png"] == [one["filename"] for one in reply.json()]
        assert [] == client.get("/sessions/8/images").json()
