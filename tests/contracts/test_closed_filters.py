"""Cards in boxes of two users: a list that is filtered by a box of the other user shows none of its cards."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contracts.client.authentication import user_with_secret
from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import Small, path_parameter, sent
from tests.contracts.test_sharing import USERS
from tests.planted_bugs.server import Answer, Ask, integer
from tests.web.document import Node, answers, document, takes

NO: Node = {"description": "no"}
TEXT: Node = {"type": "string", "minLength": 1, "maxLength": 80}
ID: Node = {"type": "integer", "minimum": 1}
NEW: Node = {"type": "object", "required": ["title"], "properties": {"title": TEXT}}
BOX: Node = {"type": "object", "required": ["id", "title"], "properties": {"id": ID, "title": TEXT}}
CARD: Node = {
    "type": "object",
    "required": ["id", "box_id", "title"],
    "properties": {"id": ID, "box_id": ID, "title": TEXT},
}


def written() -> Node:
    box, card = path_parameter("box_id", ID), path_parameter("card_id", ID)
    new = {"requestBody": takes(NEW)}
    paths: Node = {
        "/boxes": {
            "post": {**new, "responses": answers(BOX, "201") | {"422": NO}},
            "get": {"responses": answers({"type": "array", "items": BOX})},
        },
        "/boxes/{box_id}": {"parameters": [box], "get": {"responses": answers(BOX) | {"404": NO}}},
        "/boxes/{box_id}/cards": {
            "parameters": [box],
            "post": {**new, "responses": answers(CARD, "201") | {"404": NO, "422": NO}},
        },
        "/cards": {
            "get": {
                "parameters": [{"name": "box_id", "in": "query", "schema": ID}],
                "responses": answers({"type": "array", "items": CARD}),
            }
        },
        "/cards/{card_id}": {"parameters": [card], "get": {"responses": answers(CARD) | {"404": NO}}},
    }
    schemes = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
    return document(paths, security=[{"token": []}], components=schemes)


@dataclass
class Boxes:
    """The service. Where it is `leaky`, the filter by a box looks at nothing else."""

    leaky: bool = False
    boxes: dict[int, tuple[str, Node]] = field(default_factory=dict)
    cards: dict[int, tuple[str, Node]] = field(default_factory=dict)

    def __call__(self, ask: Ask) -> Answer:
        user = USERS.get(ask.bearer)
        _, kind, *rest = ask.path.split("/")
        if user is None:
            return Answer(401, {}, (("WWW-Authenticate", "Bearer"),))
        if not rest:
            return self._list(ask, kind, user) if ask.method == "GET" else self._add(self.boxes, user, sent(ask))
        known = self.boxes if kind == "boxes" else self.cards
        owner, item = known.get(integer(rest[0]) or 0, ("", {}))
        if owner != user:
            return Answer(404, {})
        return self._add(self.cards, user, sent(ask), box_id=item["id"]) if rest[1:] else Answer(200, item)

    def _list(self, ask: Ask, kind: str, user: str) -> Answer:
        known = self.boxes if kind == "boxes" else self.cards
        box = integer(ask.query.get("box_id", ""))
        found = [(owner, item) for owner, item in known.values() if box is None or item.get("box_id") == box]
        return Answer(200, [item for owner, item in found if owner == user or (self.leaky and box is not None)])

    def _add(self, known: dict[int, tuple[str, Node]], user: str, body: Node, **more: int) -> Answer:
        title = body.get("title")
        if not isinstance(title, str) or not 0 < len(title) <= 80:
            return Answer(422, {})
        id = len(known) + 1
        known[id] = user, {"id": id, "title": title, **more}
        return Answer(201, known[id][1])


@pytest.mark.parametrize("leaky", [False, True])
def test_a_filter_by_what_is_closed_shows_nothing_of_it(leaky: bool, tmp_path: Path) -> None:
    file = tmp_path / "boxes.json"
    file.write_text(json.dumps(written()))
    contract = contracts.of(file)
    users = [user_with_secret(contract, name, secret) for secret, name in USERS.items()]
    with Target.asgi(Small(Boxes(leaky)), users) as target:
        result = run_checks(contract, target, only=["ownership"])

    assert ([("failure", "GET /cards")] if leaky else []) == [
        (each.verdict, each.operation) for each in result.findings
    ]
    assert leaky or "passed" in {outcome for (_, check), outcome in result.outcomes.items() if check == "ownership"}
