"""Orders of a hotel: they name a room by its number, are due at a moment, and may overlap."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
NUMBER: Node = {"type": "string", "pattern": "^[1-9][0-9]{2}$"}
BEDS: Node = {"beds": {"type": "integer", "minimum": 1, "maximum": 6}}
ROOM: Node = {"type": "object", "required": ["number", "beds"], "properties": {"number": {"type": "string"}, **BEDS}}
ORDER: Node = {
    "room": NUMBER,
    "due": {"type": "string", "format": "date-time"},
    "minutes": {"type": "integer", "minimum": 5, "maximum": 120},
}


def hotel(flaw: str = "") -> Callable[[Ask], Answer]:
    """The server. An order of a room that there is not is refused with 422."""
    rooms: dict[str, Node] = {}
    orders: list[Node] = []

    def put(number: str, ask: Ask) -> Answer:
        beds = sent(ask).get("beds")
        if type(beds) is not int or not 1 <= beds <= 6:
            return Answer(400)
        is_new = number not in rooms
        rooms[number] = {"number": number, "beds": beds}
        return Answer(201 if is_new else 200, rooms[number])

    def order(ask: Ask) -> Answer:
        body = sent(ask)
        if not _is_valid(body) or (flaw == "less than two hours" and body["minutes"] == 120):
            return Answer(400)
        if body["room"] not in rooms:
            return Answer(422)
        due = re.sub(r"(?i)(z|[+-]\d\d:\d\d)$", "Z", body["due"]) if flaw == "no offset" else body["due"]
        orders.append({"id": len(orders) + 1, **body, "due": due})
        return Answer(201, orders[-1])

    def handle(ask: Ask) -> Answer:
        _, kind, *rest = ask.path.split("/")
        if kind == "rooms":
            return (
                put(rest[0], ask)
                if ask.method == "PUT"
                else Answer(200, rooms[rest[0]])
                if rest[0] in rooms
                else Answer(404)
            )
        if not rest:
            return order(ask)
        return Answer(200, orders[int(rest[0]) - 1]) if int(rest[0]) <= len(orders) else Answer(404)

    return handle


def _is_valid(body: Node) -> bool:
    try:
        datetime.fromisoformat(body["due"].upper())
    except (KeyError, AttributeError, ValueError):
        return False
    minutes = body.get("minutes")
    return isinstance(body.get("room"), str) and type(minutes) is int and 5 <= minutes <= 120


def paths(said: str = "") -> Node:
    new: Node = {"type": "object", "required": [*ORDER], "properties": ORDER}
    shown: Node = {"type": "object", "required": ["id", *ORDER], "properties": {"id": {"type": "integer"}, **ORDER}}
    beds: Node = {"type": "object", "required": ["beds"], "properties": BEDS}
    return {
        "/rooms/{number}": {
            "parameters": [path_parameter("number", NUMBER)],
            "put": {"requestBody": takes(beds), "responses": answers(ROOM) | answers(ROOM, "201") | {"400": NO}},
            "get": {"responses": answers(ROOM) | {"404": NO}},
        },
        "/orders": {
            "post": {
                "description": said,
                "requestBody": takes(new),
                "responses": answers(shown, "201") | {"400": NO, "422": NO},
            }
        },
        "/orders/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(shown) | {"404": NO}},
        },
    }


CHECKS = ("create", "validation", "edge-input", "read-back")


@pytest.mark.parametrize(
    ("flaw", "said", "found"),
    [
        ("", "", set()),
        ("no offset", "", {"edge-input"}),
        ("less than two hours", "Orders of one room may overlap.", {"validation", "edge-input"}),
        ("less than two hours", "Orders of one room must not overlap.", set()),
    ],
    ids=["correct", "an offset is dropped", "the maximum is refused", "it may overlap another order"],
)
def test_orders_of_rooms_that_a_put_makes_are_checked_as_a_whole(
    tmp_path: Path, flaw: str, said: str, found: set[str]
) -> None:
    """The room of an order has the pattern of the path parameter, which the schema of a room does not repeat."""
    seen = verdicts(tmp_path, paths(said), hotel(flaw), *CHECKS)

    assert {check for check, verdict in seen if verdict == "failure"} == found
