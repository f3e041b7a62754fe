"""Alarms ring the sirens that listen: a repeated key makes no siren ring again, though the request names none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
NUMBER: Node = {"type": "integer"}
KIND: Node = {"type": "string", "enum": ["fire", "flood", "storm"]}
KINDS: Node = {"type": "array", "minItems": 1, "uniqueItems": True, "items": KIND}
SIREN: Node = {
    "type": "object",
    "required": ["id", "roof", "kinds"],
    "properties": {"id": NUMBER, "roof": TEXT, "kinds": KINDS},
}
ALARM: Node = {
    "type": "object",
    "required": ["id", "kind", "place"],
    "properties": {"id": NUMBER, "kind": KIND, "place": TEXT},
}
RINGS: Node = {
    "type": "object",
    "required": ["rings", "total"],
    "properties": {"rings": {"type": "array", "items": {"type": "object"}}, "total": NUMBER},
}


def town() -> Node:
    def new(item: Node) -> Node:
        properties = {name: schema for name, schema in item["properties"].items() if name != "id"}
        return takes({"type": "object", "required": [*properties], "properties": properties})

    key = {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string"}}
    one = [path_parameter("id", NUMBER)]
    return {
        "/sirens": {"post": {"requestBody": new(SIREN), "responses": answers(SIREN, "201")}},
        "/sirens/{id}": {"parameters": one, "get": {"responses": answers(SIREN) | {"404": NO}}},
        "/sirens/{id}/rings": {"parameters": one, "get": {"responses": answers(RINGS) | {"404": NO}}},
        "/alarms": {
            "post": {"parameters": [key], "requestBody": new(ALARM), "responses": answers(ALARM, "201") | {"409": NO}},
            "get": {"responses": answers({"type": "array", "items": ALARM})},
        },
        "/alarms/{id}": {"parameters": one, "get": {"responses": answers(ALARM) | {"404": NO}}},
    }


class Town:
    """The server. If it `rings_again`, a repeated request rings the sirens, too."""

    def __init__(self, *, rings_again: bool) -> None:
        self.rings_again = rings_again
        self.sirens, self.alarms = list[Node](), list[Node]()
        self.rings: dict[int, int] = {}
        self.known: dict[str, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        kind, *rest = ask.path.strip("/").split("/")
        items = self.sirens if kind == "sirens" else self.alarms
        if not rest:
            return self.all(ask, items)
        found = next((each for each in items if str(each["id"]) == rest[0]), None)
        if found is None:
            return Answer(404)
        rung = self.rings.get(found["id"], 0)
        return Answer(200, {"rings": [{}] * rung, "total": rung} if rest[1:] else found)

    def all(self, ask: Ask, items: list[Node]) -> Answer:
        if ask.method == "GET":
            return Answer(200, items)
        key = ask.headers.get("idempotency-key", "")
        made = self.known.get(key) if items is self.alarms else None
        is_new = made is None
        made = made or {"id": len(items) + 1, **sent(ask)}
        if items is self.alarms:
            self.known[key] = made
            for siren in self.sirens if is_new or self.rings_again else ():
                if made["kind"] in siren["kinds"]:
                    self.rings[siren["id"]] = self.rings.get(siren["id"], 0) + 1
        items += [made] * is_new
        return Answer(201, made)


@pytest.mark.parametrize(("rings_again", "found"), [(False, set()), (True, {("idempotency-key", "failure")})])
def test_a_repeated_key_affects_nothing_that_the_request_does_not_name(
    tmp_path: Path, rings_again: bool, found: set[tuple[str, str]]
) -> None:
    assert found == verdicts(tmp_path, town(), Town(rings_again=rings_again), "idempotency-key")
