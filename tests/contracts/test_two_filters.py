"""Two filters of texts, numbers and listed values hold together, in each pair."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

KIND: Node = {"type": "string", "enum": ["flat", "house", "room"]}
RENT: Node = {"type": "integer", "minimum": 0, "maximum": 100_000}
DAY: Node = {"type": "string", "format": "date"}
WRITTEN: Node = {"kind": KIND, "town": TEXT, "agent": TEXT, "floor": {"type": "integer"}, "rent": RENT, "free_on": DAY}
FILTERS: dict[str, Node] = {
    "kind": {"schema": KIND},
    "town": {"schema": TEXT},
    "agent": {"schema": TEXT},
    "min_rent": {"schema": RENT, "description": "Only homes that cost at least this."},
    "free_before": {"schema": DAY, "description": "Only homes that are free before this day."},
}
TESTS = {
    "min_rent": lambda home, value: home["rent"] >= int(value),
    "free_before": lambda home, value: home["free_on"] < value,
}


def home_paths(*names: str) -> Node:
    """Paths of homes with these filters."""
    home = {"type": "object", "required": ["id", *WRITTEN], "properties": {"id": {"type": "integer"}, **WRITTEN}}
    new = {"type": "object", "required": list(WRITTEN), "properties": WRITTEN}
    parameters = [{"name": name, "in": "query", **FILTERS[name]} for name in names]
    return {
        "/homes": {
            "get": {"parameters": parameters, "responses": answers({"type": "array", "items": home})},
            "post": {"requestBody": takes(new), "responses": answers(home, "201")},
        }
    }


class Homes:
    """Homes. Beside `first` it does not look at `second`; `deaf` is a filter at which it never looks."""

    def __init__(self, first: str = "", second: str = "", deaf: str = "") -> None:
        self.pair, self.deaf = (first, second), deaf
        self.homes: list[Node] = []

    def __call__(self, ask: Ask) -> Answer:
        if ask.method == "POST":
            self.homes.append({**sent(ask), "id": len(self.homes) + 1})
            return Answer(201, self.homes[-1])
        first, second = self.pair
        asked = {n: v for n, v in ask.query.items() if n != self.deaf and not (n == second and first in ask.query)}
        return Answer(200, [home for home in self.homes if all(self._fits(home, *each) for each in asked.items())])

    def _fits(self, home: Node, name: str, value: str) -> bool:
        return bool(TESTS[name](home, value)) if name in TESTS else str(home.get(name)) == value


@pytest.mark.parametrize("pair", list(combinations(FILTERS, 2)), ids="+".join)
def test_a_filter_that_is_ignored_beside_another_is_found(tmp_path: Path, pair: tuple[str, str]) -> None:
    paths, (first, second) = home_paths(*pair), pair

    assert set() == verdicts(tmp_path, paths, Homes(), "filters-together")
    assert {("filters-together", "failure")} == verdicts(tmp_path, paths, Homes(first, second), "filters-together")
    assert {("filters-together", "failure")} == verdicts(tmp_path, paths, Homes(second, first), "filters-together")


@pytest.mark.parametrize("deaf", list(FILTERS))
def test_a_filter_that_is_never_kept_is_left_to_another_check(tmp_path: Path, deaf: str) -> None:
    assert set() == verdicts(tmp_path, home_paths(*FILTERS), Homes(deaf=deaf), "filters-together")
    assert {("filter", "failure")} == verdicts(tmp_path, home_paths(*FILTERS), Homes(deaf=deaf), "filter")


def test_each_of_many_filters_is_tried_beside_another(tmp_path: Path) -> None:
    for name, beside in zip(FILTERS, [*FILTERS][1:], strict=False):
        found = verdicts(tmp_path, home_paths(*FILTERS), Homes(name, beside), "filters-together")
        assert {("filters-together", "failure")} == found
