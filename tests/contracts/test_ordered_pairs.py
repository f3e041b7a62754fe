"""Correct services whose values must fit together: two days in order, and the id of a room that exists."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
DAY: Node = {"type": "string", "format": "date"}
NUMBER: Node = {"type": "integer", "format": "int64"}


class Bookings:
    """Rooms, and bookings of them from one day to another."""

    def __init__(self, low: str, high: str, bug: str = "") -> None:
        self.low, self.high, self.bug = low, high, bug
        self.rooms: list[Node] = []
        self.bookings: dict[int, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        body, one = sent(ask), re.fullmatch(r"/(rooms|bookings)/(\d+)", ask.path)
        if ask.path == "/rooms":
            return self._room(body) if ask.method == "POST" else Answer(200, self.rooms)
        if ask.path == "/bookings":
            return self._save(len(self.bookings), body) if ask.method == "POST" else self._all()
        if one is None:
            return Answer(404)
        kept = dict(enumerate(self.rooms)) if one[1] == "rooms" else self.bookings
        if int(one[2]) not in kept:
            return Answer(404)
        return self._save(int(one[2]), body) if ask.method == "PUT" else Answer(200, kept[int(one[2])])

    def _room(self, body: Node) -> Answer:
        if not isinstance(body.get("name"), str):
            return Answer(422)
        self.rooms.append({"name": body["name"], "id": len(self.rooms)})
        return Answer(201, self.rooms[-1])

    def _all(self) -> Answer:
        return Answer(200, list(self.bookings.values()))

    def _save(self, id: int, body: Node) -> Answer:
        try:
            first, last = (date.fromisoformat(body[name]) for name in (self.low, self.high))
        except (KeyError, ValueError, TypeError):
            return Answer(422)
        room, guest = body.get("room_id"), body.get("guest")
        is_known = type(room) is int and 0 <= room < len(self.rooms)
        if not is_known or not isinstance(guest, str) or not 1 <= len(guest) <= 80 or last < first:
            return Answer(422)
        if self.bug == "one letter refused" and len(guest) < 2:
            return Answer(422)
        status = 200 if id in self.bookings else 201
        self.bookings[id] = {**body, "id": id}
        return Answer(status, self.bookings[id])


def bookings_document(low: str, high: str) -> Node:
    room: Node = {"type": "object", "required": ["name"], "properties": {"id": NUMBER, "name": TEXT}}
    asked: Node = {
        "type": "object",
        "required": ["room_id", "guest", low, high],
        "properties": {"room_id": NUMBER, "guest": {**TEXT, "minLength": 1, "maxLength": 80}, low: DAY, high: DAY},
    }
    booking: Node = {**asked, "properties": {"id": NUMBER, **asked["properties"]}}
    unknown = {"422": {"description": "There is no such room, or the last day is before the first"}}
    return {
        "/rooms": {
            "get": {"responses": answers({"type": "array", "items": room})},
            "post": {
                "requestBody": takes({**room, "properties": {"name": TEXT}}),
                "responses": answers(room, "201") | {"422": NO},
            },
        },
        "/rooms/{id}": {
            "parameters": [path_parameter("id", NUMBER)],
            "get": {"responses": answers(room) | {"404": NO}},
        },
        "/bookings": {
            "get": {"responses": answers({"type": "array", "items": booking})},
            "post": {"requestBody": takes(asked), "responses": answers(booking, "201") | unknown},
        },
        "/bookings/{id}": {
            "parameters": [path_parameter("id", NUMBER)],
            "get": {"responses": answers(booking) | {"404": NO}},
            "put": {"requestBody": takes(asked), "responses": answers(booking) | {"404": NO} | unknown},
        },
    }


@pytest.mark.parametrize(
    ("low", "high"), [("first_day", "last_day"), ("check_in", "check_out"), ("startsOn", "endsOn")]
)
@pytest.mark.parametrize(("bug", "expected"), [("", set()), ("one letter refused", {("validation", "failure")})])
def test_two_days_come_in_order_and_a_room_exists(
    tmp_path: Path, low: str, high: str, bug: str, expected: set[tuple[str, str]]
) -> None:
    checks = ("create", "validation", "read-back", "update", "text-preserved", "optional-fields")

    assert expected == verdicts(tmp_path, bookings_document(low, high), Bookings(low, high, bug), *checks)
