"""Boots and the marks that walkers give them: the check `stated-mean` computes the mean that a description states."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask, integer
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
NEW: Node = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "minLength": 1}}}
MARK: Node = {
    "type": "object",
    "required": ["mark"],
    "properties": {"mark": {"type": "integer", "minimum": 1, "maximum": 6}},
}
GIVEN: Node = {
    "type": "object",
    "required": ["id", "mark"],
    "properties": {"id": {"type": "integer"}, **MARK["properties"]},
}


def written(text: str) -> Node:
    grade = {"type": ["number", "null"], "description": text}
    shown: Node = {
        "type": "object",
        "required": ["id", "name", "review"],
        "properties": {
            "id": {"type": "integer"}, "name": {"type": "string"},
            "review": {"type": "object", "required": ["grade"], "properties": {"grade": grade}},
        },
    }  # fmt: skip
    boot = path_parameter("boot_id", {"type": "integer"})
    return {
        "/boots": {"post": {"requestBody": takes(NEW), "responses": answers(shown, "201") | {"422": NO}}},
        "/boots/{boot_id}": {"parameters": [boot], "get": {"responses": answers(shown) | {"404": NO}}},
        "/boots/{boot_id}/marks": {
            "parameters": [boot],
            "get": {"responses": answers({"type": "array", "items": GIVEN}) | {"404": NO}},
            "post": {"requestBody": takes(MARK), "responses": answers(GIVEN, "201") | {"404": NO, "422": NO}},
        },
        "/boots/{boot_id}/marks/{mark_id}": {
            "parameters": [boot, path_parameter("mark_id", {"type": "integer"})],
            "delete": {"responses": {"204": NO, "404": NO}},
        },
    }


@dataclass
class Boots:
    """The service. Its mean is `cut` to one decimal, or `stale` after a deletion; with `one` a walker marks once."""

    flaw: str = ""
    names: list[str] = field(default_factory=list)
    marks: dict[int, dict[int, int]] = field(default_factory=dict)
    kept: dict[int, float | None] = field(default_factory=dict)
    last: int = 0

    def __call__(self, ask: Ask) -> Answer:
        _, _, *rest = ask.path.split("/")
        if not rest:
            if not isinstance(sent(ask).get("name"), str) or not sent(ask)["name"]:
                return Answer(422)
            self.names.append(sent(ask)["name"])
            self.marks[len(self.names)] = {}
            return Answer(201, self._shown(len(self.names)))
        boot = integer(rest[0]) or 0
        if boot not in self.marks:
            return Answer(404)
        return self._of_boot(ask, boot, rest[1:])

    def _of_boot(self, ask: Ask, boot: int, rest: list[str]) -> Answer:
        given = self.marks[boot]
        if not rest:
            return Answer(200, self._shown(boot))
        if ask.method == "GET":
            return Answer(200, [{"id": id, "mark": mark} for id, mark in given.items()])
        if ask.method == "DELETE":
            found = given.pop(integer(rest[1]) or 0, None)
            return Answer(404 if found is None else 204)
        mark = sent(ask).get("mark")
        if type(mark) is not int or not 0 < mark < 7:
            return Answer(422)
        if self.flaw == "one":
            given.clear()
        self.last += 1
        given[self.last] = mark
        self.kept[boot] = self._mean(given)
        return Answer(201, {"id": self.last, "mark": mark})

    def _mean(self, given: dict[int, int]) -> float | None:
        mean = sum(given.values()) / len(given) if given else None
        return mean if mean is None else int(mean * 10) / 10 if self.flaw == "cut" else round(mean, 2)

    def _shown(self, boot: int) -> Node:
        mean = self.kept.get(boot) if self.flaw == "stale" else self._mean(self.marks[boot])
        return {"id": boot, "name": self.names[boot - 1], "review": {"grade": mean}}


@pytest.mark.parametrize(
    "text", ["Mean of all marks, rounded to two decimals.", "The average of its marks to 2 decimals"]
)
@pytest.mark.parametrize(("flaw", "found"), [("", False), ("one", False), ("cut", True), ("stale", True)])
def test_a_mean_follows_from_what_it_is_the_mean_of(text: str, flaw: str, found: bool, tmp_path: Path) -> None:
    seen = verdicts(tmp_path, written(text), Boots(flaw), "stated-mean")

    assert ({("stated-mean", "failure")} if found else set()) == seen


@pytest.mark.parametrize("text", ["Weighted mean of all marks.", "Mean of the last ten marks.", "How good it is."])
def test_another_mean_is_not_computed(text: str, tmp_path: Path) -> None:
    assert set() == verdicts(tmp_path, written(text), Boots("cut"), "stated-mean")
