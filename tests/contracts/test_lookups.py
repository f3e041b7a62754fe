"""Requests name entries of lists that no request adds to: the desks of a house, the currencies of a price."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, Small, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

NUMBER: Node = {"type": "integer"}
NO: Node = {"description": "no"}
DESKS: list[Node] = [{"id": number, "room": "A"} for number in (40017, 40018, 40019)]
CURRENCIES: list[Node] = [{"code": code, "name": code.lower()} for code in ("EUR", "CHF")]
EXTRAS: list[Node] = [{"id": "b7", "name": "screen"}, {"id": "c9", "name": "lamp"}]
LISTED: dict[str, tuple[str, list[Node]]] = {
    "/desks": ("", DESKS),
    "/currencies": ("currencies", CURRENCIES),
    "/extras": ("items", EXTRAS),
}
"""What can only be listed, by its path, and the name of the list in its reply."""


def desk_document() -> Node:
    """Bookings of a desk, in a currency, with extras."""
    line: Node = {"type": "object", "required": ["extra_id"], "properties": {"extra_id": TEXT, "pieces": NUMBER}}
    asked: Node = {
        "desk_id": NUMBER,
        "currency_code": {**TEXT, "minLength": 3, "maxLength": 3},
        "lines": {"type": "array", "items": line, "minItems": 1},
        "note": TEXT,
    }
    booking: Node = {"type": "object", "required": ["id", *asked], "properties": {"id": NUMBER, **asked}}
    new: Node = {"type": "object", "required": [*asked], "properties": asked}
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
        lines, fields = body.get("lines"), ("desk_id", "currency_code", "lines", "note")
        if not isinstance(lines, list) or not lines or not all(isinstance(each, dict) for each in lines):
            return Answer(422)
        if type(body.get("desk_id")) is not int or type(body.get("note")) is not str:
            return Answer(422)
        named = [(body["desk_id"], DESKS, "id"), (body.get("currency_code"), CURRENCIES, "code")]
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
