"""Cases about documents whose schemas have no names, as generators write them that read controllers or examples."""

from __future__ import annotations

from pathlib import Path

from tests.client import Client
from tests.inference.pets import collection
from tests.web.document import Node, answers, document, served, takes


def test_schemas_that_are_written_anew_each_time_describe_the_same_items(tmp_path: Path) -> None:
    """As Scribe writes them: no schema has a name, and what is null in an example has no type."""
    fields = {"id": 1, "title": "", "words": 1, "status": "", "editor_id": None}

    def job() -> Node:
        kinds = {int: "integer", str: "string"}
        shown = {name: {"type": kinds.get(type(value), "integer")} for name, value in fields.items()}
        return {"type": "object", "properties": shown}

    one: Node = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    sent: Node = {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}}
    sent["properties"]["editor_id"] = {"type": "integer"}
    many: Node = {"type": "array", "items": job()}
    editor = {
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
    }
    paths = {
        "/jobs": {"post": {"requestBody": takes(sent), "responses": answers(job(), "201")}},
        "/jobs/{id}": {"parameters": [one], "get": {"responses": answers(job())}},
        "/jobs/{id}/close": {"parameters": [one], "post": {"responses": answers(job())}},
        "/editors/{id}/jobs": {"parameters": [one], "get": {"responses": answers(many)}},
        **collection("/editors", editor),
    }
    with Client(served(tmp_path, document(paths))) as client:
        for name in ("Ines", "Karl"):
            client.post("/editors", json={"name": name})
        made = client.post("/jobs", json={"title": "Patent", "editor_id": 1}).json()

        assert "Patent" == client.post("/jobs/1/close").json()["title"]
        assert [made["id"]] == [each["id"] for each in client.get("/editors/1/jobs").json()]
        assert [] == client.get("/editors/2/jobs").json()
