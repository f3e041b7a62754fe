"""Requests name entries of lists that no request adds to: the desks of a house, the currencies of a price."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.model.lookups import lookups
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, Small, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

NUMBER: Node = {"type": "integer"}
NO: Node = {"description": "no"}
DESKS: list[Node] = [{"id": number, "room": "A"} for number in (40017, 40018, 40019)]
CURRENCIES: list[Node] = [{"code": code, "name": code.lower()} for code in ("EUR", "CHF")]
KINDS: list[Node] = [{"id": number, "name": name} for number, name in ((1, "quiet"), (2, "loud"))]
EXTRAS: list[Node] = [{"id": "b7", "name": "screen"}, {"id": "c9", "name": "lamp"}]
LISTED: dict[str, tuple[str, list[Node]]] = {
    "/desks": ("", DESKS),
    "/currencies": ("currencies", CURRENCIES),
    "/extras": ("items", EXTRAS),
    "/kinds": ("", KINDS),
}
"""What can only be listed, by its path, and the name of the list in its reply."""


def desk_document() -> Node:
    """Bookings of a desk, in a currency, of a kind, with extras."""
    line: Node = {"type": "object", "required": ["extra_id"], "properties": {"extra_id": TEXT, "pieces": NUMBER}}
    asked: Node = {
        "desk_id": NUMBER,
        "currency_code": {**TEXT, "minLength": 3, "maxLength": 3},
        "kind": TEXT,
        "lines": {"type": "array", "items": line, "minItems": 1},
        "note": TEXT,
    }
    optional: Node = {"parent_id": {**NUMBER, "description": "The booking that this one goes on with."}}
    booking: Node = {"type": "object", "required": ["id", *asked], "properties": {"id": NUMBER, **asked}}
    new: Node = {"type": "object", "required": [*asked], "properties": {**asked, **optional}}
    refused: Node = {"404": {"description": "There is no such desk, currency or extra."}, "422": NO}
    paths: Node = {
        "/bookings": {
            "get": {"responses": answers({"type": "array", "items": booking})},
            "post": {"requestBody": takes(new), "responses": answers(booking, "201") | refused},
        },
        "/bookings/{id}": {
            "parameters": [path_parameter("id", NUMBER)],
            "get": {"responses": answers(booking) | {"404": NO}},
            "put": {"requestBody": takes(new), "responses": answers(booking) | refused},
            "delete": {"responses": {"204": NO, "404": NO}},
        },
    }
    for path, (name, entries) in LISTED.items():
        shown = {key: NUMBER if type(value) is int else TEXT for key, value in entries[0].items()}
        entry: Node = {"type": "object", "required": [*shown], "properties": shown}
        body: Node = {"type": "array", "items": entry}
        body = {"type": "object", "required": [name], "properties": {name: body}} if name else body
        paths[path] = {"get": {"responses": answers(body)}}
    return paths


class Desks:
    """The server. `broken` is what it does wrong."""

    def __init__(self, broken: str = "") -> None:
        self.broken, self.bookings = broken, dict[int, Node]()
        self.last = 0

    def __call__(self, ask: Ask) -> Answer:
        if ask.path in LISTED and ask.method == "GET":
            name, entries = LISTED[ask.path]
            return Answer(200, {name: entries} if name else entries)
        match = re.fullmatch(r"/bookings(?:/(\d+))?", ask.path)
        if match is None:
            return Answer(404)
        if not match[1]:
            return self._booked(ask, None) if ask.method == "POST" else Answer(200, [*self.bookings.values()])
        one = self.bookings.get(int(match[1]))
        if one is None:
            return Answer(404)
        if ask.method == "DELETE":
            del self.bookings[one["id"]]
            return Answer(204)
        return self._booked(ask, one) if ask.method == "PUT" else Answer(200, one)

    def _booked(self, ask: Ask, one: Node | None) -> Answer:
        body = sent(ask)
        lines, fields = body.get("lines"), ("desk_id", "currency_code", "kind", "lines", "note")
        if not isinstance(lines, list) or not lines or not all(isinstance(each, dict) for each in lines):
            return Answer(422)
        if type(body.get("desk_id")) is not int or type(body.get("note")) is not str:
            return Answer(422)
        named = [(body["desk_id"], DESKS, "id"), (body.get("currency_code"), CURRENCIES, "code")]
        named += [(body.get("kind"), KINDS, "name")]
        named += [(each.get("extra_id"), EXTRAS, "id") for each in lines]
        if not all(value in [each[key] for each in entries] for value, entries, key in named):
            return Answer(404)
        self.last += one is None
        made = {"id": one["id"] if one else self.last, **{name: body[name] for name in fields}}
        if one is not None and self.broken == "changed lines are forgotten":
            made["lines"] = one["lines"]
        self.bookings[made["id"]] = made
        return Answer(200 if one else 201, made)


@pytest.mark.parametrize("broken", ["", "changed lines are forgotten"])
def test_a_request_names_an_entry_of_a_list_that_nothing_is_added_to(tmp_path: Path, broken: str) -> None:
    file = tmp_path / "desks.json"
    file.write_text(json.dumps(document(desk_document())))
    checks = ("create", "read-back", "listed", "update-every-field", "edge-input", "optional-fields", "delete")
    with Target.asgi(Small(Desks(broken))) as target:
        result = run_checks(contracts.of(file), target, only=checks)

    found = {(each.check, each.verdict) for each in result.findings}
    assert found == ({("update-every-field", "failure")} if broken else set())
    assert set(result.outcomes.values()) == ({"passed", "failed"} if broken else {"passed"})


HOUSES: list[Node] = [{"id": 7001, "name": "Main"}, {"id": 7002, "name": "Annex"}]
ROOMS: list[Node] = [{"id": 311, "seats": 4}, {"id": 312, "seats": 8}]


def room_document() -> Node:
    """Meetings in the rooms of a house. Houses and rooms are only listed."""
    asked: Node = {"room_id": NUMBER, "note": TEXT}
    meeting: Node = {"type": "object", "required": ["id", *asked], "properties": {"id": NUMBER, **asked}}
    new: Node = {"type": "object", "required": [*asked], "properties": asked}
    house: Node = {"type": "object", "required": ["id", "name"], "properties": {"id": NUMBER, "name": TEXT}}
    room: Node = {"type": "object", "required": ["id", "seats"], "properties": {"id": NUMBER, "seats": NUMBER}}
    above = [path_parameter("house_id", NUMBER)]
    return {
        "/houses": {"get": {"responses": answers({"type": "array", "items": house})}},
        "/houses/{house_id}/rooms": {
            "parameters": above,
            "get": {"responses": answers({"type": "array", "items": room}) | {"404": NO}},
        },
        "/houses/{house_id}/meetings": {
            "parameters": above,
            "get": {"responses": answers({"type": "array", "items": meeting}) | {"404": NO}},
            "post": {"requestBody": takes(new), "responses": answers(meeting, "201") | {"404": NO, "422": NO}},
        },
        "/houses/{house_id}/meetings/{id}": {
            "parameters": [*above, path_parameter("id", NUMBER)],
            "get": {"responses": answers(meeting) | {"404": NO}},
        },
    }


class Rooms:
    """The server. The second house has no rooms."""

    def __init__(self) -> None:
        self.meetings: list[Node] = []

    def __call__(self, ask: Ask) -> Answer:
        if ask.path == "/houses" and ask.method == "GET":
            return Answer(200, HOUSES)
        match = re.fullmatch(r"/houses/700([12])/(rooms|meetings)(?:/(\d+))?", ask.path)
        if match is None or ask.method not in ("GET", "POST"):
            return Answer(404)
        if match[2] == "rooms" and ask.method == "GET":
            return Answer(200, ROOMS if match[1] == "1" else [])
        if ask.method == "POST":
            body = sent(ask)
            if type(body.get("room_id")) is not int or type(body.get("note")) is not str:
                return Answer(422)
            if match[1] != "1" or body["room_id"] not in [each["id"] for each in ROOMS]:
                return Answer(404)
            self.meetings.append({"id": len(self.meetings) + 1, **{name: body[name] for name in ("room_id", "note")}})
            return Answer(201, self.meetings[-1])
        found = [each for each in self.meetings if str(each["id"]) == match[3]]
        shown = self.meetings if match[1] == "1" else []
        return Answer(200, shown) if not match[3] else Answer(200, found[0]) if found else Answer(404)


def test_a_request_names_an_entry_of_a_list_below_the_same_item(tmp_path: Path) -> None:
    file = tmp_path / "rooms.json"
    file.write_text(json.dumps(document(room_document())))
    with Target.asgi(Small(Rooms())) as target:
        result = run_checks(contracts.of(file), target, only=("create", "read-back", "listed", "optional-fields"))

    assert [(each.check, each.expected, each.seen) for each in result.findings] == []
    assert result.outcomes["POST /houses/{house_id}/meetings", "create"] == "passed"


@pytest.mark.parametrize(
    ("field", "schema", "found"),
    [
        ("region", TEXT, "GET /regions code"),
        ("home_region", TEXT, "GET /regions code"),
        ("region_id", NUMBER, "GET /regions id"),
        ("message", TEXT, ""),  # a text of its own
        ("region", {"type": "string", "enum": ["north", "south"]}, ""),
        ("regional", TEXT, ""),
        ("parent_id", NUMBER, ""),
    ],
)
def test_a_field_is_named_after_the_list_with_the_shortest_path(
    tmp_path: Path, field: str, schema: Node, found: str
) -> None:
    entry: Node = {"type": "object", "required": ["id"], "properties": {"id": NUMBER, "code": TEXT}}
    listed = {"get": {"responses": answers({"type": "array", "items": entry})}}
    new: Node = {"type": "object", "required": [field], "properties": {field: schema}}
    shop: Node = {"type": "object", "required": ["id"], "properties": {"id": NUMBER, field: schema}}
    paths: Node = {"/apps/regions": listed, "/regions": listed, "/messages": listed}
    paths["/shops"] = {"post": {"requestBody": takes(new), "responses": answers(shop, "201")}}
    paths["/shops/{id}"] = {"parameters": [path_parameter("id", NUMBER)], "get": {"responses": answers(shop)}}
    file = tmp_path / "shops.json"
    file.write_text(json.dumps(document(paths)))

    named = [f"{each.resource} {each.key}" for each in lookups(contracts.of(file)).get("shop", ())]

    assert named == ([found] if found else [])
