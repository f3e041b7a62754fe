"""A list whose reply nothing describes, as in FastAPI without response models: its items may be in any envelope."""

from __future__ import annotations

import json
from pathlib import Path

from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.planted_bugs.server import Answer, Ask, Server
from tests.web.document import Node, answers, document, takes

FREE = answers({})
NOTE: Node = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
ID = {"name": "note_id", "in": "path", "required": True, "schema": {"type": "integer"}}
NOTES = {
    "/notes": {"get": {"responses": FREE}, "post": {"requestBody": takes(NOTE), "responses": FREE}},
    "/notes/{note_id}": {"parameters": [ID], "get": {"responses": FREE}, "delete": {"responses": FREE}},
}


class EnvelopedNotes(Server):
    """Notes that are listed in an object."""

    def __init__(self) -> None:
        super().__init__()
        self.kept = dict[str, Node]()

    async def answer(self, ask: Ask) -> Answer:
        if ask.method == "POST":
            id = str(len(self.kept) + 1)
            self.kept[id] = {**json.loads(ask.raw), "note_id": int(id), "is_kept": True}
            return Answer(200, self.kept[id])
        if ask.path.endswith("/notes"):
            shown = [note for note in self.kept.values() if note["is_kept"]]
            return Answer(200, {"notes": shown, "count": len(shown)})
        note = self.kept.get(ask.path.rpartition("/")[2])
        if note is None or not note["is_kept"]:
            return Answer(404, {"detail": "Not Found"})
        note["is_kept"] = ask.method == "GET"
        return Answer(200, note)


def test_the_envelope_of_a_list_that_nothing_describes_is_not_judged(tmp_path: Path) -> None:
    file = tmp_path / "notes.json"
    file.write_text(json.dumps(document(NOTES)), encoding="utf-8")
    with Target.asgi(EnvelopedNotes(), []) as target:
        result = run_checks(contracts.of(file), target, only=["lifecycle", "concurrent-creates", "delete", "reply"])

    assert "passed" == result.outcomes["DELETE /notes/{note_id}", "delete"]
    assert [] == [(each.check, each.seen) for each in result.findings]
