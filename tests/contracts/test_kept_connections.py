"""A service that keeps connections to others: masked passwords, fields that are off, ids in bodies."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.client.authentication import user_with_secret
from contracts.client.target import Target
from contracts.conformance.schemathesis_run import conform
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, Small, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

NO: Node = {"description": "no"}
OPTIONAL: Node = {"type": ["string", "null"]}
FIELDS: Node = {
    "connection_id": {"type": "string", "minLength": 1},
    "host": TEXT,
    "port": {"type": "integer", "minimum": 1, "maximum": 65535},
    "login": TEXT,
    "password": TEXT,
    "team": OPTIONAL,
    "extra": OPTIONAL,
}
CONNECTION: Node = {"type": "object", "required": ["connection_id"], "properties": FIELDS}
CHANGES: Node = {"type": "object", "properties": {"connection": TEXT, **FIELDS}}
TOKEN: Node = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}


def paths() -> Node:
    closed: Node = {"security": [{"token": []}]}
    return {
        "/connections": {
            "get": {**closed, "responses": answers({"type": "array", "items": CONNECTION})},
            "post": {**closed, "requestBody": takes(CONNECTION), "responses": answers(CONNECTION, "201") | {"422": NO}},
        },
        "/connections/{connection_id}": {
            "parameters": [path_parameter("connection_id")],
            "get": {**closed, "responses": answers(CONNECTION) | {"404": NO}},
            "patch": {
                **closed,
                "requestBody": takes(CHANGES),
                "responses": answers(CONNECTION) | {"400": NO, "404": NO, "422": NO},
            },
            "delete": {**closed, "responses": {"204": {"description": "gone"}, "404": NO}},
        },
    }


class Connections:
    """Connections that everybody shares. `forgets` names a field that an update does not change."""

    def __init__(self, forgets: str = "") -> None:
        self.forgets, self.kept = forgets, dict[str, Node]()

    def __call__(self, ask: Ask) -> Answer:
        if not ask.headers.get("authorization", "").startswith("Bearer "):
            return Answer(401)
        key = re.fullmatch(r"/connections(?:/([^/]+))?", ask.path)
        if key is None:
            return Answer(404)
        if key[1] is None:
            return self._made(sent(ask)) if ask.method == "POST" else Answer(200, list(map(shown, self.kept.values())))
        found = self.kept.get(key[1])
        if found is None:
            return Answer(404)
        if ask.method == "DELETE":
            del self.kept[key[1]]
            return Answer(204)
        if ask.method == "PATCH":
            if sent(ask).get("connection", key[1]) != key[1]:
                return Answer(400, {"detail": "the connection does not match the path"})
            if is_refused(sent(ask)):
                return Answer(422)
            found |= {n: v for n, v in sent(ask).items() if n in FIELDS and n not in ("connection_id", self.forgets)}
        return Answer(200, shown(found)) if ask.method in ("GET", "PATCH") else Answer(405)

    def _made(self, body: Node) -> Answer:
        if is_refused(body) or not body.get("connection_id"):
            return Answer(422)
        self.kept[body["connection_id"]] = {name: body.get(name) for name in FIELDS if name in body}
        return Answer(201, shown(self.kept[body["connection_id"]]))


def is_refused(body: Node) -> bool:
    """A team needs a mode that is off, and what else there is must be JSON."""
    texts = [body[name] for name in ("connection_id", "host", "login", "password") if name in body]
    extra = body.get("extra") or "{}"
    return not all(isinstance(each, str) for each in texts) or bool(body.get("team")) or not str(extra).startswith("{")


def shown(item: Node) -> Node:
    return (
        item
        | ({"password": "***"} if "password" in item else {})
        | ({"extra": "{}"} if item.get("extra") == "" else {})
    )


def checked(tmp_path: Path, handle: Callable[[Ask], Answer], *only: str) -> CheckResult:
    file = tmp_path / "connections.json"
    file.write_text(json.dumps(document(paths(), components=TOKEN)))
    contract = contracts.of(file)
    users = [user_with_secret(contract, name, f"token-of-{name}-0123456789") for name in ("ann", "bob")]
    with Target.asgi(Small(handle), users) as target:
        return run_checks(contract, target, only=only)


def test_a_service_may_hide_refuse_and_share_what_it_keeps(tmp_path: Path) -> None:
    """Not what is changed and lost."""
    names = ("create", "update", "edge-input", "ownership")
    correct, wrong = (checked(tmp_path, Connections(forgets), *names) for forgets in ("", "host"))

    assert not [each for each in correct.findings if each.verdict == "failure"]
    assert any("host" in each.expected for each in wrong.findings if each.verdict == "failure")


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}, {"warning"}),
        ({"anyOf": [{"type": "string", "pattern": "^[0-9]+$", "format": "date-time"}, {"type": "null"}]}, {"failure"}),
        ({"type": "boolean"}, {"failure"}),
    ],
)
def test_a_number_is_a_text_in_a_query(tmp_path: Path, schema: Node, expected: set[str]) -> None:
    """A moment that may be null: nothing but its format forbids `0.5`."""
    file = tmp_path / "jobs.json"
    query: Node = {"name": "before", "in": "query", "schema": schema}
    file.write_text(json.dumps(document({"/jobs": {"get": {"parameters": [query], "responses": answers({})}}})))
    with Target.asgi(Small(lambda _: Answer(200, {})), []) as target:
        found = conform(contracts.of(file), target).findings

    verdicts = {each.verdict for each in found if each.check == "negative_data_rejection"}

    assert expected <= verdicts
    assert ("failure" in verdicts) == ("failure" in expected)
