"""Keys of a service with a part that needs a license: 403 is no verdict on a value, and an envelope is no secret."""

from __future__ import annotations

import json
import re
from itertools import count
from pathlib import Path

import pytest

from contracts.client.authentication import user_with_secret
from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, Small, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

NO: Node = {"description": "no"}
KEY: Node = {"type": "object", "required": ["id"], "properties": {"id": TEXT, "name": TEXT}}
GLOBAL: Node = {"type": "boolean"}
DATA: Node = {"type": "string", "writeOnly": True}
FIELDS: Node = {"name": TEXT, "data": DATA, "is_global": GLOBAL}
NEW: Node = {"type": "object", "required": ["name", "data"], "properties": FIELDS}
PAGE: Node = {"type": "object", "properties": {"data": {"type": "array", "items": KEY}, "next": {"type": "string"}}}
REFUSED: Node = {"400": NO, "401": NO, "403": NO}
PATHS: Node = {
    "/keys": {
        "get": {"responses": answers(PAGE) | REFUSED},
        "post": {"requestBody": takes(NEW), "responses": answers(KEY, "201") | REFUSED},
    },
    "/keys/{id}": {
        "parameters": [path_parameter("id")],
        "get": {"responses": answers(KEY) | REFUSED | {"404": NO}},
        "delete": {"responses": {"204": NO, "404": NO} | REFUSED},
    },
}
SCHEMES: Node = {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}}


class Keys:
    """Keys of two users. `flaw` names what is wrong."""

    def __init__(self, flaw: str = "") -> None:
        self.flaw = flaw
        self.keys: dict[str, Node] = {}
        self.numbers = count(1)

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/keys(?:/(\w+))?", ask.path)
        if ask.bearer not in ("ada", "ben"):
            return Answer(401)
        if match is None or (match[1] and self.keys.get(match[1], {}).get("owner") != ask.bearer):
            return Answer(404)
        if not match[1]:
            return self._made(ask.bearer, sent(ask)) if ask.method == "POST" else self._listed(ask.bearer)
        if ask.method == "DELETE":
            del self.keys[match[1]]
            return Answer(204)
        return Answer(200, self._shown(match[1]))

    def _made(self, owner: str, body: Node) -> Answer:
        if not all(isinstance(body.get(name), str) for name in ("name", "data")):
            return Answer(400)
        if type(body.get("is_global", False)) is not bool:
            return Answer(400)
        if body.get("is_global"):
            return Answer(400 if self.flaw == "refuses" else 403)
        id = f"k{next(self.numbers):06}"
        self.keys[id] = {**body, "owner": owner}
        return Answer(201, self._shown(id))

    def _shown(self, id: str) -> Node:
        shown = {"id": id, "name": self.keys[id]["name"]}
        return shown | ({"data": "***"} if self.flaw == "masks" else {})

    def _listed(self, owner: str) -> Answer:
        own = [id for id, each in self.keys.items() if each["owner"] == owner]
        return Answer(200, {"data": [*map(self._shown, own)]})


@pytest.mark.parametrize(
    ("flaw", "found"),
    [
        ("", set()),
        ("refuses", {"validation"}),
        ("masks", {"write-only"}),
    ],
)
def test_a_part_that_needs_a_license_is_judged_by_what_it_says(tmp_path: Path, flaw: str, found: set[str]) -> None:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps(document(PATHS, components=SCHEMES, security=[{"key": []}])))
    contract = contracts.of(file)
    users = [user_with_secret(contract, name, name) for name in ("ada", "ben")]
    with Target.asgi(Small(Keys(flaw)), users) as target:
        result = run_checks(contract, target, only=["validation", "write-only"])

    assert found == {each.check for each in result.findings if each.verdict == "failure"}
