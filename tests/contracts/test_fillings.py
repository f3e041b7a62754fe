"""What is added to an item, taken from it or moved to another is compared; items are filled before they give."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import path_parameter, sent
from tests.planted_bugs.server import Answer, Ask, Server
from tests.web.document import Node, answers, document, takes

NO: Node = {"description": "no"}
POINTS: Node = {"type": "integer", "minimum": 1, "maximum": 5000}


class Cards(Server):
    """Cards with points; a new one has none. `bug` names what is wrong."""

    def __init__(self, bug: str = "") -> None:
        super().__init__()
        self.flaw = bug
        self.cards: dict[str, Node] = {}
        self.gifts: list[Node] = []

    async def answer(self, ask: Ask) -> Answer:
        if self.flaw == "the last one wins" and ask.path.endswith("/purchases"):
            return await self._booked_slowly(ask)
        return self.answered(ask)

    async def _booked_slowly(self, ask: Ask) -> Answer:
        card = self.cards.get(ask.path.split("/")[2], {"points": 0})
        before = card["points"]
        await asyncio.sleep(0.002)
        answer = self.answered(ask)
        if answer.status == 201:
            card["points"] = before + sent(ask)["amount"]
        return answer

    def answered(self, ask: Ask) -> Answer:
        """The response to one request."""
        parts, body = ask.path.strip("/").split("/"), sent(ask)
        if parts[0] == "gifts":
            return self._given(body) if ask.method == "POST" else Answer(200, self.gifts)
        if len(parts) == 1:
            return self._created(body) if ask.method == "POST" else Answer(200, [*self.cards.values()])
        card = self.cards.get(parts[1])
        if card is None:
            return Answer(404)
        return self._booked(card, parts[2], body.get("amount")) if len(parts) == 3 else Answer(200, card)

    def _created(self, body: Node) -> Answer:
        if not isinstance(body.get("holder"), str):
            return Answer(422)
        id = f"c{len(self.cards) + 1}"
        self.cards[id] = {"id": id, "holder": body["holder"], "tier": body.get("tier"), "points": 0, "visits": 0}
        return Answer(201, self.cards[id])

    def _booked(self, card: Node, what: str, amount: object) -> Answer:
        if type(amount) is not int or not 1 <= amount <= 5000:
            return Answer(422)
        if what == "redemptions":
            if amount > card["points"]:
                return Answer(409)
            card["points"] -= amount * (self.flaw != "nothing is taken")
        else:
            card["points"] += amount + (self.flaw == "one too many")
            card["visits"] += self.flaw != "visits are not counted"
        return Answer(201, {"amount": amount})

    def _given(self, body: Node) -> Answer:
        amount, ends = body.get("amount"), [body.get("source"), body.get("target")]
        if type(amount) is not int or not 1 <= amount <= 5000 or not all(isinstance(each, str) for each in ends):
            return Answer(422)
        if not set(ends) <= self.cards.keys():
            return Answer(404)
        giver, taker = (self.cards[str(each)] for each in ends)
        if giver is taker or giver["points"] < amount:
            return Answer(409)
        if giver["tier"] != taker["tier"]:
            giver["points"] -= amount * (self.flaw == "a refused gift is taken")
            return Answer(409)
        giver["points"] -= amount * (self.flaw != "the giver keeps them")
        taker["points"] += amount * (self.flaw != "nobody gets them")
        id = str(len(self.gifts) + 1)
        self.gifts.append({"id": id, "source": ends[0], "target": ends[1], "amount": amount})
        return Answer(201, self.gifts[-1])


def cards_document(said: str = "Adds points to the card") -> Node:
    """The document; `said` is what it says of a purchase."""
    text: Node = {"type": "string"}
    tier: Node = {"type": "string", "enum": ["blue", "gold", "grey", "red"]}
    shown: Node = {"id": text, "holder": text, "tier": tier, "points": {"type": "integer"}}
    shown["visits"] = {"type": "integer"}
    card: Node = {"type": "object", "required": [*shown], "properties": shown}
    new: Node = {"type": "object", "required": ["holder", "tier"], "properties": {"holder": text, "tier": tier}}
    amount: Node = {"type": "object", "required": ["amount"], "properties": {"amount": POINTS}}
    asked: Node = {
        "source": {**text, "description": "Id of the card that gives."},
        "target": {**text, "description": "Id of the other card."},
        "amount": POINTS,
    }
    gift: Node = {"type": "object", "required": ["id", *asked], "properties": {"id": text, **asked}}
    bad: Node = {"404": NO, "409": {"description": "There are not enough points."}, "422": NO}
    card_id = [path_parameter("id")]
    return {
        "/cards": {
            "get": {"responses": answers({"type": "array", "items": card})},
            "post": {"requestBody": takes(new), "responses": answers(card, "201") | {"422": NO}},
        },
        "/cards/{id}": {"parameters": card_id, "get": {"responses": answers(card) | {"404": NO}}},
        "/cards/{id}/purchases": {
            "parameters": card_id,
            "post": {
                "summary": said,
                "requestBody": takes(amount),
                "responses": answers(amount, "201") | bad,
            },
        },
        "/cards/{id}/redemptions": {
            "parameters": card_id,
            "post": {
                "description": "Takes points from the card.",
                "requestBody": takes(amount),
                "responses": answers(amount, "201") | bad,
            },
        },
        "/gifts": {
            "get": {"responses": answers({"type": "array", "items": gift})},
            "post": {
                "description": "Transfers points from one card to another.",
                "requestBody": takes({"type": "object", "required": [*asked], "properties": asked}),
                "responses": answers(gift, "201") | bad,
            },
        },
    }


@pytest.mark.parametrize(
    ("bug", "found"),
    [
        ("", set()),
        ("one too many", {("stated-effect", "failure"), ("concurrent-effect", "failure")}),
        ("nothing is taken", {("stated-effect", "failure")}),
        ("the giver keeps them", {("stated-effect", "failure")}),
        ("nobody gets them", {("stated-effect", "failure")}),
        ("the last one wins", {("concurrent-effect", "failure")}),
        ("a refused gift is taken", {("refused-move", "failure")}),
    ],
)
def test_points_go_where_the_document_says(tmp_path: Path, bug: str, found: set[tuple[str, str]]) -> None:
    file = tmp_path / "cards.json"
    file.write_text(json.dumps(document(cards_document())))
    with Target.asgi(Cards(bug)) as target:
        checks = ("create", "stated-effect", "concurrent-effect", "refused-move")
        result = run_checks(contracts.of(file), target, only=checks)

    assert found == {(each.check, each.verdict) for each in result.findings}
    assert {"passed", "failed"} >= set(result.outcomes.values())


@pytest.mark.parametrize(
    "said",
    [
        "Adds the amount to the points of the card.",
        "The points of the card are raised by the amount, and the visits of the card are raised by 1.",
    ],
)
@pytest.mark.parametrize("bug", ["", "one too many", "visits are not counted"])
def test_what_two_sentences_say_is_compared_at_one_item(tmp_path: Path, said: str, bug: str) -> None:
    file = tmp_path / "cards.json"
    file.write_text(json.dumps(document(cards_document(said))))
    with Target.asgi(Cards(bug)) as target:
        result = run_checks(contracts.of(file), target, only=["stated-effect"])

    op = "POST /cards/{id}/purchases"
    seen = [each.expected for each in result.findings if each.operation == op]
    assert len(seen) == (bug != "" and ("visits" in said or bug == "one too many"))
    assert all(("visits" if "visits" in bug else "points") in each for each in seen)
    assert result.outcomes[op, "stated-effect"] == ("failed" if seen else "passed")
