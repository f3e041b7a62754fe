"""The price of many is tried at the number from which they cost less, and beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from contracts.model.discount_sentences import quantity_discounts
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

NUMBER: Node = {"type": "integer"}
NO: Node = {"description": "no"}
SAID = "The price is 700 cents for each seat. Five seats and more get twenty percent off, and members pay half of that."


def tours_document(said: str = SAID) -> Node:
    fields: Node = {"seats": {**NUMBER, "minimum": 1, "maximum": 40}, "member": {"type": "boolean", "default": False}}
    new: Node = {"type": "object", "required": ["seats"], "properties": fields}
    shown: Mapping[str, Node] = {"id": NUMBER, **fields, "price_cents": NUMBER}
    tour: Node = {"type": "object", "required": [*shown], "properties": shown}
    responses = answers(tour, "201") | {"400": NO}
    return {
        "/tours": {"post": {"description": said, "requestBody": takes(new), "responses": responses}},
        "/tours/{id}": {
            "parameters": [path_parameter("id", NUMBER)],
            "get": {"responses": answers(tour) | {"404": NO}},
        },
    }


class Tours:
    """The server; from `least` seats on they cost a fifth less, or another part."""

    def __init__(self, least: int = 5, percent: int = 80) -> None:
        self.least, self.percent = least, percent
        self.tours: dict[str, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        if ask.method == "GET":
            found = self.tours.get(ask.path.rpartition("/")[2])
            return Answer(200, found) if found is not None else Answer(404)
        body: dict[str, Any] = sent(ask)
        seats, member = body.get("seats"), body.get("member", False)
        if ask.path != "/tours" or type(seats) is not int or not 1 <= seats <= 40 or type(member) is not bool:
            return Answer(404 if ask.path != "/tours" else 400)
        price = 700 * seats * (self.percent if seats >= self.least else 100) // 100 // (2 if member else 1)
        tour = {"id": len(self.tours) + 1, "seats": seats, "member": member, "price_cents": price}
        self.tours[str(tour["id"])] = tour
        return Answer(201, tour)


@pytest.mark.parametrize(
    ("least", "percent", "is_right"), [(5, 80, True), (6, 80, False), (4, 80, False), (5, 90, False)]
)
def test_many_cost_less_from_the_number_on_that_the_document_says(
    tmp_path: Path, least: int, percent: int, is_right: bool
) -> None:
    seen = verdicts(tmp_path, tours_document(), Tours(least, percent), "quantity-discount")

    assert seen == (set() if is_right else {("quantity-discount", "failure")})


@pytest.mark.parametrize(
    ("said", "least"),
    [
        ("From 3 seats on, 10 % off.", 3),
        ("10 percent discount for 8 or more seats.", 8),
        ("15% off for at least twelve seats.", 12),
        ("Six or more seats get ten percent off.", 6),
        ("3 seats and more get 5 % off, 9 seats and more get 10 % off.", None),
        ("Seats are ten percent off on Mondays.", None),
    ],
)
def test_sentences_about_the_price_of_many_are_read(tmp_path: Path, said: str, least: int | None) -> None:
    file = tmp_path / "tours.json"
    file.write_text(json.dumps(document(tours_document(said))))
    contract = contracts.of(file)
    operation = next(each for each in contract.document.operations if each.method == "post")
    asked = {
        name: f"/paths/~1tours/post/requestBody/content/application~1json/schema/properties/{name}"
        for name in ("seats", "member")
    }

    found = [each.least for each in quantity_discounts(contract.schemas, operation, asked)]

    assert found == ([least] if least is not None else [])
