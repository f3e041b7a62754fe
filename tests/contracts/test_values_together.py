"""Seats are unique by row and number in a hall, and each hall has its own: what several fields share, one may share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.client import Client
from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, served, takes

NUMBER: Node = {"type": "integer"}
NO: Node = {"description": "no"}
HALL: Node = {"type": "object", "required": ["id"], "properties": {"id": NUMBER, "name": TEXT}}
NEW_HALL: Node = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}
PLACE: Node = {"row": {**NUMBER, "minimum": 1, "maximum": 90}, "number": {**NUMBER, "minimum": 1, "maximum": 90}}
NEW_SEAT: Node = {"type": "object", "required": ["row", "number"], "properties": PLACE}
SEAT: Node = {
    "type": "object",
    "required": ["id", "hall_id", "row", "number"],
    "properties": {"id": NUMBER, "hall_id": NUMBER, **PLACE},
}
SAID = "Within a hall, a pair of row and number can be used only once (409)."


def halls() -> Node:
    at: Node = {"parameters": [path_parameter("hall_id", NUMBER)]}
    return {
        "/halls": {"post": {"requestBody": takes(NEW_HALL), "responses": answers(HALL, "201")}},
        "/halls/{hall_id}": {**at, "get": {"responses": answers(HALL) | {"404": NO}}},
        "/halls/{hall_id}/seats": {
            **at,
            "get": {"responses": answers({"type": "array", "items": SEAT}) | {"404": NO}},
            "post": {
                "description": SAID,
                "requestBody": takes(NEW_SEAT),
                "responses": answers(SEAT, "201") | {"404": NO, "409": NO},
            },
        },
    }


class Halls:
    """Halls with seats. `flaw` names by what two seats are taken for the same one."""

    def __init__(self, flaw: str = "") -> None:
        self.keys = {"the row alone": ("hall_id", "row"), "any hall": ("row", "number"), "nothing": ("id",)}.get(
            flaw, ("hall_id", "row", "number")
        )
        self.halls: list[Node] = []
        self.seats: list[Node] = []

    def __call__(self, ask: Ask) -> Answer:
        _, *rest = ask.path.strip("/").split("/")
        if not rest:
            self.halls.append({"id": len(self.halls) + 1, "name": sent(ask)["name"]})
            return Answer(201, self.halls[-1])
        id = int(rest[0]) if rest[0].isdecimal() else 0
        if not 1 <= id <= len(self.halls):
            return Answer(404)
        if len(rest) == 1:
            return Answer(200, self.halls[id - 1])
        if ask.method == "GET":
            return Answer(200, [each for each in self.seats if each["hall_id"] == id])
        new = {"id": len(self.seats) + 1, "hall_id": id, **sent(ask)}
        if any(all(each[key] == new[key] for key in self.keys) for each in self.seats):
            return Answer(409)
        self.seats.append(new)
        return Answer(201, new)


@pytest.mark.parametrize(
    ("flaw", "found"),
    [
        ("", set()),
        ("the row alone", {("unique", "failure")}),
        ("any hall", {("unique", "failure")}),
        ("nothing", {("unique", "failure")}),
    ],
)
def test_a_pair_of_values_is_unique_below_one_item(tmp_path: Path, flaw: str, found: set[tuple[str, str]]) -> None:
    assert found == verdicts(tmp_path, halls(), Halls(flaw), "unique")


def test_the_mock_keeps_the_pair_unique_and_each_value_alone_free(tmp_path: Path) -> None:
    with Client(served(tmp_path, document(halls()))) as client:
        first, second = (client.post("/halls", json={"name": name}).json()["id"] for name in "ab")
        statuses = [
            client.post(f"/halls/{hall}/seats", json={"row": row, "number": number}).status_code
            for hall, row, number in ((first, 1, 1), (first, 1, 1), (first, 1, 2), (second, 1, 1))
        ]

    assert [201, 409, 201, 201] == statuses
