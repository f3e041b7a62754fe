"""A figure that follows from the lines of an order follows them after an update, too."""

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

NO: Node = {"description": "no"}
FORMULA = "described-figures"
LIKE_NEW = "derived-after-update"
AGAIN = "The total is computed again."


def numbers(least: int, most: int) -> Node:
    return {"type": "integer", "minimum": least, "maximum": most}


def basket_paths(said: str, update: str = "") -> Node:
    """Baskets whose total is described as `said`; `update` is said about a PATCH."""
    line: Node = {
        "type": "object",
        "required": ["article", "quantity", "unitPrice"],
        "properties": {"article": TEXT, "quantity": numbers(1, 500), "unitPrice": numbers(0, 100_000)},
    }
    written: Node = {"label": TEXT, "items": {"type": "array", "minItems": 1, "maxItems": 20, "items": line}}
    total: Node = {"type": "integer", "description": said}
    basket: Node = {
        "type": "object",
        "required": ["id", "total", *written],
        "properties": {"id": {"type": "integer"}, **written, "total": total},
    }
    new = {"type": "object", "required": list(written), "properties": written}
    change = {"type": "object", "properties": written}
    return {
        "/baskets": {
            "get": {"responses": answers({"type": "array", "items": basket})},
            "post": {"requestBody": takes(new), "responses": answers(basket, "201")},
        },
        "/baskets/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(basket) | {"404": NO}},
            "patch": {
                "description": update,
                "requestBody": takes(change),
                "responses": answers(basket) | {"404": NO},
            },
        },
    }


class Baskets:
    """Baskets with lines; `stale` leaves the total as it is when the lines change. `extra` is added to each total."""

    def __init__(self, *, stale: bool = False, extra: int = 0) -> None:
        self.stale, self.extra = stale, extra
        self.baskets: dict[int, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/baskets(?:/(\d+))?", ask.path)
        if match is None or (match[1] and int(match[1]) not in self.baskets):
            return Answer(404)
        if not match[1] and ask.method == "GET":
            return Answer(200, list(self.baskets.values()))
        if not match[1]:
            basket = {"id": len(self.baskets) + 1, **sent(ask)}
            self.baskets[basket["id"]] = basket | {"total": self._total(basket)}
            return Answer(201, self.baskets[basket["id"]])
        basket = self.baskets[int(match[1])]
        if ask.method == "PATCH":
            basket.update(sent(ask))
            basket["total"] = basket["total"] if self.stale else self._total(basket)
        return Answer(200, basket)

    def _total(self, basket: Node) -> int:
        return self.extra + sum(line["quantity"] * line["unitPrice"] for line in basket["items"])


def found(tmp_path: Path, paths: Node, server: Baskets) -> set[tuple[str, str]]:
    file = tmp_path / "baskets.json"
    file.write_text(json.dumps(document(paths)))
    with Target.asgi(Small(server), []) as target:
        result = run_checks(contracts.of(file), target, only=[FORMULA, LIKE_NEW])
    assert not result.stopped
    return {(each.check, each.verdict) for each in result.findings}


@pytest.mark.parametrize(
    "said",
    [
        "Sum of quantity times unit price over all items, in cents.",
        "The sum of quantity × unitPrice for each item.",
        "Sum of quantity * unit price across all items",
        "Total of quantity multiplied by unit price of all the items.",
        "Sum of quantity * unitPrice over every item.",
    ],
)
def test_a_sum_of_products_of_lines_is_compared(tmp_path: Path, said: str) -> None:
    assert set() == found(tmp_path, basket_paths(said), Baskets())
    assert (FORMULA, "failure") in found(tmp_path, basket_paths(said), Baskets(stale=True))


@pytest.mark.parametrize("said", ["Sum of what all items cost.", "Sum of quantity times weight over all items."])
def test_words_that_name_no_field_are_no_formula(tmp_path: Path, said: str) -> None:
    assert set() == found(tmp_path, basket_paths(said), Baskets(extra=490))


def test_a_total_that_is_computed_again_is_that_of_a_new_item_with_these_lines(tmp_path: Path) -> None:
    paths = basket_paths("What it costs, with postage.", AGAIN)

    assert set() == found(tmp_path, paths, Baskets(extra=490))
    assert {(LIKE_NEW, "failure")} == found(tmp_path, paths, Baskets(extra=490, stale=True))
