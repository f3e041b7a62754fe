"""A field whose name says nothing, and whose description says of what it is the id, refers to such an item."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
ID: Node = {"type": "string"}


class Harbour:
    """Berths, and moves of a boat from one berth to another, which both have to be there."""

    def __init__(self) -> None:
        self.berths: dict[str, Node] = {}
        self.moves: list[Node] = []

    def __call__(self, ask: Ask) -> Answer:
        if ask.method == "GET":
            return Answer(200, [*self.berths.values()] if ask.path == "/berths" else self.moves)
        body = sent(ask)
        if ask.path == "/berths":
            if not isinstance(body.get("name"), str):
                return Answer(422)
            id = f"b{len(self.berths) + 1}"
            self.berths[id] = {"id": id, "name": body["name"]}
            return Answer(201, self.berths[id])
        ends = [body.get("from"), body.get("onto")]
        if not all(isinstance(each, str) for each in ends):
            return Answer(422)
        if not set(ends) <= self.berths.keys():
            return Answer(404)
        if len(set(ends)) == 1:
            return Answer(422)
        self.moves.append({"id": str(len(self.moves) + 1), "from": ends[0], "onto": ends[1]})
        return Answer(201, self.moves[-1])


def harbour_document(first: str, second: str) -> Node:
    berth: Node = {"type": "object", "required": ["id", "name"], "properties": {"id": ID, "name": {"type": "string"}}}
    new: Node = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    ends: Node = {"from": {**ID, "description": first}, "onto": {**ID, "description": second}}
    asked: Node = {"type": "object", "required": [*ends], "properties": ends}
    move: Node = {"type": "object", "required": ["id", *ends], "properties": {"id": ID, "from": ID, "onto": ID}}
    return {
        "/berths": {
            "get": {"responses": answers({"type": "array", "items": berth})},
            "post": {"requestBody": takes(new), "responses": answers(berth, "201") | {"422": NO}},
        },
        "/moves": {
            "get": {"responses": answers({"type": "array", "items": move})},
            "post": {"requestBody": takes(asked), "responses": answers(move, "201") | {"404": NO, "422": NO}},
        },
    }


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("id of the berth", "id of the next berth", set()),
        ("The id of the berth that the boat leaves.", "The unique identifier of another berth.", set()),
        ("id of the place", "id of the next place", {("create", "warning")}),
        ("The berth's number.", "Where it goes.", {("create", "warning")}),
    ],
)
def test_a_new_item_names_items_that_exist(
    tmp_path: Path, first: str, second: str, found: set[tuple[str, str]]
) -> None:
    assert found == verdicts(tmp_path, harbour_document(first, second), Harbour(), "create", "listed")
