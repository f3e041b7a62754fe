"""Guests of boat trips are put without a body: the first who waits moves up, and a new trip has no old guests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
NUMBER: Node = {"type": "integer"}
TRIP: Node = {"key": {"type": "string", "pattern": "^[a-z]{3,12}$"}, "title": TEXT, "seats": {**NUMBER, "minimum": 1}}
GUEST: Node = {
    "type": "object",
    "required": ["guest", "state", "table"],
    "properties": {
        "guest": TEXT,
        "state": {"type": "string", "enum": ["aboard", "waiting"]},
        "table": {"type": ["integer", "null"]},
    },
}
ABOARD: Node = {**NUMBER, "minimum": 0}
REPORT: Node = {"type": "object", "properties": {"aboard": ABOARD, "lowest_table": {"type": ["integer", "null"]}}}


def trips_document() -> Node:
    trip: Node = {"type": "object", "required": [*TRIP], "properties": TRIP}
    at: Node = {"parameters": [path_parameter("key")]}
    guest: Node = {"parameters": [path_parameter("key"), path_parameter("guest", {"type": "string"})]}
    return {
        "/trips": {
            "get": {"responses": answers({"type": "array", "items": trip})},
            "post": {
                "requestBody": takes(trip),
                "responses": answers(trip, "201") | {"409": {"description": "The key is in use."}, "422": NO},
            },
        },
        "/trips/{key}": {
            **at,
            "get": {"responses": answers(trip) | {"404": NO}},
            "delete": {"description": "Deletes the trip with all its guests.", "responses": {"204": NO, "404": NO}},
        },
        "/trips/{key}/guests": {
            **at,
            "get": {"responses": answers({"type": "array", "items": GUEST}) | {"404": NO}},
        },
        "/trips/{key}/guests/{guest}": {
            **guest,
            "get": {"responses": answers(GUEST) | {"404": NO}},
            "put": {
                "description": "Takes the guest aboard, or lets him wait if the trip is full.",
                "responses": answers(GUEST) | answers(GUEST, "201") | {"404": NO},
            },
            "delete": {
                "description": "Takes the guest off the list. The guest who has waited longest gets a free seat.",
                "responses": {"204": NO, "404": NO},
            },
        },
        "/trips/{key}/report": {**at, "get": {"responses": answers(REPORT) | {"404": NO}}},
    }


class Trips:
    """Trips with guests, the first of them aboard. `flaw` names what is wrong."""

    def __init__(self, flaw: str = "") -> None:
        self.flaw = flaw
        self.trips: dict[str, Node] = {}
        self.guests: dict[str, dict[str, str]] = {}
        self.had_guests = False

    def __call__(self, ask: Ask) -> Answer:
        _, *rest = ask.path.strip("/").split("/")
        if not rest:
            return self.planned(sent(ask)) if ask.method == "POST" else Answer(200, [*self.trips.values()])
        trip = self.trips.get(rest[0])
        if trip is None:
            return Answer(404)
        guests = self.guests.setdefault(rest[0], {})
        if rest[1:] == ["report"]:
            return self.report(guests)
        if rest[1:] == ["guests"]:
            return Answer(200, [self.shown(guests, each) for each in guests])
        if len(rest) == 3:
            return self.of_guest(ask, trip, guests, rest[2])
        if ask.method == "DELETE":
            del self.trips[rest[0]]
            if self.flaw != "guests outlive their trip":
                del self.guests[rest[0]]
            return Answer(204)
        return Answer(200, trip)

    def planned(self, body: Node) -> Answer:
        if not re.fullmatch(TRIP["key"]["pattern"], str(body.get("key"))):
            return Answer(422)
        if body["key"] in self.trips:
            return Answer(409)
        self.trips[body["key"]] = {name: body[name] for name in TRIP}
        return Answer(201, self.trips[body["key"]])

    def of_guest(self, ask: Ask, trip: Node, guests: dict[str, str], name: str) -> Answer:
        if ask.method == "PUT":
            is_new = name not in guests
            states = [*guests.values()]
            self.had_guests = True
            guests.setdefault(name, "aboard" if states.count("aboard") < trip["seats"] else "waiting")
            return Answer(201 if is_new else 200, self.shown(guests, name))
        if name not in guests:
            return Answer(404)
        if ask.method == "DELETE":
            left = guests.pop(name)
            waiting = [each for each, state in guests.items() if state == "waiting"]
            if left == "aboard" and waiting:
                guests[waiting[-1 if self.flaw == "the last one moves up" else 0]] = "aboard"
            return Answer(204)
        return Answer(200, self.shown(guests, name))

    def report(self, guests: dict[str, str]) -> Answer:
        aboard = [*guests.values()].count("aboard")
        if self.flaw == "the report fails" and aboard:
            return Answer(500)
        if self.flaw == "an empty trip is counted wrongly" and self.had_guests and not guests:
            return Answer(200, {"aboard": -1, "lowest_table": None})
        return Answer(200, {"aboard": aboard, "lowest_table": None})

    @staticmethod
    def shown(guests: dict[str, str], name: str) -> Node:
        return {"guest": name, "state": guests[name], "table": None}


@pytest.mark.parametrize(
    ("flaw", "found"),
    [
        ("", set()),
        ("the last one moves up", {("waiting-list", "failure")}),
        ("guests outlive their trip", {("recreated-item", "failure")}),
        ("an empty trip is counted wrongly", {("document", "failure")}),
        ("the report fails", {("state-views", "failure"), ("document", "failure")}),
    ],
)
def test_guests_without_a_body_are_examined(tmp_path: Path, flaw: str, found: set[tuple[str, str]]) -> None:
    checks = ["create", "listed", "read-back", "deleted-owner", "waiting-list", "recreated-item", "state-views"]

    assert found == verdicts(tmp_path, trips_document(), Trips(flaw), *checks)
