"""A basket takes bags of seeds from the shelf: dropping it puts them back, and it keeps the prices that it took."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
NUMBER: Node = {"type": "integer"}
AMOUNT: Node = {"type": "integer", "minimum": 1, "maximum": 50}
SEED: Node = {"sort": TEXT, "cents": {"type": "integer", "minimum": 1}, "shelf": {"type": "integer", "minimum": 0}}
LINE: Node = {"type": "object", "required": ["seed_id"], "properties": {"seed_id": NUMBER, "bags": AMOUNT}}
NEW: Node = {
    "type": "object",
    "required": ["lines"],
    "properties": {"lines": {"type": "array", "minItems": 1, "maxItems": 9, "items": LINE}, "voucher": TEXT},
}
PRICE: Node = {**NUMBER, "description": "Cents times bags."}
SHOWN_LINE: Node = {
    "type": "object",
    "properties": {"seed_id": NUMBER, "bags": NUMBER, "sort": TEXT, "cents": NUMBER, "line_price": PRICE},
}
BASKET: Node = {
    "type": "object",
    "required": ["id", "state", "lines"],
    "properties": {
        "id": NUMBER,
        "state": {"type": "string", "enum": ["packed", "dropped"]},
        "lines": {"type": "array", "items": SHOWN_LINE},
        "voucher": {"type": ["string", "null"]},
        "whole": {**NUMBER, "description": "Sum of all line prices."},
        "discount": NUMBER,
    },
}
KEEPS = "Changes the given fields. Baskets that are packed already keep the sort and the cents of their lines."
BACK = "Drops a packed basket and puts\nits bags back on the shelf."


def seeds_document(keeps: str = KEEPS, back: str = BACK) -> Node:
    place = {"parameters": [path_parameter("id", NUMBER)]}
    bad: Node = {"404": NO, "409": NO, "422": NO}
    new: Node = {"type": "object", "required": [*SEED], "properties": SEED}
    shown: Node = {"type": "object", "required": ["id", *SEED], "properties": {"id": NUMBER, **SEED}}
    asked = takes(NEW)
    asked["content"]["application/json"]["example"] = {
        "lines": [{"seed_id": 1, "bags": 2}, {"seed_id": 2}], "voucher": "SPRING",
    }  # fmt: skip
    return {
        "/seeds": {"post": {"requestBody": takes(new), "responses": answers(shown, "201") | bad}},
        "/seeds/{id}": {
            **place,
            "get": {"responses": answers(shown) | {"404": NO}},
            "patch": {
                "description": keeps,
                "requestBody": takes({"type": "object", "properties": SEED}),
                "responses": answers(shown) | bad,
            },
        },
        "/baskets": {
            "post": {
                "description": "Refused with 409 if there are too few bags on the shelf, with 422 for an unknown seed. "
                "SPRING takes 10 percent off the whole, rounded down.",
                "requestBody": asked,
                "responses": answers(BASKET, "201") | bad,
            }
        },
        "/baskets/{id}": {**place, "get": {"responses": answers(BASKET) | {"404": NO}}},
        "/baskets/{id}/drop": {**place, "post": {"description": back, "responses": answers(BASKET) | bad}},
    }


class Seeds:
    """Seeds and baskets. A voucher must be a known one. `flaw` names what is wrong."""

    def __init__(self, flaw: str = "") -> None:
        self.flaw = flaw
        self.seeds: dict[int, Node] = {}
        self.baskets: dict[int, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        kind, *rest = ask.path.strip("/").split("/")
        items, body = (self.seeds if kind == "seeds" else self.baskets), sent(ask)
        if not rest:
            return self.pack(body) if kind == "baskets" else self.stored(self.seeds, body)
        item = items.get(int(rest[0]))
        if item is None:
            return Answer(404)
        if rest[1:] == ["drop"]:
            return self.drop(item)
        if ask.method == "PATCH":
            item.update({name: value for name, value in body.items() if name in SEED})
        return Answer(200, self.shown(item))

    def stored(self, items: dict[int, Node], body: Node) -> Answer:
        id = len(items) + 1
        items[id] = {"id": id, **body}
        return Answer(201, copy.deepcopy(items[id]))

    def pack(self, body: Node) -> Answer:
        lines = [{"bags": 1, **line} for line in body["lines"]]
        if body.get("voucher") not in (None, "SPRING") or len({line["seed_id"] for line in lines}) < len(lines):
            return Answer(422)
        if self.flaw == "a refused basket takes its first line" and lines[0]["seed_id"] in self.seeds:
            self.seeds[lines[0]["seed_id"]]["shelf"] -= lines[0]["bags"]
        if any(line["seed_id"] not in self.seeds for line in lines):
            return Answer(422)
        if any(self.seeds[line["seed_id"]]["shelf"] < line["bags"] for line in lines):
            return Answer(409)
        taken = lines[1:] if self.flaw == "a refused basket takes its first line" else lines
        for line in taken:
            self.seeds[line["seed_id"]]["shelf"] -= line["bags"]
        for line in lines:
            seed = self.seeds[line["seed_id"]]
            price = seed["cents"] * (1 if self.flaw == "one bag is paid" else line["bags"])
            line |= {"sort": seed["sort"], "cents": seed["cents"], "line_price": price}
        return self.stored(self.baskets, {"state": "packed", **self.sums(lines, body.get("voucher"))})

    def sums(self, lines: list[Node], voucher: str | None) -> Node:
        prices = [line["line_price"] for line in lines]
        whole = prices[-1] if self.flaw == "the last line is the sum" else sum(prices)
        off = sum(price // 10 for price in prices) if self.flaw == "each line is rounded" else whole // 10
        return {"voucher": voucher, "lines": lines, "whole": whole, "discount": off if voucher else 0}

    def drop(self, basket: Node) -> Answer:
        if basket["state"] == "dropped":
            return Answer(409)
        basket["state"] = "dropped"
        for line in basket["lines"]:
            self.seeds[line["seed_id"]]["shelf"] += 1 if self.flaw == "one bag goes back" else line["bags"]
        return Answer(200, self.shown(basket))

    def shown(self, item: Node) -> Node:
        shown = copy.deepcopy(item)
        for line in shown.get("lines", ()) if self.flaw == "prices of today" else ():
            line |= {"cents": self.seeds[line["seed_id"]]["cents"]}
        return shown


@pytest.mark.parametrize(
    ("flaw", "found"),
    [
        ("", set()),
        ("one bag goes back", {("undone-effect", "failure")}),
        ("prices of today", {("kept-copy", "failure")}),
        ("a refused basket takes its first line", {("refused-lines", "failure")}),
        ("one bag is paid", {("described-figures", "failure")}),
        ("the last line is the sum", {("described-figures", "failure")}),
        ("each line is rounded", {("described-figures", "failure")}),
    ],
)
def test_a_dropped_basket_is_undone_and_a_packed_one_keeps_its_prices(
    tmp_path: Path, flaw: str, found: set[tuple[str, str]]
) -> None:
    checks = [
        "create",
        "described-figures",
        "undone-effect",
        "kept-copy",
        "refused-lines",
        "optional-fields",
        "state-views",
    ]

    assert found == verdicts(tmp_path, seeds_document(), Seeds(flaw), *checks)


@pytest.mark.parametrize(
    ("flaw", "keeps", "back"),
    [
        ("one bag goes back", KEEPS, "Drops a basket. Some bags may go back on the shelf."),
        ("one bag goes back", KEEPS, "Drops a basket."),
        ("prices of today", "Changes the given fields.", BACK),
    ],
)
def test_nothing_is_undone_or_kept_that_no_sentence_says(tmp_path: Path, flaw: str, keeps: str, back: str) -> None:
    assert not verdicts(tmp_path, seeds_document(keeps, back), Seeds(flaw), "undone-effect", "kept-copy")
