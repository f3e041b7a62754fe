"""Groups that wait for a ferry get places when enough become free, also a larger group than the one that left."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
NUMBER: Node = {"type": "integer"}
PLACES: Node = {"type": "integer", "minimum": 1, "maximum": 20}
FERRY: Node = {
    "type": "object",
    "required": ["id", "name", "capacity"],
    "properties": {"id": NUMBER, "name": TEXT, "capacity": PLACES},
}
GROUP: Node = {
    "type": "object",
    "required": ["id", "people", "state"],
    "properties": {"id": NUMBER, "people": PLACES, "state": {"type": "string", "enum": ["aboard", "waiting"]}},
}
SAID = "The waiting groups are then gone through in their order, and each for which there is room comes aboard."


def ferry_document() -> Node:
    """The paths of the document."""
    one = {"parameters": [path_parameter("id", NUMBER)]}
    new: Node = {"type": "object", "required": ["name", "capacity"], "properties": {"name": TEXT, "capacity": PLACES}}
    people: Node = {"type": "object", "required": ["people"], "properties": {"people": PLACES}}
    return {
        "/ferries": {"post": {"requestBody": takes(new), "responses": answers(FERRY, "201") | {"400": NO}}},
        "/ferries/{id}": {**one, "get": {"responses": answers(FERRY) | {"404": NO}}},
        "/ferries/{id}/groups": {
            **one,
            "post": {"requestBody": takes(people), "responses": answers(GROUP, "201") | {"400": NO, "404": NO}},
        },
        "/groups/{group_id}": {
            "parameters": [path_parameter("group_id", NUMBER)],
            "get": {"responses": answers(GROUP) | {"404": NO}},
            "delete": {"description": f"Takes the group off the list. {SAID}", "responses": {"204": NO, "404": NO}},
        },
    }


class Ferries:
    """The server. With `only_left` it fills no more places than the group had that left."""

    def __init__(self, *, only_left: bool) -> None:
        self.only_left, self.last = only_left, 0
        self.ferries: dict[int, Node] = {}
        self.groups: dict[int, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/(ferries|groups)(?:/(\d+)(/groups)?)?", ask.path)
        if match is None or (match[1] == "groups" and match[2] is None):
            return Answer(404)
        if match[2] is None:
            return self._ferry(sent(ask)) if ask.method == "POST" else Answer(405)
        item = (self.ferries if match[1] == "ferries" else self.groups).get(int(match[2]))
        if item is None:
            return Answer(404)
        if match[3]:
            return self._board(item, sent(ask)) if ask.method == "POST" else Answer(405)
        if match[1] == "groups" and ask.method == "DELETE":
            return self._leave(item)
        shown = {name: value for name, value in item.items() if name != "ferry"}
        return Answer(200, shown) if ask.method == "GET" else Answer(405)

    def _ferry(self, body: Node) -> Answer:
        if not isinstance(body.get("name"), str) or type(body.get("capacity")) is not int:
            return Answer(400)
        self.last += 1
        self.ferries[self.last] = {"id": self.last, "name": body["name"], "capacity": body["capacity"]}
        return Answer(201, self.ferries[self.last])

    def _free(self, ferry: int) -> int:
        aboard = [each for each in self.groups.values() if each["ferry"] == ferry and each["state"] == "aboard"]
        return int(self.ferries[ferry]["capacity"]) - sum(each["people"] for each in aboard)

    def _board(self, ferry: Node, body: Node) -> Answer:
        people = body.get("people")
        if type(people) is not int or not 1 <= people <= 20:
            return Answer(400)
        self.last += 1
        state = "aboard" if people <= self._free(ferry["id"]) else "waiting"
        self.groups[self.last] = {"id": self.last, "people": people, "state": state, "ferry": ferry["id"]}
        return Answer(201, {"id": self.last, "people": people, "state": state})

    def _leave(self, group: Node) -> Answer:
        del self.groups[group["id"]]
        free = group["people"] if self.only_left else self._free(group["ferry"])
        for each in self.groups.values():
            if each["ferry"] == group["ferry"] and each["state"] == "waiting" and each["people"] <= free:
                each["state"], free = "aboard", free - each["people"]
        return Answer(204)


@pytest.mark.parametrize(("only_left", "found"), [(False, set()), (True, {("waiting-amount", "failure")})])
def test_a_group_that_waits_gets_all_free_places(tmp_path: Path, only_left: bool, found: set[tuple[str, str]]) -> None:
    seen = verdicts(tmp_path, ferry_document(), Ferries(only_left=only_left), "waiting-amount")

    assert seen == found
