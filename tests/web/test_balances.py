"""A balance follows from its movements: deposits and withdrawals, points, decimal texts, transfers, and its history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.inference.pets import NUMBER, TEXT
from tests.web.document import Node, answers, document, served, takes

TWO_DECIMALS: Node = {"type": "string", "pattern": r"^\d+\.\d{2}$", "example": "12.50"}
LONG: Node = {"type": "string", "format": "int64"}
ACCOUNT, MOVEMENT = {"$ref": "#/components/schemas/Account"}, {"$ref": "#/components/schemas/Movement"}


def objects(*required: str, **properties: Node) -> Node:
    return {"type": "object", "required": list(required), "properties": properties}


def bank(balance: str, amount: str, schema: Node, more: str, less: str, *, error: str, shows: Node = MOVEMENT) -> Node:
    """A document about accounts whose number `balance` the operations `more` and `less` change by `amount`."""
    own = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    positive = schema | ({"minimum": 1} if schema["type"] != "string" else {})
    kinds = {"type": "string", "enum": [more.replace("-", "_"), less.replace("-", "_")]}
    account = objects("id", "owner", balance, id=TEXT, owner=TEXT, **{balance: {**schema, "readOnly": True}})
    movement = objects("id", "kind", amount, id=TEXT, kind=kinds, **{amount: schema}, balance_after=schema)
    status, _, text = error.partition(" ")

    def moving(refusals: Node) -> Node:
        asked = takes(objects(amount, **{amount: positive}))
        return {"parameters": [own], "post": {"requestBody": asked, "responses": answers(shows, "201") | refusals}}

    paths: Node = {
        "/accounts": {
            "post": {"requestBody": takes(objects("owner", owner=TEXT)), "responses": answers(ACCOUNT, "201")}
        },
        "/accounts/{id}": {"parameters": [own], "get": {"responses": answers(ACCOUNT)}},
        f"/accounts/{{id}}/{more}": moving({}),
        f"/accounts/{{id}}/{less}": moving({status: {"description": text}}),
        "/accounts/{id}/movements": {
            "parameters": [own],
            "get": {"responses": answers({"type": "array", "items": MOVEMENT})},
        },
    }
    return document(paths, components={"schemas": {"Account": account, "Movement": movement}})


CASES: list[tuple[Node, tuple[str, str, str, str], tuple[Any, ...], int]] = [
    (
        bank("balance", "amount", NUMBER, "deposit", "withdraw", error="409 Insufficient funds."),
        ("balance", "amount", "deposit", "withdraw"), (100, 30, 80, 0, 100, 70), 409,
    ),
    (
        bank("points", "points", NUMBER, "earn", "redeem", error="422 Not enough points."),
        ("points", "points", "earn", "redeem"), (100, 30, 80, 0, 100, 70), 422,
    ),
    (
        bank("balance_minor", "amount_minor", NUMBER, "top-up", "charge", error="402 The balance is too low."),
        ("balance_minor", "amount_minor", "top-up", "charge"), (100, 30, 80, 0, 100, 70), 402,
    ),
    (
        bank("balance", "amount", TWO_DECIMALS, "deposit", "withdraw", error="409 The balance is too low."),
        ("balance", "amount", "deposit", "withdraw"), ("100.00", "30.50", "80.00", "0.00", "100.00", "69.50"), 409,
    ),
    (
        bank("balanceInCents", "amountInCents", LONG, "credit", "debit", error="400 Exceeds the available balance."),
        ("balanceInCents", "amountInCents", "credit", "debit"), ("100", "30", "80", "0", "100", "70"), 400,
    ),
    (
        bank("balance", "amount", {"type": "number"}, "deposit", "withdraw", error="409 Insufficient funds."),
        ("balance", "amount", "deposit", "withdraw"), (100.1, 30.2, 80, 0, 100.1, 69.9), 409,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("written", "names", "values", "status"), CASES)
def test_the_balance_and_the_history_agree(
    tmp_path: Path, written: Node, names: tuple[str, str, str, str], values: tuple[Any, ...], status: int
) -> None:
    (balance, amount, more, less), (given, taken, too_much, nothing, full, left) = names, values
    with Client(served(tmp_path, written)) as client:
        account = client.post("/accounts", json={"owner": "Ada"}).json()
        path = f"/accounts/{account['id']}"
        first = client.post(f"{path}/{more}", json={amount: given}).json()
        second = client.post(f"{path}/{less}", json={amount: taken}).json()
        refused = client.post(f"{path}/{less}", json={amount: too_much})

        assert [nothing, left] == [account[balance], client.get(path).json()[balance]]
        assert [full, left] == [each["balance_after"] for each in (first, second)]
        assert [more.replace("-", "_"), less.replace("-", "_")] == [each["kind"] for each in (first, second)]
        assert (status, True) == (refused.status_code, f"is {left}, which is less than {too_much}" in refused.text)
        assert [first, second] == sorted(client.get(f"{path}/movements").json(), key=[first, second].index)


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        (NUMBER, (100, 30, 80, 70)),
        (TWO_DECIMALS, ("100.00", "30.50", "80.00", "69.50")),
        (LONG, ("100", "30", "80", "70")),
    ],
)
def test_no_more_is_taken_where_the_reply_shows_the_account(
    tmp_path: Path, schema: Node, values: tuple[Any, ...]
) -> None:
    given, taken, too_much, left = values
    written = bank("balance", "amount", schema, "deposit", "withdraw", error="409 Insufficient funds.", shows=ACCOUNT)
    for name in ("deposit", "withdraw"):
        responses = written["paths"][f"/accounts/{{id}}/{name}"]["post"]["responses"]
        responses["200"] = responses.pop("201")
    with Client(served(tmp_path, written)) as client:
        path = f"/accounts/{client.post('/accounts', json={'owner': 'Ada'}).json()['id']}"
        client.post(f"{path}/deposit", json={"amount": given})

        assert left == client.post(f"{path}/withdraw", json={"amount": taken}).json()["balance"]
        assert 409 == client.post(f"{path}/withdraw", json={"amount": too_much}).status_code
        assert left == client.get(path).json()["balance"]


def entries(schema: Node, kinds: list[str]) -> Node:
    """A document about accounts with movements, each with its kind."""
    written = bank("balance", "amount", schema, "deposit", "withdraw", error="409 Insufficient funds.")
    movement = written["components"]["schemas"]["Movement"]
    movement["properties"]["kind"]["enum"] = kinds
    positive = schema | ({"minimum": 1} if schema["type"] != "string" else {})
    asked = objects("kind", "amount", kind={"enum": kinds}, amount=positive)
    responses = answers(MOVEMENT, "201") | {"422": {"description": "Insufficient balance"}}
    post: Node = {"requestBody": takes(asked), "responses": responses}
    written["paths"]["/accounts/{id}/transactions"] = written["paths"].pop("/accounts/{id}/movements") | {"post": post}
    for name in ("deposit", "withdraw"):
        del written["paths"][f"/accounts/{{id}}/{name}"]
    return written


@pytest.mark.parametrize("kinds", [["credit", "debit"], ["earn", "redeem"], ["deposit", "withdrawal"]])
@pytest.mark.parametrize(("schema", "values"), [(NUMBER, (100, 30, 80, 70)),
                                                (TWO_DECIMALS, ("100.00", "30.50", "80.00", "69.50"))])  # fmt: skip
def test_a_movement_that_takes_too_much_is_refused(
    tmp_path: Path, kinds: list[str], schema: Node, values: tuple[Any, ...]
) -> None:
    given, taken, too_much, left = values
    with Client(served(tmp_path, entries(schema, kinds))) as client:
        path = f"/accounts/{client.post('/accounts', json={'owner': 'Ada'}).json()['id']}"
        client.post(f"{path}/transactions", json={"kind": kinds[0], "amount": given})
        second = client.post(f"{path}/transactions", json={"kind": kinds[1], "amount": taken}).json()

        refused = client.post(f"{path}/transactions", json={"kind": kinds[1], "amount": too_much})

        assert (left, left) == (client.get(path).json()["balance"], second["balance_after"])
        assert (422, 2) == (refused.status_code, len(client.get(f"{path}/transactions").json()))


@pytest.mark.parametrize(
    ("schema", "values"),
    [(NUMBER, (100, 30, 80, 70, 30)), (TWO_DECIMALS, ("100.00", "30.50", "80.00", "69.50", "30.50"))],
)
def test_a_transfer_changes_both_accounts(tmp_path: Path, schema: Node, values: tuple[Any, ...]) -> None:
    given, moved, too_much, left, there = values
    written = bank("balance", "amount", schema, "deposit", "withdraw", error="409 Insufficient funds.")
    asked = objects(
        "from_account_id", "to_account_id", "amount", from_account_id=TEXT, to_account_id=TEXT, amount=schema
    )
    shown = objects("id", *asked["required"], id=TEXT, **asked["properties"])
    refused: Node = {"409": {"description": "Insufficient funds in the source account."}}
    written["paths"]["/transfers"] = {
        "get": {"responses": answers({"type": "array", "items": shown})},
        "post": {
            "summary": "Transfer money",
            "requestBody": takes(asked),
            "responses": answers(shown, "201") | refused,
        },
    }
    with Client(served(tmp_path, written)) as client:
        one, two = (client.post("/accounts", json={"owner": name}).json()["id"] for name in ("Ada", "Bob"))
        client.post(f"/accounts/{one}/deposit", json={"amount": given})
        transfer = {"from_account_id": one, "to_account_id": two}

        statuses = [
            client.post("/transfers", json=transfer | {"amount": each}).status_code for each in (moved, too_much)
        ]

        assert [201, 409] == statuses
        assert [left, there] == [client.get(f"/accounts/{each}").json()["balance"] for each in (one, two)]
