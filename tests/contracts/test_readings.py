"""Items that come in the order of their times: a reading is later and higher than the last one of its gauge."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, Small, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

NUMBER: Node = {"type": "integer", "minimum": 0, "maximum": 999_999, "examples": [1]}
MOMENT: Node = {**TEXT, "format": "date-time", "examples": ["2026-11-02T06:30:00Z"]}


class Gauges:
    """Gauges, each with readings; one that is earlier or lower than the last is refused."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.readings: list[list[Node]] = []

    def __call__(self, ask: Ask) -> Answer:
        body: dict[str, Any] = sent(ask)
        if ask.path == "/gauges":
            if ask.method == "POST" and not isinstance(body.get("name"), str):
                return Answer(400)
            if ask.method == "POST":
                self.names.append(body["name"])
                self.readings.append([])
            found = [{"id": number, "name": name} for number, name in enumerate(self.names)]
            return Answer(201, found[-1]) if ask.method == "POST" else Answer(200, found)
        one = re.fullmatch(r"/gauges/(\d+)/readings(?:/(\d+))?", ask.path)
        if one is None or int(one[1]) >= len(self.readings):
            return Answer(404)
        return self._readings(ask, self.readings[int(one[1])], one[2])

    def _readings(self, ask: Ask, readings: list[Node], number: str | None) -> Answer:
        if number is not None:
            return Answer(200, readings[int(number)]) if int(number) < len(readings) else Answer(404)
        if ask.method == "GET":
            return Answer(200, readings)
        value, taken_at = sent(ask).get("value"), sent(ask).get("taken_at")
        if type(value) is not int or not isinstance(taken_at, str):
            return Answer(400)
        if readings and (taken_at <= str(readings[-1]["taken_at"]) or value < int(str(readings[-1]["value"]))):
            return Answer(409)
        readings.append({"id": len(readings), "value": value, "taken_at": taken_at})
        return Answer(201, readings[-1])


def gauges() -> Node:
    def thing(**fields: Node) -> Node:
        return {"type": "object", "required": [*fields], "properties": fields}

    no: Node = {"description": "no"}
    gauge, reading = thing(id={"type": "integer"}, name=TEXT), thing(id=NUMBER, value=NUMBER, taken_at=MOMENT)
    new = thing(value=NUMBER, taken_at=MOMENT)
    made = answers(reading, "201") | {"400": no, "404": no, "409": {"description": "there is a later or higher one"}}
    ids = [path_parameter("id", NUMBER), path_parameter("reading", NUMBER)]
    return document(
        {
            "/gauges": {
                "get": {"responses": answers({"type": "array", "items": gauge})},
                "post": {"requestBody": takes(thing(name=TEXT)), "responses": answers(gauge, "201") | {"400": no}},
            },
            "/gauges/{id}/readings": {
                "parameters": ids[:1],
                "get": {"responses": answers({"type": "array", "items": reading}) | {"404": no}},
                "post": {"requestBody": takes(new), "responses": made},
            },
            "/gauges/{id}/readings/{reading}": {
                "parameters": ids,
                "get": {"responses": answers(reading) | {"404": no}},
            },
        }
    )


def test_several_readings_are_made_each_later_and_higher_than_the_last(tmp_path: Path) -> None:
    (tmp_path / "gauges.json").write_text(json.dumps(gauges()))
    with Target.asgi(Small(Gauges()), []) as target:
        result = run_checks(contracts.of(tmp_path / "gauges.json"), target, only=["create", "other-items-unchanged"])

    assert {"passed"} == {*result.outcomes.values()}
