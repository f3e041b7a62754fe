"""Pumps have a lowest and a highest flow: what puts them out of order is refused, also if it sends only one of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.client import Client
from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, served, takes

NO: Node = {"description": "no"}
FLOW: Node = {"type": ["integer", "null"], "minimum": 0, "maximum": 5000}
FIELDS: Node = {"name": TEXT, "flow_low": FLOW, "flow_high": FLOW}
PUMP: Node = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, **FIELDS}}

RULE = "`flow_low` must not exceed `flow_high` if both are known."
TOO = "The pump that results must obey the rule about both flows, too."


def pumps(create: str = RULE, update: str = TOO, **fields: Node) -> Node:
    properties = FIELDS | fields
    new: Node = {"type": "object", "required": ["name"], "properties": properties}
    refused: Node = {"422": NO}
    return {
        "/pumps": {
            "get": {"responses": answers({"type": "array", "items": PUMP})},
            "post": {
                "description": f"Adds a pump. {create}",
                "requestBody": takes(new),
                "responses": answers(PUMP, "201") | refused,
            },
        },
        "/pumps/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(PUMP) | {"404": NO}},
            "patch": {
                "description": f"Changes a pump. {update}",
                "requestBody": takes({"type": "object", "properties": properties}),
                "responses": answers(PUMP) | refused | {"404": NO},
            },
            "delete": {"responses": {"204": NO, "404": NO}},
        },
    }


class Pumps:
    """Pumps that are kept in order. `flaw` names what is wrong."""

    def __init__(self, flaw: str = "") -> None:
        self.flaw = flaw
        self.pumps: list[Node | None] = []

    def __call__(self, ask: Ask) -> Answer:
        _, *rest = ask.path.strip("/").split("/")
        if not rest and ask.method == "GET":
            return Answer(200, [each for each in self.pumps if each])
        if not rest:
            new = {name: sent(ask).get(name) for name in FIELDS}
            if not self.is_right(new) and self.flaw != "a create is not checked":
                return Answer(422)
            self.pumps.append({"id": len(self.pumps) + 1, **new})
            return Answer(201, self.pumps[-1])
        number = int(rest[0]) - 1
        found = self.pumps[number] if 0 <= number < len(self.pumps) else None
        if found is None:
            return Answer(404)
        if ask.method == "DELETE":
            self.pumps[number] = None
            return Answer(204)
        if ask.method == "PATCH":
            change = {name: value for name, value in sent(ask).items() if name in FIELDS}
            if not self.is_right(change if self.flaw == "a change is compared with itself" else {**found, **change}):
                return Answer(422)
            found |= change
        return Answer(200, found)

    def is_right(self, pump: Node) -> bool:
        low, high = pump.get("flow_low"), pump.get("flow_high")
        if low is None or high is None:
            return True
        return bool(low < high if self.flaw == "equal flows are refused" else low <= high)


@pytest.mark.parametrize(
    ("flaw", "found"),
    [
        ("", set()),
        ("a create is not checked", {("ordered-fields", "failure")}),
        ("a change is compared with itself", {("ordered-fields", "failure")}),
        ("equal flows are refused", {("ordered-fields", "failure")}),
    ],
)
def test_what_puts_two_fields_out_of_order_is_refused(tmp_path: Path, flaw: str, found: set[tuple[str, str]]) -> None:
    assert found == verdicts(tmp_path, pumps(), Pumps(flaw), "ordered-fields", "update", "create")


def test_an_update_that_says_nothing_of_the_order_is_a_warning(tmp_path: Path) -> None:
    found = verdicts(tmp_path, pumps(update=""), Pumps("a change is compared with itself"), "ordered-fields")

    assert {("ordered-fields", "warning")} == found


@pytest.mark.parametrize(
    ("sentence", "field", "wrong"),
    [
        (RULE, "", (30, 20)),
        ("`flow_high` has to be greater than `flow_low`.", "", (20, 20)),
        ("Gives 422 if `flow_high` is below `flow_low`.", "", (30, 20)),
        ("Refused unless `flow_low` is less than or equal to `flow_high`.", "", (30, 20)),
        ("", "Litres a minute. Must be at least flow_low.", (30, 20)),
    ],
)
def test_the_mock_refuses_what_a_sentence_puts_out_of_order(
    tmp_path: Path, sentence: str, field: str, wrong: tuple[int, int]
) -> None:
    low, high = wrong
    app = served(tmp_path, document(pumps(sentence, "", flow_high={**FLOW, "description": field})))
    with Client(app) as client:
        right = client.post("/pumps", json={"name": "a", "flow_low": 10, "flow_high": 40})
        refused = client.post("/pumps", json={"name": "b", "flow_low": low, "flow_high": high})
        alone = client.patch(f"/pumps/{right.json()['id']}", json={"flow_low": 41})
        unknown = client.post("/pumps", json={"name": "c", "flow_low": 10, "flow_high": None})

    assert [201, 422, 422, 201] == [each.status_code for each in (right, refused, alone, unknown)]


@pytest.mark.parametrize(
    "sentence",
    [
        "`flow_low` is usually less than `flow_high`.",
        "`flow_low` may be greater than `flow_high`.",
        "`name` must be below `flow_high`.",
    ],
)
def test_a_sentence_that_demands_no_order_of_numbers_says_nothing(tmp_path: Path, sentence: str) -> None:
    file = tmp_path / "test.json"
    file.write_text(json.dumps(document(pumps(sentence, ""))))

    assert () == contracts.of(file).behaviour.resources["pump"].ordered


def test_the_mock_passes_its_own_check(tmp_path: Path) -> None:
    app = served(tmp_path, document(pumps()))
    with Target.asgi(app, []) as target:
        result = run_checks(contracts.of(tmp_path / "test.json"), target, only=["ordered-fields"])

    assert [] == list(result.findings)
    assert "passed" == result.outcomes["POST /pumps", "ordered-fields"]
