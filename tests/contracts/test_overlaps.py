"""Boats that are hired for some days: no boat is hired twice at a time, and several are hired at once or none is."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, Small, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask, elsewhere
from tests.web.document import Node, answers, document, takes

DAY: Node = {"type": "string", "format": "date"}
NO: Node = {"description": "no"}
HIRE: Node = {"boat_id": {"type": "integer"}, "skipper": TEXT, "from_day": DAY, "to_day": DAY}
NEW: Node = {"type": "object", "required": list(HIRE), "additionalProperties": False, "properties": HIRE}
SHOWN: Node = {**NEW, "required": ["id", *HIRE], "properties": {"id": {"type": "integer"}, **HIRE}}
BOAT: Node = {"type": "object", "required": ["name"], "additionalProperties": False, "properties": {"name": TEXT}}
NAMED: Node = {"type": "object", "properties": {"id": {"type": "integer"}, "name": TEXT}}
BATCH: Node = {
    "type": "object",
    "required": ["hires"],
    "properties": {"hires": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/NewHire"}}},
}


def boats_document() -> Node:
    refused = {
        "409": {"description": "The boat is hired already on one of the days"},
        "422": {"description": "There is no such boat, or it ends before it begins"},
    }
    body = {"$ref": "#/components/schemas/NewHire"}
    return {
        "/boats": {"post": {"requestBody": takes(BOAT), "responses": answers(NAMED, "201") | {"400": NO}}},
        "/boats/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(NAMED) | {"404": NO}},
        },
        "/hires": {
            "get": {"responses": answers({"type": "array", "items": SHOWN})},
            "post": {"requestBody": takes(body), "responses": answers(SHOWN, "201") | {"400": NO} | refused},
        },
        "/hires/batch": {
            "post": {
                "description": "Hires all boats or none.",
                "requestBody": takes(BATCH),
                "responses": answers({"type": "array", "items": SHOWN}, "201") | {"400": NO} | refused,
            }
        },
        "/hires/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(SHOWN) | {"404": NO}},
            "delete": {"responses": {"204": NO, "404": NO}},
        },
    }


class Boats:
    def __init__(self, broken: str = "") -> None:
        self.broken = broken
        self.boats: list[Node] = []
        self.hires: dict[int, Node] = {}
        self.last = 0

    def __call__(self, ask: Ask) -> Answer:
        _, kind, *rest = ask.path.split("/")
        body = sent(ask)
        if (ask.method, kind, rest) == ("POST", "boats", []):
            return self._build(body)
        if kind == "boats" and rest and rest[0].isdigit() and int(rest[0]) < len(self.boats):
            return Answer(200, self.boats[int(rest[0])])
        if kind != "hires":
            return Answer(404)
        if not rest:
            return Answer(200, list(self.hires.values())) if ask.method == "GET" else self._hire(body)
        if rest == ["batch"] and ask.method == "POST":
            return self._all(body)
        item = self.hires.get(int(rest[0])) if rest[0].isdigit() else None
        if item is None:
            return Answer(404)
        if ask.method == "DELETE":
            del self.hires[item["id"]]
            return Answer(204)
        return Answer(200, item)

    def _build(self, body: Node) -> Answer:
        if body.keys() != {"name"} or not isinstance(body["name"], str):
            return Answer(400)
        self.boats.append({"id": len(self.boats), **body})
        return Answer(201, self.boats[-1])

    def _hire(self, body: Node) -> Answer:
        try:
            begin, end = (date.fromisoformat(str(body.get(name))) for name in ("from_day", "to_day"))
        except ValueError:
            return Answer(400)
        if body.keys() != HIRE.keys() or not isinstance(body["skipper"], str) or type(body["boat_id"]) is not int:
            return Answer(400)
        if not 0 <= body["boat_id"] < len(self.boats) or end < begin:
            return Answer(422)
        for each in self.hires.values():
            is_later = str(each["to_day"]) < body["from_day"] or str(each["from_day"]) > body["to_day"]
            if each["boat_id"] == body["boat_id"] and not is_later and self.broken != "overlap":
                return Answer(409)
        self.last += 1
        self.hires[self.last] = {"id": self.last, **body}
        return Answer(201, self.hires[self.last])

    def _all(self, body: Node) -> Answer:
        wanted = body.get("hires")
        if not isinstance(wanted, list) or not wanted or not all(isinstance(each, dict) for each in wanted):
            return Answer(400)
        before, made = dict(self.hires), []
        for each in wanted:
            answer = self._hire(each)
            if answer.status != 201:
                self.hires = self.hires if self.broken == "half" else before
                return Answer(answer.status)
            made.append(answer.body)
        return Answer(201, made)


@pytest.mark.parametrize(("broken", "found"), [("", set()), ("overlap", {"overlap"}), ("half", {"whole-batch"})])
def test_what_is_said_about_times_and_about_all_or_none_is_tried(tmp_path: Path, broken: str, found: set[str]) -> None:
    checks = ("create", "listed", "lifecycle", "overlap", "whole-batch", "unique", "duplicates-allowed", "validation")

    seen = verdicts(tmp_path, boats_document(), Boats(broken), *checks, components={"schemas": {"NewHire": NEW}})

    assert {(check, "failure") for check in found} == seen


class RacingBoats(Boats):
    """Looks for another hire, waits for its database, and stores the hire then."""

    async def answer(self, ask: Ask) -> Answer:
        answer = self(ask)
        if answer.status == 201 and "day" in ask.raw.decode():
            kept = self.hires.pop(self.last)
            await elsewhere()
            self.hires[kept["id"]] = kept
        return answer


def test_requests_for_the_same_days_at_the_same_time_are_not_all_accepted(tmp_path: Path) -> None:
    file = tmp_path / "boats.json"
    file.write_text(json.dumps(document(boats_document(), components={"schemas": {"NewHire": NEW}})))
    contract = contracts.of(file)
    server, racing = RacingBoats(), Small(Boats())
    racing.answer = server.answer  # type: ignore[method-assign]
    with Target.asgi(racing, []) as target:
        result = run_checks(contract, target, only=["overlap"])

    assert ["failure"] == [each.verdict for each in result.findings]
    assert "of 6 concurrent requests" in result.findings[0].expected
