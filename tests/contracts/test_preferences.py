"""The check `prefer-minimal`: a preference changes the reply of an update, and not its effect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.planted_bugs.server import Answer, Ask, Server
from tests.web.document import Node, answers, document, takes

NOTE: Node = {"type": "object", "required": ["text"], "properties": {
    "id": {"type": "integer", "readOnly": True}, "text": {"type": "string"}}}  # fmt: skip
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
PREFER = {"name": "Prefer", "in": "header", "schema": {"type": "string", "enum": ["return=minimal"]}}
EMPTY = {"204": {"description": "done"}}
NOTES = {
    "/notes": {"post": {"requestBody": takes(NOTE), "responses": answers(NOTE, "201")}},
    "/notes/{id}": {
        "get": {"parameters": [ID], "responses": answers(NOTE)},
        "put": {"parameters": [ID, PREFER], "requestBody": takes(NOTE), "responses": answers(NOTE) | EMPTY},
    },
}


class Notes(Server):
    """Notes, with a choice of what is wrong when a request has the preference."""

    def __init__(self, wrong: str) -> None:
        super().__init__()
        self.wrong, self.kept = wrong, dict[str, Node]()

    async def answer(self, ask: Ask) -> Answer:
        sent: Node = json.loads(ask.raw) if ask.raw else {}
        if ask.method == "POST":
            id = len(self.kept) + 1
            self.kept[str(id)] = {**sent, "id": id}
            return Answer(201, self.kept[str(id)])
        id_text = ask.path.rpartition("/")[2]
        if id_text not in self.kept:
            return Answer(404)
        if ask.method == "GET":
            return Answer(200, self.kept[id_text])
        is_minimal = "return=minimal" in ask.headers.get("prefer", "")
        if is_minimal and self.wrong == "refused":
            return Answer(400)
        if not is_minimal or self.wrong != "lost":
            self.kept[id_text] = {**sent, "id": int(id_text)}
        return Answer(204) if is_minimal else Answer(200, self.kept[id_text])


@pytest.mark.parametrize(("wrong", "found"), [("", []), ("refused", ["failure"]), ("lost", ["failure"])])
def test_a_preference_changes_the_reply_and_not_the_effect(tmp_path: Path, wrong: str, found: list[str]) -> None:
    file = tmp_path / "notes.json"
    file.write_text(json.dumps(document(NOTES)), encoding="utf-8")
    with Target.asgi(Notes(wrong), []) as target:
        result = run_checks(contracts.of(file), target, only=["prefer-minimal"])

    assert found == [each.verdict for each in result.findings]
    assert ("failed" if found else "passed") == result.outcomes["PUT /notes/{id}", "prefer-minimal"]
