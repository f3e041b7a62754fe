"""`PATCH /account` takes what its schema names, and not the plan of the account, which only the service sets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

CHANGE: Node = {"type": "object", "properties": {"nick": {**TEXT, "maxLength": 200}}}
PLAN: Node = {"type": "string", "enum": ["free", "paid"]}
ACCOUNT: Node = {"type": "object", "properties": {"id": TEXT, "nick": TEXT, "plan": PLAN}}


class Account:
    def __init__(self, *, takes_all: bool) -> None:
        self.takes_all = takes_all
        self.account: Node = {"id": "a1", "nick": "ada", "plan": "free"}

    def __call__(self, ask: Ask) -> Answer:
        if ask.path != "/account" or ask.method not in ("GET", "PATCH"):
            return Answer(404)
        if ask.method == "PATCH":
            body = sent(ask)
            if not isinstance(body.get("nick", ""), str) or len(body.get("nick", "")) > 200:
                return Answer(422)
            self.account |= {name: value for name, value in body.items() if self.takes_all or name == "nick"}
        return Answer(200, self.account)


@pytest.mark.parametrize("takes_all", [True, False])
def test_a_field_of_the_own_profile_that_no_request_names_cannot_be_set(tmp_path: Path, takes_all: bool) -> None:
    account = Account(takes_all=takes_all)
    change = {"requestBody": takes(CHANGE), "responses": answers(ACCOUNT) | {"422": {"description": "no"}}}
    paths = {"/account": {"get": {"responses": answers(ACCOUNT)}, "patch": change}}

    found = verdicts(tmp_path, paths, account, "own-profile")

    assert ({("own-profile", "failure")} if takes_all else set()) == found
    assert "free" == account.account["plan"]  # it is set back
