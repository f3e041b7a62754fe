"""A figure that changes by itself says nothing about a request; one that stays the same is compared."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}


class Ovens:
    """Ovens, whose heat a log raises by one. It also falls with the time, `cools` degrees a second, or when it is read.

    The number of logs of an oven is counted, and burnt logs count no more.
    """

    def __init__(self, *, cools: float = 0, is_cooled_by_reads: bool = False, is_kept: bool = True) -> None:
        self.cools, self.is_cooled_by_reads, self.is_kept = cools, is_cooled_by_reads, is_kept
        self.ovens: dict[int, Node] = {}
        self.began = time.monotonic()
        self.reads = 0

    def __call__(self, ask: Ask) -> Answer:
        parts = ask.path.strip("/").split("/")
        if len(parts) == 1:
            return self._created(ask) if ask.method == "POST" else Answer(200, [*map(self._shown, self.ovens.values())])
        oven = self.ovens.get(int(parts[1]) if parts[1].isdecimal() else 0)
        if oven is None:
            return Answer(404)
        if len(parts) == 2:
            return Answer(200, self._shown(oven))
        if not isinstance(sent(ask).get("wood"), str):
            return Answer(422)
        oven["logs"] += self.is_kept
        oven["heat"] += self.is_kept
        return Answer(201, {"id": oven["logs"], "wood": sent(ask)["wood"]})

    def _created(self, ask: Ask) -> Answer:
        if not isinstance(sent(ask).get("name"), str):
            return Answer(422)
        id = len(self.ovens) + 1
        self.ovens[id] = {"id": id, "name": sent(ask)["name"], "heat": 500, "logs": 0}
        return Answer(201, self._shown(self.ovens[id]))

    def _shown(self, oven: Node) -> Node:
        self.reads += self.is_cooled_by_reads
        lost = self.reads + int((time.monotonic() - self.began) * self.cools)
        return {**oven, "heat": oven["heat"] - lost, "logs": oven["logs"] - lost}


def ovens_document() -> Node:
    text: Node = {"type": "string"}
    number: Node = {"type": "integer"}
    logs: Node = {"type": "integer", "description": "The number of logs in the oven."}
    oven: Node = {
        "type": "object",
        "required": ["id", "name", "heat", "logs"],
        "properties": {"id": number, "name": text, "heat": number, "logs": logs},
    }
    new: Node = {"type": "object", "required": ["name"], "properties": {"name": text}}
    wood: Node = {"type": "object", "required": ["wood"], "properties": {"wood": text}}
    log: Node = {"type": "object", "required": ["id", "wood"], "properties": {"id": number, "wood": text}}
    bad: Node = {"404": NO, "422": NO}
    return {
        "/ovens": {
            "get": {"responses": answers({"type": "array", "items": oven})},
            "post": {"requestBody": takes(new), "responses": answers(oven, "201") | bad},
        },
        "/ovens/{id}": {
            "parameters": [path_parameter("id", number)],
            "get": {"responses": answers(oven) | bad},
        },
        "/ovens/{id}/logs": {
            "parameters": [path_parameter("id", number)],
            "post": {
                "description": "Adds a log. The heat of the oven is raised by one.",
                "requestBody": takes(wood),
                "responses": answers(log, "201") | bad,
            },
        },
    }


@pytest.mark.parametrize(
    ("server", "found"),
    [
        (Ovens(), set()),
        (Ovens(is_kept=False), {("stated-effect", "failure"), ("stated-count", "failure")}),
        (Ovens(cools=400), set()),
        (Ovens(is_cooled_by_reads=True), set()),
    ],
    ids=["at rest", "forgotten", "cools", "read"],
)
def test_a_figure_that_moves_by_itself_is_not_blamed_on_a_request(
    tmp_path: Path, server: Ovens, found: set[tuple[str, str]]
) -> None:
    assert found == verdicts(tmp_path, ovens_document(), server, "stated-effect", "stated-count", "counting-operation")
