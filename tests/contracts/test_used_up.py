"""Requests that use something up: refunds of a payment, orders of what is in stock, transfers between two wallets."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, Small, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

NO: Node = {"description": "no"}
AMOUNT: Node = {"type": "integer", "minimum": 1, "maximum": 100_000}
BOUNDS = range(1, 100_001)


def amount_of(body: Node, name: str = "amount") -> int | None:
    value = body.get(name)
    return value if type(value) is int and value in BOUNDS and len(body) == 1 else None


class Payments:
    """Payments and their refunds, whose ids are both called `id`. Nothing is refunded that is refunded already."""

    def __init__(self, *, is_careful: bool = True) -> None:
        self.is_careful = is_careful
        self.payments: dict[str, int] = {}
        self.refunds: dict[str, list[Node]] = {}

    def __call__(self, ask: Ask) -> Answer:
        try:
            body = json.loads(ask.raw) if ask.method == "POST" else {}
        except ValueError:
            return Answer(400)
        if not isinstance(body, dict):
            return Answer(422)
        if ask.path == "/payments":
            return self._pay(ask, body)
        one = re.fullmatch(r"/payments/(pay_\d+)(/refunds)?", ask.path)
        if one is None or one[1] not in self.payments:
            return Answer(404)
        if not one[2]:
            return Answer(200, {"id": one[1], "amount": self.payments[one[1]]})
        return Answer(200, self.refunds[one[1]]) if ask.method == "GET" else self._refund(one[1], body)

    def _pay(self, ask: Ask, body: Node) -> Answer:
        if ask.method == "GET":
            return Answer(200, [{"id": id, "amount": amount} for id, amount in self.payments.items()])
        amount = amount_of(body)
        if amount is None:
            return Answer(422)
        id = f"pay_{len(self.payments)}"
        self.payments[id], self.refunds[id] = amount, []
        return Answer(201, {"id": id, "amount": amount})

    def _refund(self, id: str, body: Node) -> Answer:
        amount, all_refunds = amount_of(body), sum(map(len, self.refunds.values()))
        if amount is None:
            return Answer(422)
        if self.is_careful and sum(each["amount"] for each in self.refunds[id]) + amount > self.payments[id]:
            return Answer(422)
        self.refunds[id].append({"id": f"ref_{all_refunds}", "amount": amount})
        return Answer(201, self.refunds[id][-1])


def payments_document() -> Node:
    new: Node = {
        "type": "object",
        "required": ["amount"],
        "additionalProperties": False,
        "properties": {"amount": AMOUNT},
    }
    item: Node = {"type": "object", "required": ["id", "amount"], "properties": {"id": TEXT, "amount": AMOUNT}}
    made = {"requestBody": takes(new), "responses": answers(item, "201") | {"400": NO, "422": NO}}
    listed = {"responses": answers({"type": "array", "items": item})}
    said = "A refund of more than what is left of the payment is refused with 422."
    missing = {"404": NO}
    return {
        "/payments": {"get": listed, "post": made},
        "/payments/{id}": {"parameters": [path_parameter("id")], "get": {"responses": answers(item) | missing}},
        "/payments/{id}/refunds": {
            "parameters": [path_parameter("id")],
            "get": {"responses": listed["responses"] | missing},
            "post": {"description": said, **made, "responses": made["responses"] | missing},
        },
    }


def test_items_whose_ids_have_the_name_of_the_parameter_of_their_owner_are_made_below_the_owner(tmp_path: Path) -> None:
    checks = (
        "create",
        "listed",
        "validation",
        "malformed-body",
        "optional-fields",
        "lifecycle",
        "edge-input",
        "parent",
    )

    assert set() == verdicts(tmp_path, payments_document(), Payments(), *checks)


class Wallets:
    """Wallets, and transfers from one wallet to another one that it can pay."""

    def __init__(self, *, is_careful: bool = True) -> None:
        self.is_careful = is_careful
        self.wallets: list[int] = []
        self.transfers: list[Node] = []

    def __call__(self, ask: Ask) -> Answer:
        body = sent(ask)
        if ask.path == "/wallets" and ask.method == "POST":
            if amount_of(body, "balance") is None:
                return Answer(422)
            self.wallets.append(body["balance"])
            return Answer(201, self._wallet(len(self.wallets) - 1))
        if ask.path == "/wallets":
            return Answer(200, [self._wallet(number) for number in range(len(self.wallets))])
        one = re.fullmatch(r"/wallets/w(\d+)", ask.path)
        if one is not None and int(one[1]) < len(self.wallets):
            return Answer(200, self._wallet(int(one[1])))
        if ask.path != "/transfers":
            return Answer(404)
        return Answer(200, self.transfers) if ask.method == "GET" else self._transfer(body)

    def _wallet(self, number: int) -> Node:
        return {"id": f"w{number}", "balance": self.wallets[number]}

    def _transfer(self, body: Node) -> Answer:
        known = {f"w{number}": number for number in range(len(self.wallets))}
        source, target, amount = (body.get(name) for name in ("from_wallet", "to_wallet", "amount"))
        if type(amount) is not int or amount not in BOUNDS or source == target or {source, target} - known.keys():
            return Answer(422)
        if self.is_careful and self.wallets[known[str(source)]] < amount:
            return Answer(409)
        self.wallets[known[str(source)]] -= amount
        self.wallets[known[str(target)]] += amount
        self.transfers.append({**body, "id": len(self.transfers)})
        return Answer(201, self.transfers[-1])


def wallets_document() -> Node:
    new: Node = {"type": "object", "required": ["balance"], "properties": {"balance": AMOUNT}}
    wallet: Node = {"type": "object", "required": ["id", "balance"], "properties": {"id": TEXT, "balance": AMOUNT}}
    ends: Any = {name: {**TEXT, "description": "The id of a wallet"} for name in ("from_wallet", "to_wallet")}
    wanted: Node = {"type": "object", "required": [*ends, "amount"], "properties": {**ends, "amount": AMOUNT}}
    transfer: Node = {**wanted, "properties": {**wanted["properties"], "id": {"type": "integer"}}}
    poor = {"409": {"description": "There is too little in the wallet"}}
    unknown = {"422": {"description": "A wallet does not exist, or both are the same"}}
    return {
        "/wallets": {
            "get": {"responses": answers({"type": "array", "items": wallet})},
            "post": {"requestBody": takes(new), "responses": answers(wallet, "201") | {"422": NO}},
        },
        "/wallets/{id}": {
            "parameters": [path_parameter("id")],
            "get": {"responses": answers(wallet) | {"404": NO}},
        },
        "/transfers": {
            "get": {"responses": answers({"type": "array", "items": transfer})},
            "post": {
                "description": "The balance of `from_wallet` is lowered by the amount.",
                "requestBody": takes(wanted),
                "responses": answers(transfer, "201") | poor | unknown,
            },
        },
    }


def test_two_references_name_two_items_and_there_is_enough_in_them(tmp_path: Path) -> None:
    file = tmp_path / "wallets.json"
    file.write_text(json.dumps(document(wallets_document())))
    with Target.asgi(Small(Wallets()), []) as target:
        result = run_checks(contracts.of(file), target, only=["create", "listed", "concurrent-creates"])

    assert "passed" == result.outcomes["POST /transfers", "create"]
    assert "passed" == result.outcomes["GET /transfers", "listed"]
    assert [] == list(result.findings)


@pytest.mark.parametrize("is_careful", [True, False])
def test_a_request_for_more_than_there_is_is_tried(tmp_path: Path, is_careful: bool) -> None:
    found = verdicts(tmp_path, wallets_document(), Wallets(is_careful=is_careful), "more-than-left", "stated-effect")

    assert (set() if is_careful else {("more-than-left", "failure")}) == found


@pytest.mark.parametrize("is_careful", [True, False])
def test_more_than_what_is_left_of_the_item_above_is_tried(tmp_path: Path, is_careful: bool) -> None:
    found = verdicts(tmp_path, payments_document(), Payments(is_careful=is_careful), "more-than-left")

    assert (set() if is_careful else {("more-than-left", "failure")}) == found
