"""Accounts of others, and fields that a client may not set."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contracts.runner.runner import CheckResult
from tests.contracts.accounts import Accounts, checked_accounts
from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes


def found(result: CheckResult) -> list[tuple[str, str, str]]:
    return sorted((each.verdict, each.check, each.operation) for each in result.findings)


@pytest.mark.parametrize(
    ("flaw", "check", "operation"),
    [
        ("take-over", "ownership", "PUT /accounts/{username}/password"),
        ("delete", "ownership", "DELETE /accounts/{username}"),
        ("role", "mass-assignment", "POST /accounts"),
    ],
)
def test_a_flaw_is_a_failure(flaw: str, check: str, operation: str, tmp_path: Path) -> None:
    result = checked_accounts(tmp_path, Accounts(frozenset({flaw})), check)

    assert [("failure", check, operation)] == found(result)


@pytest.mark.parametrize("check", ["ownership", "mass-assignment"])
def test_a_correct_service_passes(check: str, tmp_path: Path) -> None:
    result = checked_accounts(tmp_path, Accounts(), check)

    assert [] == found(result)
    assert "passed" in [outcome for (_, name), outcome in result.outcomes.items() if name == check]


class Users:
    """Users whose role the creator chooses and nothing changes."""

    def __init__(self, bug: str = "") -> None:
        self.items: list[Node] = []
        self.bug = bug

    def __call__(self, ask: Ask) -> Answer:
        body, one = sent(ask), re.fullmatch(r"/users/(\d+)", ask.path)
        if ask.path == "/users":
            if ask.method == "GET":
                return Answer(200, self.items)
            if not isinstance(body.get("name"), str) or body.get("role") not in ROLES:
                return Answer(422)
            self.items.append({"id": len(self.items), "name": body["name"], "role": body["role"]})
            return Answer(201, self.items[-1])
        if one is None or int(one[1]) >= len(self.items):
            return Answer(404)
        if ask.method == "PATCH":
            changes = ("name", "role") if self.bug else ("name",)
            self.items[int(one[1])] |= {name: body[name] for name in changes if isinstance(body.get(name), str)}
        return Answer(200, self.items[int(one[1])])


ROLES = ("member", "admin")


def users_document() -> Node:
    name, role = {"name": TEXT}, {"type": "string", "enum": [*ROLES]}
    user: Node = {
        "type": "object",
        "properties": {"id": {"type": "integer"}, **name, "role": {**role, "readOnly": True}},
    }
    new: Node = {"type": "object", "required": ["name", "role"], "properties": {**name, "role": role}}
    refused: Node = {"422": {"description": "no"}}
    one = {"parameters": [path_parameter("id", {"type": "integer"})]}
    return {
        "/users": {
            "get": {"responses": answers({"type": "array", "items": user})},
            "post": {"requestBody": takes(new), "responses": answers(user, "201") | refused},
        },
        "/users/{id}": one
        | {
            "get": {"responses": answers(user) | {"404": {"description": "no"}}},
            "patch": {
                "requestBody": takes({"type": "object", "properties": name}),
                "responses": answers(user) | refused | {"404": {"description": "no"}},
            },
        },
    }


@pytest.mark.parametrize(("bug", "expected"), [("", set()), ("patched", {("mass-assignment", "failure")})])
def test_what_the_schema_of_a_request_names_is_the_clients_there_and_only_there(
    bug: str, expected: set[tuple[str, str]], tmp_path: Path
) -> None:
    assert expected == verdicts(tmp_path, users_document(), Users(bug), "mass-assignment")
