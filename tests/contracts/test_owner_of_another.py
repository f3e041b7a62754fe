"""A create request that names another user as the owner: a service that looks whether there is one believes it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, Small, path_parameter, sent
from tests.contracts.tickets import user_with_secret
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

USERS = {"secret-of-ada": "ada", "secret-of-bob": "bob"}


class Sheets:
    """Sheets that only their owner sees. With `believes` the owner is the user whom a request names."""

    def __init__(self, *, believes: bool) -> None:
        self.items: list[Node] = []
        self.believes = believes

    def __call__(self, ask: Ask) -> Answer:
        user = USERS.get(ask.bearer)
        if user is None:
            return Answer(401, headers=(("www-authenticate", "Bearer"),))
        if ask.path == "/sheets" and ask.method == "POST":
            body = sent(ask)
            if not isinstance(body.get("title"), str):
                return Answer(400)
            owner = body.get("owner") if self.believes and body.get("owner") in USERS.values() else user
            self.items.append({"id": len(self.items) + 1, "title": body["title"], "owner": owner})
            return Answer(201, self.items[-1])
        one = re.fullmatch(r"/sheets/(\d+)", ask.path)
        found = [each for each in self.items if each["owner"] == user and one and each["id"] == int(one[1])]
        return Answer(200, found[0]) if found else Answer(404)


def sheets() -> Node:
    shown = {"id": {"type": "integer"}, "title": TEXT, "owner": {**TEXT, "readOnly": True}}
    sheet: Node = {"type": "object", "required": [*shown], "properties": shown}
    new: Node = {"type": "object", "required": ["title"], "properties": {"title": TEXT}}
    no = {"description": "no"}
    paths: Node = {
        "/sheets": {"post": {"requestBody": takes(new), "responses": answers(sheet, "201") | {"400": no, "401": no}}},
        "/sheets/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(sheet) | {"401": no, "404": no}},
        },
    }
    scheme = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
    return document(paths, security=[{"token": []}], components=scheme)


@pytest.mark.parametrize(("believes", "expected"), [(False, []), (True, ["the service sets owner and ignores"])])
def test_the_owner_of_a_new_item_is_who_asks(believes: bool, expected: list[str], tmp_path: Path) -> None:
    (tmp_path / "sheets.json").write_text(json.dumps(sheets()))
    contract = contracts.of(tmp_path / "sheets.json")
    users = [user_with_secret(contract, name, secret) for secret, name in USERS.items()]
    with Target.asgi(Small(Sheets(believes=believes)), users) as target:
        found = run_checks(contract, target, only=["mass-assignment"]).findings

    assert expected == [each.expected[:34] for each in found]
    assert {"failure"} >= {each.verdict for each in found}
