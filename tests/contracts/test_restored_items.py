"""An item that is deleted and restored comes back as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
TEXT: Node = {"type": "string", "minLength": 1, "maxLength": 60}
FIELDS: Node = {"name": TEXT, "maker": TEXT, "state": {"type": "string", "enum": ["shown", "hidden"]}}
VASE: Node = {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "string"}, **FIELDS}}
NEW: Node = {"type": "object", "required": ["name"], "properties": FIELDS}
ONE = path_parameter("id")
PATHS: Node = {
    "/vases": {"post": {"requestBody": takes(NEW), "responses": answers(VASE, "201") | {"400": NO}}},
    "/vases/{id}": {
        "parameters": [ONE],
        "get": {"responses": answers(VASE) | {"404": NO}},
        "delete": {"responses": {"204": {"description": "in the trash"}, "404": NO}},
    },
    "/vases/{id}/restore": {"parameters": [ONE], "post": {"responses": answers(VASE) | {"404": NO}}},
}


def vases(lost: str) -> Callable[[Ask], Answer]:
    """Vases that lose the property `lost` when they are restored, and are hidden then."""
    stored: dict[str, Node] = {}
    trash: set[str] = set()

    def handle(ask: Ask) -> Answer:
        id, _, action = ask.path.removeprefix("/vases").strip("/").partition("/")
        if not id:
            made = f"v{len(stored) + 1}"
            given = {name: value for name, value in sent(ask).items() if name in FIELDS}
            texts = [each for name, each in given.items() if name != "state"]
            if "name" not in given or not all(isinstance(each, str) and 0 < len(each) <= 60 for each in texts):
                return Answer(400)
            stored[made] = {"id": made, **given}
            return Answer(201, stored[made])
        if id not in stored or (id in trash) != (action == "restore"):
            return Answer(404)
        if ask.method == "DELETE":
            trash.add(id)
            return Answer(204)
        if action:
            trash.discard(id)
            stored[id] = {name: value for name, value in stored[id].items() if name != lost} | {"state": "hidden"}
        return Answer(200, stored[id])

    return handle


@pytest.mark.parametrize(("lost", "found"), [("", set()), ("maker", {("restored", "failure")})])
def test_an_item_comes_back_as_it_was(tmp_path: Path, lost: str, found: set[tuple[str, str]]) -> None:
    assert found == verdicts(tmp_path, PATHS, vases(lost), "restored")
