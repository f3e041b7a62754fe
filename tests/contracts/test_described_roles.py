"""Operations whose descriptions name the role that they need: `described-role`."""

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
DEPOT: Node = {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "integer"}, "name": TEXT}}
NEW: Node = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}
KEY: Node = {"components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}}}
SECRET = {"ann": "secret-of-ann", "bob": "secret-of-bob"}


def depots(create: str, delete: str) -> Node:
    return {
        "/depots": {
            "get": {"responses": answers({"type": "array", "items": DEPOT})},
            "post": {
                "description": create,
                "requestBody": takes(NEW),
                "responses": answers(DEPOT, "201") | {"403": NO, "422": NO},
            },
        },
        "/depots/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(DEPOT) | {"404": NO}},
            "delete": {"description": delete, "responses": {"204": NO, "403": NO, "404": NO}},
        },
    }


class Depots:
    """Depots that each user in `listing` sees. Each in `creating` may open one, each in `closing` may close one."""

    def __init__(
        self, creating: tuple[str, ...], closing: tuple[str, ...], listing: tuple[str, ...] = ("ann", "bob")
    ) -> None:
        self.creating, self.closing, self.listing = creating, closing, listing
        self.depots: dict[int, Node] = {}
        self.numbers = count(1)

    def __call__(self, ask: Ask) -> Answer:
        user = next((name for name, secret in SECRET.items() if ask.bearer == secret), "")
        match = re.fullmatch(r"/depots(?:/(\d{1,9}))?", ask.path)
        if not user or match is None:
            return Answer(401 if match else 404)
        if ask.method == "POST":
            return self.open(ask) if user in self.creating else Answer(403)
        if match[1] is None:
            return Answer(200, [*self.depots.values()]) if user in self.listing else Answer(403)
        if int(match[1]) not in self.depots:
            return Answer(404)
        if ask.method == "GET":
            return Answer(200, self.depots[int(match[1])])
        if user not in self.closing:
            return Answer(403)
        del self.depots[int(match[1])]
        return Answer(204)

    def open(self, ask: Ask) -> Answer:
        if not isinstance(sent(ask).get("name"), str):
            return Answer(422)
        number = next(self.numbers)
        self.depots[number] = {"id": number, "name": sent(ask)["name"]}
        return Answer(201, self.depots[number])


ROLE, BOTH = "Needs the role `dispatcher`.", ("ann", "bob")


@pytest.mark.parametrize(
    ("server", "create", "delete", "outcome"),
    [
        (Depots(("ann",), ("ann",)), ROLE, ROLE, "passed"),
        (Depots(BOTH, ("ann",)), ROLE, ROLE, "failed"),
        (Depots(BOTH, ("ann",)), "Requires the dispatcher role", "requires the `dispatcher` role.", "failed"),
        (Depots(BOTH, BOTH), ROLE, ROLE, "skipped"),
        (Depots(BOTH, ("ann",)), ROLE, "Needs the role `manager`.", None),
        (Depots(BOTH, ("ann",)), ROLE, "Needs the role `dispatcher` or being the owner.", None),
        (Depots(BOTH, ("ann",)), "", ROLE, None),
    ],
    ids=["refused", "open", "other words", "both have it", "another role", "a choice", "no role"],
)
def test_who_lacks_a_role_at_one_operation_does_not_use_another_one(
    tmp_path: Path, server: Depots, create: str, delete: str, outcome: str | None
) -> None:
    file = tmp_path / "depots.json"
    file.write_text(json.dumps(document(depots(create, delete), **KEY)))
    contract = contracts.of(file)
    users = [user_with_secret(contract, name, secret) for name, secret in SECRET.items()]

    with Target.asgi(Small(server), users) as target:
        result = run_checks(contract, target, only=["described-role"])

    outcomes = [value.partition(":")[0] for (_, check), value in result.outcomes.items() if check == "described-role"]
    assert ([] if outcome is None else [outcome]) == outcomes
    assert ({"failure"} if outcome == "failed" else set()) == {each.verdict for each in result.findings}
    assert {} == server.depots


def test_a_second_user_may_not_list_what_both_may_create(tmp_path: Path) -> None:
    file = tmp_path / "depots.json"
    file.write_text(json.dumps(document(depots("", ""), **KEY)))
    contract = contracts.of(file)
    users = [user_with_secret(contract, name, secret) for name, secret in SECRET.items()]

    with Target.asgi(Small(Depots(BOTH, BOTH, ("ann",))), users) as target:
        result = run_checks(contract, target, only=["lifecycle", "listed"])

    assert "passed" in {value for (_, check), value in result.outcomes.items() if check == "lifecycle"}
    assert [] == [each.expected for each in result.findings if each.check == "lifecycle"]
