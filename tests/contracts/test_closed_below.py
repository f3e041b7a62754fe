"""Forms of two users that take no answers yet: the list of another user is examined all the same."""

from __future__ import annotations

import json
from pathlib import Path

from contracts.client.authentication import user_with_secret
from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import Small, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask, integer
from tests.web.document import Node, answers, document, takes

USERS = {"ann-secret-token-1": "ann", "bob-secret-token-2": "bob"}
TEXT: Node = {"type": "string", "minLength": 1, "maxLength": 80}
NUMBER: Node = {"type": "integer"}
STATE: Node = {"type": "string", "enum": ["draft", "open"]}
FORM: Node = {
    "type": "object",
    "required": ["id", "title", "state"],
    "properties": {"id": NUMBER, "title": TEXT, "state": {**STATE, "readOnly": True}},
}
REPLY: Node = {"type": "object", "required": ["id", "text"], "properties": {"id": NUMBER, "text": TEXT}}
REFUSED: Node = {status: {"description": "refused"} for status in ("404", "409", "422")}


def written() -> Node:
    def new(name: str) -> Node:
        return takes({"type": "object", "required": [name], "properties": {name: TEXT}})

    own = path_parameter("formId", NUMBER)
    lists = answers({"type": "array", "items": FORM})
    paths: Node = {
        "/forms": {
            "post": {"requestBody": new("title"), "responses": answers(FORM, "201") | REFUSED},
            "get": {"parameters": [{"name": "state", "in": "query", "schema": STATE}], "responses": lists},
        },
        "/forms/{formId}": {"parameters": [own], "get": {"responses": answers(FORM) | REFUSED}},
        "/forms/{formId}/replies": {
            "parameters": [own],
            "post": {"requestBody": new("text"), "responses": answers(REPLY, "201") | REFUSED},
            "get": {"responses": answers({"type": "array", "items": REPLY}) | REFUSED},
        },
    }
    schemes = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
    return document(paths, security=[{"token": []}], components=schemes)


class Forms:
    """The service: a draft takes no replies. One that `leaks` lists the drafts of others if they are asked for."""

    def __init__(self, *, leaks: bool) -> None:
        self.leaks = leaks
        self.forms: list[tuple[str, Node]] = []

    def __call__(self, ask: Ask) -> Answer:
        user = USERS.get(ask.bearer)
        _, _, *rest = ask.path.split("/")
        if user is None:
            return Answer(401, {}, (("WWW-Authenticate", "Bearer"),))
        text = sent(ask).get("text" if len(rest) == 2 else "title")
        if ask.method == "POST" and not (isinstance(text, str) and 0 < len(text) <= 80):
            return Answer(422, {})
        if not rest and ask.method == "POST":
            self.forms.append((user, {"id": len(self.forms) + 1, "title": text, "state": "draft"}))
            return Answer(201, self.forms[-1][1])
        if not rest:
            state = ask.query.get("state")
            others = self.leaks and state is not None
            found = [form for owner, form in self.forms if owner == user or others]
            return Answer(200, [form for form in found if state in (None, form["state"])])
        number = integer(rest[0]) or 0
        owner, form = self.forms[number - 1] if 0 < number <= len(self.forms) else ("", {})
        if owner != user:
            return Answer(404, {})
        if len(rest) == 1:
            return Answer(200, form)
        return Answer(409, {}) if ask.method == "POST" else Answer(200, [])


def checked(folder: Path, *, leaks: bool) -> CheckResult:
    file = folder / "forms.json"
    file.write_text(json.dumps(written()))
    contract = contracts.of(file)
    users = [user_with_secret(contract, name, secret) for secret, name in USERS.items()]
    with Target.asgi(Small(Forms(leaks=leaks)), users) as target:
        return run_checks(contract, target, only=["ownership"])


def test_what_cannot_be_made_below_an_item_leaves_the_rest_to_be_tried(tmp_path: Path) -> None:
    [found] = checked(tmp_path, leaks=True).findings

    assert ("failure", "GET /forms") == (found.verdict, found.operation)
    assert "state=draft" in found.seen


def test_a_service_without_the_leak_passes(tmp_path: Path) -> None:
    result = checked(tmp_path, leaks=False)

    assert () == result.findings
    assert "passed" in {outcome for (_, check), outcome in result.outcomes.items() if check == "ownership"}
