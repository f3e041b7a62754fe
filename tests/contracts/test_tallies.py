"""A list that says how many recipes have each spice follows what is created, changed and deleted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
SPICES: Node = {"type": "array", "items": {"type": "string", "pattern": "^[a-z]{2,20}$"}}
DISH: Node = {"type": "object", "required": ["title", "spices"], "properties": {"title": TEXT, "spices": SPICES}}
SHOWN: Node = {**DISH, "properties": {"id": {"type": "integer"}, **DISH["properties"]}}
USED: Node = {"type": "object", "properties": {"spice": TEXT, "count": {"type": "integer"}}}
SAYS = "All spices in use, each with the number of dishes that have it."


def dishes_document(says: str = SAYS) -> Node:
    place = {"parameters": [path_parameter("id", {"type": "integer"})]}
    return {
        "/dishes": {"post": {"requestBody": takes(DISH), "responses": answers(SHOWN, "201")}},
        "/dishes/{id}": {
            **place,
            "get": {"responses": answers(SHOWN) | {"404": NO}},
            "put": {"requestBody": takes(DISH), "responses": answers(SHOWN) | {"404": NO}},
            "delete": {"responses": {"204": NO, "404": NO}},
        },
        "/spices": {"get": {"description": says, "responses": answers({"type": "array", "items": USED})}},
    }


class Dishes:
    """Dishes, and their spices. `flaw` names what is wrong."""

    def __init__(self, flaw: str = "") -> None:
        self.flaw = flaw
        self.dishes: dict[str, Node] = {}
        self.used: Counter[str] = Counter()
        self.last = 0

    def __call__(self, ask: Ask) -> Answer:
        kind, *rest = ask.path.strip("/").split("/")
        if kind == "spices":
            return Answer(200, [{"spice": name, "count": count} for name, count in self.used.items() if count > 0])
        if not rest:
            self.last += 1
            self.dishes[str(self.last)] = {"id": self.last, **sent(ask)}
            self.used.update(sent(ask)["spices"])
            return Answer(201, self.dishes[str(self.last)])
        dish = self.dishes.get(rest[0])
        if dish is None:
            return Answer(404)
        if ask.method == "DELETE":
            del self.dishes[rest[0]]
            self.used.subtract(dish["spices"] if self.flaw != "deleted ones count" else ())
            return Answer(204)
        if ask.method == "PUT":
            self.used.subtract(dish["spices"] if self.flaw != "changed ones count" else ())
            self.used.update(sent(ask)["spices"])
            dish |= sent(ask)
        return Answer(200, dish)


@pytest.mark.parametrize(
    ("flaw", "found"),
    [
        ("", set()),
        ("deleted ones count", {("tally", "failure")}),
        ("changed ones count", {("tally", "failure")}),
    ],
)
def test_a_list_that_counts_follows_every_change(tmp_path: Path, flaw: str, found: set[tuple[str, str]]) -> None:
    assert found == verdicts(tmp_path, dishes_document(), Dishes(flaw), "tally", "create")


def test_what_no_sentence_says_is_not_counted(tmp_path: Path) -> None:
    document = dishes_document("Spices, with figures.")

    assert not verdicts(tmp_path, document, Dishes("deleted ones count"), "tally")
