"""Amounts that are texts, as Django REST framework documents and writes them: always with all digits of their field."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
AMOUNT = r"^-?\d{0,5}(?:\.\d{0,2})?$"
"""The pattern of `DecimalField(max_digits=7, decimal_places=2)` in drf-spectacular. It allows "" and "-"."""


def drinks(**of_price: str) -> Callable[[Ask], Answer]:
    """Drinks, whose price is stored with two digits after the point; or as `of_price` says."""
    items: dict[int, Node] = {}

    def handle(ask: Ask) -> Answer:
        number = int(ask.path.rpartition("/")[2]) if ask.path != "/drinks" else 0
        if number and number not in items:
            return Answer(404)
        if ask.method in ("POST", "PATCH"):
            body = sent(ask)
            before = items.get(number, {"name": "tea", "price": None})
            price = body.get("price", before["price"])
            if not isinstance(price, str) or not re.fullmatch(r"-?\d{1,5}(\.\d{0,2})?|-?\.\d\d?", price):
                return Answer(400)
            number = number or len(items) + 1
            written = of_price.get("written", "") or f"{Decimal(price):.2f}"
            items[number] = {"id": number, "name": body.get("name", before["name"]), "price": written}
        return Answer(201 if ask.path == "/drinks" else 200, items[number])

    return handle


def paths(price: Node) -> Node:
    new: Node = {"type": "object", "required": ["name", "price"], "properties": {"name": TEXT, "price": price}}
    drink: Node = {**new, "properties": {"id": {"type": "integer"}, **new["properties"]}}
    change: Node = {"type": "object", "properties": {"price": price}}
    return {
        "/drinks": {"post": {"requestBody": takes(new), "responses": answers(drink, "201") | {"400": NO}}},
        "/drinks/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(drink) | {"404": NO}},
            "patch": {"requestBody": takes(change), "responses": answers(drink) | {"400": NO, "404": NO}},
        },
    }


CHECKS = ("create", "read-back", "update", "edge-input", "update-every-field")


@pytest.mark.parametrize(
    ("written", "found"), [("", set()), ("1.00", {"failure"})], ids=["with all digits", "another number"]
)
def test_an_amount_is_a_number_whatever_its_zeros(tmp_path: Path, written: str, found: set[str]) -> None:
    price: Node = {"type": "string", "format": "decimal", "pattern": AMOUNT}
    seen = verdicts(tmp_path, paths(price), drinks(written=written), *CHECKS)

    assert {verdict for _, verdict in seen} == found
