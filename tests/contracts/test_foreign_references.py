"""The check `foreign-reference`: a request body that names an item of another user."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.client.authentication import user_with_secret
from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.planted_bugs.server import Answer, Ask, Server
from tests.web.document import Node, answers, document, takes

WALLET = {"type": "object", "required": ["title"], "properties": {
    "id": {"type": "integer", "readOnly": True}, "title": {"type": "string"}}}  # fmt: skip
PAYMENT = {"type": "object", "required": ["wallet_id", "amount"], "properties": {
    "id": {"type": "integer", "readOnly": True}, "wallet_id": {"type": "integer"}, "to_wallet_id": {"type": "integer"},
    "amount": {"type": "integer", "minimum": 1, "maximum": 9}}}  # fmt: skip
ID = [{"name": "walletId", "in": "path", "required": True, "schema": {"type": "integer"}}]
MISSING = {"404": {"description": "no such wallet"}, "401": {"description": "who?"}}
WALLETS = {
    "/wallets": {"post": {"requestBody": takes(WALLET), "responses": answers(WALLET, "201") | MISSING}},
    "/wallets/{walletId}": {"get": {"parameters": ID, "responses": answers(WALLET) | MISSING}},
    "/payments/{paymentId}": {"get": {"parameters": [{**ID[0], "name": "paymentId"}], "responses": answers(PAYMENT)}},
    "/payments": {"post": {"requestBody": takes(PAYMENT), "responses": answers(PAYMENT, "201") | MISSING}},
}


class Wallets(Server):
    """Wallets of users, and payments from them. A payment `asks_for` something of its wallet."""

    def __init__(self, asks_for: str) -> None:
        super().__init__()
        self.asks_for, self.owners = asks_for, dict[int, str]()

    async def answer(self, ask: Ask) -> Answer:
        if not ask.bearer:
            return Answer(401)
        sent: Node = json.loads(ask.raw) if ask.raw else {}
        if ask.path == "/wallets":
            number = len(self.owners) + 1
            self.owners[number] = ask.bearer
            return Answer(201, {**sent, "id": number})
        if ask.path == "/payments":
            return Answer(201, {**sent, "id": 1}) if self._may_pay(ask.bearer, sent["wallet_id"]) else Answer(404)
        number = int(ask.path.rpartition("/")[2])
        is_own = self.owners.get(number) == ask.bearer
        return Answer(200, {"id": number, "title": "mine"}) if is_own else Answer(404)

    def _may_pay(self, user: str, wallet: int) -> bool:
        owner = self.owners.get(wallet, "")
        return {"nothing": True, "that it exists": bool(owner), "that it is the user's": owner == user}[self.asks_for]


def checked(folder: Path, app: Wallets) -> CheckResult:
    bearer = {"components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}}
    file = folder / "wallets.json"
    file.write_text(json.dumps(document(WALLETS, **bearer, security=[{"token": []}])), encoding="utf-8")
    contract = contracts.of(file)
    users = [user_with_secret(contract, name, f"token-of-{name}") for name in ("ada", "bob")]
    with Target.asgi(app, users) as target:
        return run_checks(contract, target, only=["foreign-reference"])


@pytest.mark.parametrize(("asks_for", "outcome"), [("that it exists", "failed"), ("that it is the user's", "passed")])
def test_a_reference_to_an_item_that_a_user_may_not_read_is_a_failure(
    tmp_path: Path, asks_for: str, outcome: str
) -> None:
    result = checked(tmp_path, Wallets(asks_for))

    assert outcome == result.outcomes["POST /payments", "foreign-reference"]
    assert ["failure"] * (outcome == "failed") == [each.verdict for each in result.findings]


def test_where_any_id_is_accepted_nothing_is_compared(tmp_path: Path) -> None:
    result = checked(tmp_path, Wallets("nothing"))

    assert (
        "skipped: each item that a request may refer to can be read, or any id is accepted"
        == (result.outcomes["POST /payments", "foreign-reference"])
    )
