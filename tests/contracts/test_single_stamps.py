"""An owner takes one item below it: a sequence of requests that uses several owners lists the items of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.contracts.test_foreign_shapes import path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

TEXT: Node = {"type": "string", "minLength": 1, "maxLength": 80}
NUMBER: Node = {"type": "integer"}
BOX: Node = {"type": "object", "required": ["id", "label"], "properties": {"id": NUMBER, "label": TEXT}}
STAMP: Node = {"type": "object", "required": ["id", "town"], "properties": {"id": NUMBER, "town": TEXT}}
REFUSED: Node = {status: {"description": "refused"} for status in ("404", "409", "422")}


def paths() -> Node:
    def new(name: str) -> Node:
        return takes({"type": "object", "required": [name], "properties": {name: TEXT}})

    own = path_parameter("boxId", NUMBER)
    return {
        "/boxes": {
            "post": {"requestBody": new("label"), "responses": answers(BOX, "201") | REFUSED},
            "get": {"responses": answers({"type": "array", "items": BOX})},
        },
        "/boxes/{boxId}": {"parameters": [own], "get": {"responses": answers(BOX) | REFUSED}},
        "/boxes/{boxId}/stamps": {
            "parameters": [own],
            "post": {"requestBody": new("town"), "responses": answers(STAMP, "201") | REFUSED},
            "get": {"responses": answers({"type": "array", "items": STAMP}) | REFUSED},
        },
    }


def service(forgets: bool = False) -> Any:
    """The service; a second stamp of a box is refused. One that `forgets` never lists a stamp."""
    boxes: list[Node] = []
    stamps: dict[int, list[Node]] = {}

    def handle(ask: Ask) -> Answer:
        _, _, *rest = ask.path.split("/")
        name = "town" if len(rest) == 2 else "label"
        text = sent(ask).get(name)
        if ask.method == "POST" and not (isinstance(text, str) and 0 < len(text) <= 80):
            return Answer(422, {})
        if not rest and ask.method == "POST":
            boxes.append({"id": len(boxes) + 1, "label": text})
            return Answer(201, boxes[-1])
        if not rest:
            return Answer(200, boxes)
        number = int(rest[0]) if rest[0].isdigit() else 0
        if not 0 < number <= len(boxes):
            return Answer(404, {})
        if len(rest) == 1:
            return Answer(200, boxes[number - 1])
        held = stamps.setdefault(number, [])
        if ask.method == "GET":
            return Answer(200, [] if forgets else held)
        if held:
            return Answer(409, {})
        held.append({"id": 100 * number, "town": text})
        return Answer(201, held[-1])

    return handle


def test_the_list_of_one_owner_has_no_items_of_another(tmp_path: Path) -> None:
    assert set() == verdicts(tmp_path, paths(), service(), "lifecycle")


def test_a_list_that_lacks_an_item_of_its_owner_is_found(tmp_path: Path) -> None:
    assert {("lifecycle", "failure")} == verdicts(tmp_path, paths(), service(forgets=True), "lifecycle")
