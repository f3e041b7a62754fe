"""Errands for which others offer help: a small service of two users, with at most one flaw.

Users cannot offer help for their own errand, the asker takes an offer, and only the helper withdraws it.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from contracts.client.authentication import user_with_secret
from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask, Server
from tests.web.document import Node, answers, document, takes

NUMBER: Node = {"type": "integer"}
NO: Node = {"description": "no"}
USERS = {"tok-ada": "ada", "tok-bo": "bo"}
ERRAND: Node = {
    "type": "object",
    "required": ["id", "title", "asker", "status"],
    "properties": {
        "id": NUMBER,
        "title": TEXT,
        "asker": TEXT,
        "status": {"type": "string", "enum": ["draft", "listed"]},
    },
}
OFFER: Node = {
    "type": "object",
    "required": ["id", "errand_id", "helper", "price", "status", "discreet", "phone"],
    "properties": {
        "id": NUMBER,
        "errand_id": NUMBER,
        "helper": TEXT,
        "price": NUMBER,
        "status": {"type": "string", "enum": ["sent", "taken", "withdrawn"]},
        "discreet": {"type": "boolean"},
        "phone": {
            "type": ["string", "null"],
            "description": "How to reach the helper. Of a discreet offer only the helper can see it; others get null.",
        },
    },
}
NEW_ERRAND: Node = {"type": "object", "required": ["title"], "properties": {"title": {**TEXT, "minLength": 1}}}
TIP: Node = {
    "type": "object",
    "required": ["tip"],
    "properties": {"tip": {**NUMBER, "minimum": 0, "maximum": 20}},
}
NEW_OFFER: Node = {
    "type": "object",
    "required": ["price"],
    "properties": {"price": {**NUMBER, "minimum": 1}, "discreet": {"type": "boolean", "default": False}},
}


def errands_document() -> Node:
    refused: Node = {"400": NO, "401": NO, "403": NO, "404": NO, "409": NO}
    one: Node = {"parameters": [path_parameter("id", NUMBER)]}

    def does(text: str, schema: Node, status: str = "200", **more: Node) -> Node:
        return {"description": text, "responses": answers(schema, status) | refused, **more}

    paths: Node = {
        "/errands": {
            "get": does("The errands that are listed, and those of the caller.", {"type": "array", "items": ERRAND}),
            "post": does("A new errand is a draft.", ERRAND, "201", requestBody=takes(NEW_ERRAND)),
        },
        "/errands/{id}": {**one, "get": does("A draft is there for its asker only.", ERRAND)},
        "/errands/{id}/list": {**one, "post": does("Lists a draft. 409 if it is listed.", ERRAND)},
        "/errands/{id}/offers": {
            **one,
            "get": does("For the asker of the errand only.", {"type": "array", "items": OFFER}),
            "post": does(
                "Offers help. Askers cannot offer help for their own errands (403). 409 for the same price as an offer "
                "before it, also if they come at the same time.",
                OFFER,
                "201",
                requestBody=takes(NEW_OFFER),
            ),
        },
        "/offers/{id}": {**one, "get": does("An offer, for its helper and the asker.", OFFER)},
        "/offers/{id}/take": {
            **one,
            "post": does("For the asker of the errand only (403 for the helper).", OFFER, requestBody=takes(TIP)),
        },
        "/offers/{id}/withdraw": {
            **one,
            "post": does("For the helper only (403 for the asker of the errand).", OFFER),
        },
    }
    schemes = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
    return document(paths, components=schemes, security=[{"token": []}])


class Errands(Server):
    """Errands and offers in memory. `flaw` names what is wrong."""

    def __init__(self, flaw: str = "") -> None:
        super().__init__()
        self.flaw = flaw
        self.errands: dict[int, Node] = {}
        self.offers: dict[int, Node] = {}

    async def answer(self, ask: Ask) -> Answer:
        user = USERS.get(ask.bearer)
        if user is None:
            return Answer(401)
        kind, *rest = ask.path.strip("/").split("/")
        if not rest:
            return self.all_errands(ask, user)
        known = self.errands if kind == "errands" else self.offers
        found = known.get(int(rest[0])) if rest[0].isdecimal() else None
        if found is None or not self.is_seen(found, user):
            return Answer(404)
        action = rest[1] if len(rest) > 1 else ""
        if kind == "offers":
            return self.of_offer(ask, found, user, action)
        if action == "offers":
            return await self.offers_of(ask, found, user)
        return self.of_errand(found, user, action)

    def is_seen(self, found: Node, user: str) -> bool:
        if "helper" in found:
            return user in (found["helper"], self.errands[found["errand_id"]]["asker"])
        return bool(found["status"] == "listed" or user == found["asker"])

    def all_errands(self, ask: Ask, user: str) -> Answer:
        if ask.method == "GET":
            return Answer(200, [each for each in self.errands.values() if self.is_seen(each, user)])
        title = sent(ask).get("title")
        if not isinstance(title, str) or not title:
            return Answer(400)
        id = len(self.errands) + 1
        self.errands[id] = {"id": id, "title": title, "asker": user, "status": "draft"}
        return Answer(201, self.errands[id])

    def of_errand(self, errand: Node, user: str, action: str) -> Answer:
        if action == "list":
            if user != errand["asker"]:
                return Answer(403)
            if errand["status"] == "listed":
                return Answer(409)
            errand["status"] = "listed"
        return Answer(200, errand)

    async def offers_of(self, ask: Ask, errand: Node, user: str) -> Answer:
        below = [each for each in self.offers.values() if each["errand_id"] == errand["id"]]
        if ask.method == "GET":
            return Answer(200, [self.shown(each, user) for each in below]) if user == errand["asker"] else Answer(403)
        body = sent(ask)
        price, discreet = body.get("price"), body.get("discreet", False)
        if type(price) is not int or price < 1 or type(discreet) is not bool:
            return Answer(400)
        if user == errand["asker"] and self.flaw != "askers help themselves":
            return Answer(403)
        if errand["status"] != "listed" or any(each["price"] == price for each in below):
            return Answer(409)
        if self.flaw == "equal offers at the same time":
            await asyncio.sleep(0.01)
        id = len(self.offers) + 1
        new = {"id": id, "errand_id": errand["id"], "helper": user, "price": price}
        self.offers[id] = {**new, "status": "sent", "discreet": discreet, "phone": f"phone of {user}"}
        return Answer(201, self.shown(self.offers[id], user))

    def of_offer(self, ask: Ask, offer: Node, user: str, action: str) -> Answer:
        is_helper = user == offer["helper"]
        if action == "take" and is_helper and self.flaw != "helpers take their own offers":
            return Answer(403)
        if action == "withdraw" and not is_helper and self.flaw != "askers withdraw offers":
            return Answer(403)
        tip = sent(ask).get("tip")
        is_valid = type(tip) is int and (0 <= tip <= 20 or self.flaw == "any tip is taken")
        if action == "take" and not is_valid:
            return Answer(400)
        if action and offer["status"] != "sent":
            return Answer(409)
        if action:
            offer["status"] = {"take": "taken", "withdraw": "withdrawn"}[action]
        return Answer(200, self.shown(offer, user))

    def shown(self, offer: Node, user: str) -> Node:
        is_open = user == offer["helper"] or not offer["discreet"] or self.flaw == "the phone is shown to all"
        return {**offer, "phone": offer["phone"] if is_open else None}


def checked_errands(folder: Path, flaw: str, *only: str) -> CheckResult:
    """The result of the checks of the service for its two users."""
    file = folder / "errands.json"
    file.write_text(json.dumps(errands_document()))
    contract = contracts.of(file)
    users = [user_with_secret(contract, name, secret) for secret, name in USERS.items()]
    with Target.asgi(Errands(flaw), users) as target:
        return run_checks(contract, target, only=only)
