"""A service takes names as people have them: with an apostrophe and a hyphen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
TEXT: Node = {"type": "string", "minLength": 1, "maxLength": 60}
GUEST: Node = {
    "type": "object",
    "required": ["id", "surname"],
    "properties": {"id": {"type": "string"}, "surname": TEXT},
}
NEW: Node = {"type": "object", "required": ["surname"], "properties": {"surname": TEXT}}
PATHS: Node = {
    "/guests": {"post": {"requestBody": takes(NEW), "responses": answers(GUEST, "201") | {"400": NO}}},
    "/guests/{id}": {"parameters": [path_parameter("id")], "get": {"responses": answers(GUEST) | {"404": NO}}},
}


def guests(refused: str) -> Callable[[Ask], Answer]:
    """Guests, whose names must not contain the sign `refused`, if it is not empty."""
    stored: dict[str, Node] = {}

    def handle(ask: Ask) -> Answer:
        id = ask.path.removeprefix("/guests").strip("/")
        if id:
            return Answer(200, stored[id]) if id in stored else Answer(404)
        name = sent(ask).get("surname")
        if not isinstance(name, str) or not 0 < len(name) <= 60 or (refused and refused in name):
            return Answer(400)
        made = f"g{len(stored) + 1}"
        stored[made] = {"id": made, "surname": name}
        return Answer(201, stored[made])

    return handle


@pytest.mark.parametrize(("refused", "found"), [("", set()), ("'", {("edge-input", "warning")})])
def test_a_name_with_an_apostrophe_is_taken(tmp_path: Path, refused: str, found: set[tuple[str, str]]) -> None:
    assert found == verdicts(tmp_path, PATHS, guests(refused), "edge-input")
