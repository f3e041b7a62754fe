"""Playlists that are public for some time: the check `closed-again` reads them as another user before and after."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contracts.client.authentication import user_with_secret
from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import Small, path_parameter, sent
from tests.contracts.test_sharing import USERS
from tests.planted_bugs.server import Answer, Ask, integer
from tests.web.document import Node, answers, document, takes

NO: Node = {"description": "no"}
WHO: Node = {"type": "string", "enum": ["public", "private"], "default": "private"}
FLAG: Node = {"type": "boolean", "default": False}


def written(name: str, schema: Node) -> Node:
    new: Node = {
        "type": "object",
        "required": ["title"],
        "properties": {"title": {"type": "string", "minLength": 1, "maxLength": 80}, name: schema},
    }
    shown: Node = {
        "type": "object",
        "required": ["id", "title", name],
        "properties": {"id": {"type": "integer"}, **new["properties"]},
    }
    paths: Node = {
        "/playlists": {
            "post": {"requestBody": takes(new), "responses": answers(shown, "201") | {"422": NO}},
            "get": {"responses": answers({"type": "array", "items": shown})},
        },
        "/playlists/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(shown) | {"404": NO}},
            "patch": {
                "requestBody": takes({**new, "required": []}),
                "responses": answers(shown) | {"404": NO, "403": NO, "422": NO},
            },
        },
    }
    schemes = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
    return document(paths, security=[{"token": []}], components=schemes)


@dataclass
class Playlists:
    """The service. With the flaw `read` or `list` it goes on showing a playlist that was public once."""

    name: str
    opened: object
    closed: object
    flaw: str = ""
    lists: dict[int, Node] = field(default_factory=dict)
    owners: dict[int, str] = field(default_factory=dict)
    once: set[int] = field(default_factory=set)

    def __call__(self, ask: Ask) -> Answer:
        user = USERS.get(ask.bearer)
        _, _, *rest = ask.path.split("/")
        if user is None:
            return Answer(401, {}, (("WWW-Authenticate", "Bearer"),))
        if not rest:
            shown = [each for id, each in self.lists.items() if self._sees(user, id, "list")]
            return Answer(200, shown) if ask.method == "GET" else self._put(len(self.lists) + 1, user, sent(ask))
        id = integer(rest[0]) or 0
        if id not in self.lists or not self._sees(user, id, "read"):
            return Answer(404, {})
        if ask.method == "GET":
            return Answer(200, self.lists[id])
        return self._put(id, user, sent(ask)) if self.owners[id] == user else Answer(403, {})

    def _sees(self, user: str, id: int, how: str) -> bool:
        is_open = self.lists[id][self.name] == self.opened or (how == self.flaw and id in self.once)
        return self.owners[id] == user or is_open

    def _put(self, id: int, user: str, body: Node) -> Answer:
        is_new = id not in self.lists
        item = {"id": id, self.name: self.closed, **self.lists.get(id, {})}
        item |= {name: value for name, value in body.items() if name in ("title", self.name)}
        title = item.get("title")
        is_valid = isinstance(title, str) and 0 < len(title) <= 80
        if not is_valid or not any(item[self.name] is each or item[self.name] == each for each in self._values):
            return Answer(422, {})
        self.lists[id] = item
        self.owners.setdefault(id, user)
        self.once |= {id} if item[self.name] == self.opened else set()
        return Answer(201 if is_new else 200, item)

    @property
    def _values(self) -> tuple[object, object]:
        return self.opened, self.closed


KINDS = [("visibility", WHO, "public", "private"), ("is_public", FLAG, True, False)]


def checked(folder: Path, app: Playlists, document: Node) -> CheckResult:
    file = folder / "playlists.json"
    file.write_text(json.dumps(document))
    contract = contracts.of(file)
    users = [user_with_secret(contract, name, secret) for secret, name in USERS.items()]
    with Target.asgi(Small(app), users) as target:
        return run_checks(contract, target, only=["closed-again"])


@pytest.mark.parametrize(("name", "schema", "opened", "closed"), KINDS)
@pytest.mark.parametrize("flaw", ["", "read", "list"])
def test_what_is_private_again_is_closed_again(
    name: str, schema: Node, opened: object, closed: object, flaw: str, tmp_path: Path
) -> None:
    result = checked(tmp_path, Playlists(name, opened, closed, flaw), written(name, schema))

    assert "passed" == result.outcomes["PATCH /playlists/{id}", "closed-again"] or flaw
    assert (["failure"] if flaw else []) == [each.verdict for each in result.findings]
