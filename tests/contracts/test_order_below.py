"""The items below an item in the order in which they were added, though a client sends a date of each."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from contracts.client.builtin_mock import sandbox
from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

NO: Node = {"description": "no"}
NUMBER: Node = {"type": "integer"}
READING: dict[str, Node] = {"value": {"type": "integer", "minimum": 0}, "read_on": {"type": "string", "format": "date"}}


def meters_document(said: str) -> Node:
    """Meters with their readings; `said` is the summary of the list of readings."""
    new: Node = {"type": "object", "required": ["flat"], "properties": {"flat": TEXT}}
    meter: Node = {"type": "object", "required": ["id", "flat"], "properties": {"id": NUMBER, "flat": TEXT}}
    asked: Node = {"type": "object", "required": [*READING], "properties": READING}
    reading: Node = {"type": "object", "required": ["id", *READING], "properties": {"id": NUMBER, **READING}}
    return {
        "/meters": {
            "get": {"responses": answers({"type": "array", "items": meter})},
            "post": {"requestBody": takes(new), "responses": answers(meter, "201") | {"422": NO}},
        },
        "/meters/{id}": {
            "parameters": [path_parameter("id", NUMBER)],
            "get": {"responses": answers(meter) | {"404": NO}},
        },
        "/meters/{id}/readings": {
            "parameters": [path_parameter("id", NUMBER)],
            "get": {"summary": said, "responses": answers({"type": "array", "items": reading}) | {"404": NO}},
            "post": {"requestBody": takes(asked), "responses": answers(reading, "201") | {"404": NO, "422": NO}},
        },
    }


class Meters:
    """The service. Its readings are in the order of their addition, or `by` another one."""

    def __init__(self, by: str = "") -> None:
        self.by = by
        self.readings: dict[int, list[Node]] = {}
        self.meters: dict[int, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/meters(?:/(\d+)(/readings)?)?", ask.path)
        if match is None:
            return Answer(404, {})
        if not match[1]:
            return self._meter(sent(ask)) if ask.method == "POST" else Answer(200, [*self.meters.values()])
        id = int(match[1])
        if id not in self.meters:
            return Answer(404, {})
        if not match[2]:
            return Answer(200, self.meters[id])
        if ask.method == "POST":
            made = {"id": sum(map(len, self.readings.values())) + 1, **{name: sent(ask).get(name) for name in READING}}
            if type(made["value"]) is not int or not re.fullmatch(r"\d{4}-\d\d-\d\d", str(made["read_on"])):
                return Answer(422, {})
            self.readings[id].append(made)
            return Answer(201, made)
        shown = self.readings[id]
        return Answer(200, sorted(shown, key=lambda each: each[self.by]) if self.by else shown)

    def _meter(self, body: Node) -> Answer:
        if not isinstance(body.get("flat"), str):
            return Answer(422, {})
        id = len(self.meters) + 1
        self.meters[id], self.readings[id] = {"id": id, "flat": body["flat"]}, []
        return Answer(201, self.meters[id])


SENTENCES = (
    "Readings of a meter, in the order in which they were added",
    "Readings in the order they were entered.",
    "The readings in order of addition",
)


@pytest.mark.parametrize("said", SENTENCES)
@pytest.mark.parametrize(("by", "found"), [("", set()), ("read_on", {("order", "failure")})])
def test_a_list_in_another_order_than_that_of_addition_is_found(
    tmp_path: Path, said: str, by: str, found: set[tuple[str, str]]
) -> None:
    assert found == verdicts(tmp_path, meters_document(said), Meters(by), "order")


@pytest.mark.parametrize("said", SENTENCES)
def test_the_mock_is_in_that_order(tmp_path: Path, said: str) -> None:
    file = tmp_path / "meters.json"
    file.write_text(json.dumps(document(meters_document(said))))
    with Target.asgi(sandbox(file, seed=3), []) as target:
        result = run_checks(contracts.of(file), target, seed=3)

    assert [] == [each for each in result.findings if each.verdict == "failure"]
    assert "passed" in {outcome for (_, check), outcome in result.outcomes.items() if check == "order"}
