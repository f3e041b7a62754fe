"""The check `figure-floor`: a stock that never is negative, and requests that take more than there is."""

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
SIGNED: dict[str, Node] = {"quantity": {"type": "integer", "minimum": -10000, "maximum": 10000}}
KINDS: dict[str, Node] = {
    "quantity": {"type": "integer", "minimum": 1, "maximum": 10000}, "type": {"type": "string", "enum": ["in", "out"]},
}  # fmt: skip
ADDS = "Adds the quantity to the stock of the part."


def parts_document(said: str = "", refusal: str = "no", shown: str = "", fields: dict[str, Node] = SIGNED) -> Node:
    """Parts with their movements; what is said of a movement, of its 409, and of the stock."""
    new: Node = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}
    stock: Node = {"type": "integer", "readOnly": True} | ({"description": shown} if shown else {})
    own: Node = {"id": NUMBER, "name": TEXT, "stock": stock}
    part: Node = {"type": "object", "required": [*own], "properties": own}
    asked: Node = {"type": "object", "required": [*fields], "properties": fields}
    movement: Node = {"type": "object", "required": ["id", *fields], "properties": {"id": NUMBER, **fields}}
    refused: Node = {"404": NO, "409": {"description": refusal}, "422": NO}
    return {
        "/parts": {
            "get": {"responses": answers({"type": "array", "items": part})},
            "post": {"requestBody": takes(new), "responses": answers(part, "201") | {"422": NO}},
        },
        "/parts/{id}": {
            "parameters": [path_parameter("id", NUMBER)],
            "get": {"responses": answers(part) | {"404": NO}},
        },
        "/parts/{id}/movements": {
            "parameters": [path_parameter("id", NUMBER)],
            "get": {"responses": answers({"type": "array", "items": movement}) | {"404": NO}},
            "post": {
                "description": f"{ADDS if fields is SIGNED else ''} {said}".strip(),
                "requestBody": takes(asked),
                "responses": answers(movement, "201") | refused,
            },
        },
    }


class Parts:
    """The service. Where it is `lax`, it books more than there is."""

    def __init__(self, *, lax: bool = False) -> None:
        self.lax = lax
        self.parts: dict[int, Node] = {}
        self.movements: dict[int, list[Node]] = {}

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/parts(?:/(\d+)(/movements)?)?", ask.path)
        if match is None:
            return Answer(404, {})
        if not match[1]:
            return self._part(sent(ask)) if ask.method == "POST" else Answer(200, [*self.parts.values()])
        part = self.parts.get(int(match[1]))
        if part is None:
            return Answer(404, {})
        if not match[2]:
            return Answer(200, part)
        return self._moved(part, sent(ask)) if ask.method == "POST" else Answer(200, self.movements[part["id"]])

    def _part(self, body: Node) -> Answer:
        if not isinstance(body.get("name"), str):
            return Answer(422, {})
        id = len(self.parts) + 1
        self.parts[id], self.movements[id] = {"id": id, "name": body["name"], "stock": 0}, []
        return Answer(201, self.parts[id])

    def _moved(self, part: Node, body: Node) -> Answer:
        quantity, kind = body.get("quantity"), body.get("type", "in")
        if type(quantity) is not int or not -10000 <= quantity <= 10000 or kind not in ("in", "out"):
            return Answer(422, {})
        change = -quantity if kind == "out" else quantity
        if part["stock"] + change < 0 and not self.lax:
            return Answer(409, {})
        part["stock"] += change
        made = {"id": sum(map(len, self.movements.values())) + 1, **body}
        self.movements[part["id"]].append(made)
        return Answer(201, made)


SAID: tuple[dict[str, str], ...] = (
    {"said": "The stock cannot become negative."},
    {"said": "The stock must not fall below zero."},
    {"said": "The stock of a part is never negative."},
    {"said": "The stock always stays at or above zero."},
    {"refusal": "Not enough in stock"},
    {"refusal": "Insufficient stock"},
    {"shown": "Pieces on the shelf, never negative"},
)


@pytest.mark.parametrize("words", SAID)
@pytest.mark.parametrize("fields", [SIGNED, KINDS], ids=["signed", "kinds"])
def test_a_figure_that_is_never_negative_is_tried(
    tmp_path: Path, words: dict[str, str], fields: dict[str, Node]
) -> None:
    paths = parts_document(**words, fields=fields)

    assert set() == verdicts(tmp_path, paths, Parts(), "figure-floor", "stated-effect", "stated-count")
    assert {("figure-floor", "failure")} == verdicts(tmp_path, paths, Parts(lax=True), "figure-floor")


@pytest.mark.parametrize("words", [
    {}, {"said": "The quantity cannot be negative."}, {"refusal": "The shelf is full"},
    {"said": "The temperature never falls below zero."}, {"shown": "Pieces on the shelf"},
])  # fmt: skip
def test_nothing_is_expected_of_a_figure_without_such_a_sentence(tmp_path: Path, words: dict[str, str]) -> None:
    assert set() == verdicts(tmp_path, parts_document(**words), Parts(lax=True), "figure-floor")


@pytest.mark.parametrize("words", SAID)
@pytest.mark.parametrize("fields", [SIGNED, KINDS], ids=["signed", "kinds"])
def test_the_mock_keeps_it(tmp_path: Path, words: dict[str, str], fields: dict[str, Node]) -> None:
    file = tmp_path / "parts.json"
    file.write_text(json.dumps(document(parts_document(**words, fields=fields))))
    with Target.asgi(sandbox(file, seed=3), []) as target:
        result = run_checks(contracts.of(file), target, seed=3)

    assert [] == [each for each in result.findings if each.verdict == "failure"]
    assert "passed" == result.outcomes["POST /parts/{id}/movements", "figure-floor"]
