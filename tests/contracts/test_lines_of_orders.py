"""Each line of a body names another item: the check sends one line, with an item that exists."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.planted_bugs.server import Answer, Ask, Server
from tests.web.document import Node, answers, document, takes

PART = {"type": "object", "required": ["label", "stock"], "properties": {
    "id": {"type": "integer", "readOnly": True}, "label": {"type": "string"},
    "stock": {"type": "integer", "minimum": 0}}}  # fmt: skip
LINE = {"type": "object", "required": ["part_id", "pieces"], "properties": {
    "part_id": {"type": "integer"}, "pieces": {"type": "integer", "minimum": 1}}}  # fmt: skip
EXAMPLE = {"lines": [{"part_id": 1, "pieces": 2}, {"part_id": 2, "pieces": 1}]}


def parts_and_baskets(fewest: int) -> Node:
    basket = {"type": "object", "required": ["lines"], "properties": {
        "id": {"type": "integer", "readOnly": True},
        "lines": {"type": "array", "minItems": fewest, "items": LINE}}}  # fmt: skip
    number = [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]
    refused = {code: {"description": "refused"} for code in ("404", "409", "422")}
    asked = takes(basket)
    asked["content"]["application/json"]["example"] = EXAMPLE
    return {
        "/parts": {"post": {"requestBody": takes(PART), "responses": answers(PART, "201") | refused}},
        "/parts/{id}": {"get": {"parameters": number, "responses": answers(PART) | refused}},
        "/baskets": {"post": {
            "description": "Refused with 409 if a line asks for more pieces than are in stock.",
            "requestBody": asked, "responses": answers(basket, "201") | refused}},
        "/baskets/{id}": {"get": {"parameters": number, "responses": answers(basket) | refused}},
    }  # fmt: skip


class Workshop(Server):
    """Parts, and baskets of them: every part of a basket exists, and is in one line of it if it `may_not_repeat`."""

    def __init__(self, *, may_not_repeat: bool) -> None:
        super().__init__()
        self.may_not_repeat = may_not_repeat
        self.stored: dict[str, Node] = {}

    async def answer(self, ask: Ask) -> Answer:
        if ask.method != "POST":
            found = self.stored.get(ask.path)
            return Answer(200, found) if found is not None else Answer(404)
        sent: Node = json.loads(ask.raw)
        if ask.path == "/baskets":
            named = [line["part_id"] for line in sent["lines"]]
            if self.may_not_repeat and len(set(named)) < len(named):
                return Answer(422)
            stocks = [self.stored.get(f"/parts/{each}", {}).get("stock", -1) for each in named]
            if any(stock < line["pieces"] for stock, line in zip(stocks, sent["lines"], strict=True)):
                return Answer(409)
        number = 40 + len(self.stored)
        made = self.stored[f"{ask.path}/{number}"] = {**sent, "id": number}
        return Answer(201, made)


@pytest.mark.parametrize(("fewest", "may_not_repeat"), [(0, True), (1, True), (2, False)])
def test_items_with_lines_are_created(tmp_path: Path, fewest: int, may_not_repeat: bool) -> None:
    file = tmp_path / "workshop.json"
    file.write_text(json.dumps(document(parts_and_baskets(fewest))), encoding="utf-8")

    with Target.asgi(Workshop(may_not_repeat=may_not_repeat)) as target:
        result = run_checks(contracts.of(file), target, only=["create"])

    assert not result.findings
    assert "passed" == result.outcomes["POST /baskets", "create"]
