"""Each value of a flag shows only some items: no item is in both lists."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
TEXT: Node = {"type": "string", "minLength": 1, "maxLength": 60}
ROOM: Node = {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "string"}, "name": TEXT}}
NEW: Node = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}
EACH = "true: only rooms with a free bed; false: only rooms without one."


def hostel(text: str) -> Node:
    free = {"name": "free", "in": "query", "description": text, "schema": {"type": "boolean"}}
    return {
        "/rooms": {
            "get": {"parameters": [free], "responses": answers({"type": "array", "items": ROOM}) | {"400": NO}},
            "post": {"requestBody": takes(NEW), "responses": answers(ROOM, "201") | {"400": NO}},
        },
        "/rooms/{id}": {"parameters": [path_parameter("id")], "get": {"responses": answers(ROOM) | {"404": NO}}},
    }


def rooms(*, is_ignored: bool) -> Callable[[Ask], Answer]:
    """New rooms are free; `free=false` changes nothing if it `is_ignored`."""
    stored: dict[str, Node] = {}

    def handle(ask: Ask) -> Answer:
        id = ask.path.removeprefix("/rooms").strip("/")
        if id:
            return Answer(200, stored[id]) if id in stored else Answer(404)
        if ask.method == "GET":
            free = ask.query.get("free", "true")
            if free not in ("true", "false"):
                return Answer(400)
            return Answer(200, [*stored.values()] if free == "true" or is_ignored else [])
        name = sent(ask).get("name")
        if not isinstance(name, str) or not 0 < len(name) <= 60:
            return Answer(400)
        made = f"r{len(stored) + 1}"
        stored[made] = {"id": made, "name": name}
        return Answer(201, stored[made])

    return handle


def test_an_item_that_both_lists_show_is_a_failure(tmp_path: Path) -> None:
    assert set() == verdicts(tmp_path, hostel(EACH), rooms(is_ignored=False), "opposite-flags")
    found = verdicts(tmp_path, hostel(EACH), rooms(is_ignored=True), "opposite-flags")
    assert {("opposite-flags", "failure")} == found


@pytest.mark.parametrize(
    "text",
    [
        "Also list rooms without a free bed",
        "true: only rooms with a free bed; false: all rooms",
        "Only rooms with a free bed. True by default.",
    ],
)
def test_a_flag_that_shows_more_or_less_says_nothing_of_that_kind(tmp_path: Path, text: str) -> None:
    assert set() == verdicts(tmp_path, hostel(text), rooms(is_ignored=True), "opposite-flags")
