"""Two lists of the same items, each with an order of its own: the stays of a bay, and all stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
NUMBER: Node = {"type": "integer"}
BAY: Node = {"type": "object", "required": ["id", "name"], "properties": {"id": NUMBER, "name": TEXT}}
STAY: Node = {
    "type": "object",
    "required": ["id", "bay_id", "boat", "created_at"],
    "properties": {
        "id": NUMBER,
        "bay_id": NUMBER,
        "boat": TEXT,
        "created_at": {"type": "string", "format": "date-time"},
    },
}


def harbour() -> Node:
    def new(name: str) -> Node:
        return takes({"type": "object", "required": [name], "properties": {name: TEXT}})

    stays = answers({"type": "array", "items": STAY})
    return {
        "/bays": {"post": {"requestBody": new("name"), "responses": answers(BAY, "201")}},
        "/bays/{id}": {
            "parameters": [path_parameter("id", NUMBER)],
            "get": {"responses": answers(BAY) | {"404": NO}},
        },
        "/bays/{id}/stays": {
            "parameters": [path_parameter("id", NUMBER)],
            "get": {"description": "The stays in the bay. Oldest first.", "responses": stays | {"404": NO}},
            "post": {"requestBody": new("boat"), "responses": answers(STAY, "201") | {"404": NO}},
        },
        "/stays": {"get": {"description": "All stays, newest first.", "responses": stays}},
        "/stays/{id}": {
            "parameters": [path_parameter("id", NUMBER)],
            "get": {"responses": answers(STAY) | {"404": NO}},
        },
    }


class Harbour:
    """The server. With `is_flat`, all lists have the oldest stay first."""

    def __init__(self, *, is_flat: bool = False) -> None:
        self.is_flat, self.bays, self.stays = is_flat, list[Node](), list[Node]()

    def __call__(self, ask: Ask) -> Answer:
        kind, *rest = ask.path.strip("/").split("/")
        items = self.bays if kind == "bays" else self.stays
        if not rest:
            if ask.method == "GET":
                return Answer(200, items if self.is_flat else items[::-1])
            items.append({"id": len(items) + 1, "name": sent(ask).get("name")})
            return Answer(201, items[-1])
        found = next((each for each in items if str(each["id"]) == rest[0]), None)
        if found is None:
            return Answer(404)
        if len(rest) == 1:
            return Answer(200, found)
        if ask.method == "GET":
            return Answer(200, [each for each in self.stays if each["bay_id"] == found["id"]])
        time = f"2026-05-01T10:00:{len(self.stays) % 60:02}Z"
        stay = {"id": len(self.stays) + 1, "bay_id": found["id"], "boat": sent(ask).get("boat"), "created_at": time}
        self.stays.append(stay)
        return Answer(201, stay)


@pytest.mark.parametrize(("is_flat", "found"), [(False, set()), (True, {("order", "failure")})])
def test_each_list_has_the_order_of_its_own_sentence(
    tmp_path: Path, is_flat: bool, found: set[tuple[str, str]]
) -> None:
    assert found == verdicts(tmp_path, harbour(), Harbour(is_flat=is_flat), "order")
