"""A create with a key that exists already, where clients choose the keys, is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from contracts.client.builtin_mock import sandbox
from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

KEY: Node = {"type": "string", "pattern": "^[a-z][a-z0-9-]{1,39}$"}
NO: Node = {"description": "no"}


def lamps_document(said: str, *, chosen: bool = True) -> Node:
    """Lamps with keys of clients; `said` describes the 409 of the create. Not `chosen`, it is shown."""
    own = {"key": KEY} if chosen else {"key": {**KEY, "readOnly": True}}
    new: Node = {"type": "object", "required": ["key"] if chosen else ["name"], "properties": {**own, "name": TEXT}}
    lamp: Node = {"type": "object", "required": ["key", "name"], "properties": {"key": KEY, "name": TEXT}}
    change: Node = {"type": "object", "minProperties": 1, "properties": {"name": TEXT}}
    return {
        "/lamps": {
            "get": {"responses": answers({"type": "array", "items": lamp})},
            "post": {
                "requestBody": takes(new),
                "responses": answers(lamp, "201") | {"400": NO, "409": {"description": said}},
            },
        },
        "/lamps/{key}": {
            "parameters": [path_parameter("key", KEY)],
            "get": {"responses": answers(lamp) | {"404": NO}},
            "patch": {"requestBody": takes(change), "responses": answers(lamp) | {"400": NO, "404": NO}},
            "delete": {"responses": {"204": {"description": "gone"}, "404": NO}},
        },
    }


class Lamps:
    """The service. The bug `lax` writes over the lamp with the key of a create, `silent` answers with the old lamp."""

    def __init__(self, bug: str = "") -> None:
        self.bug = bug
        self.lamps: dict[str, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        key = ask.path.removeprefix("/lamps").removeprefix("/")
        if not key:
            return Answer(200, list(self.lamps.values())) if ask.method == "GET" else self._created(sent(ask))
        lamp = self.lamps.get(key)
        if lamp is None:
            return Answer(404, {})
        if ask.method == "DELETE":
            return Answer(204, self.lamps.pop(key) and None)
        name = sent(ask).get("name") if ask.method == "PATCH" else lamp["name"]
        if not isinstance(name, str):
            return Answer(400, {})
        lamp["name"] = name
        return Answer(200, lamp)

    def _created(self, body: Node) -> Answer:
        key, name = body.get("key"), body.get("name", "")
        if not isinstance(key, str) or not re.fullmatch(KEY["pattern"], key) or not isinstance(name, str):
            return Answer(400, {})
        if key in self.lamps and not self.bug:
            return Answer(409, {})
        if key not in self.lamps or self.bug == "lax":
            self.lamps[key] = {"key": key, "name": name}
        return Answer(201, self.lamps[key])


SENTENCES = (
    "A lamp with this key exists", "A lamp with this key already exists.", "The key is there already",
    "The key already exists", "There is already a lamp with this key", "The key is in use",
)  # fmt: skip
CHECKS = ("unique", "duplicates-allowed", "identity", "create", "lifecycle", "update")


@pytest.mark.parametrize("said", SENTENCES)
@pytest.mark.parametrize(
    ("bug", "found"), [("", set()), ("lax", {("unique", "failure")}), ("silent", {("unique", "failure")})]
)
def test_a_key_that_exists_is_refused(tmp_path: Path, said: str, bug: str, found: set[tuple[str, str]]) -> None:
    assert found == verdicts(tmp_path, lamps_document(said), Lamps(bug), *CHECKS)


def test_a_refusal_that_only_suggests_it_makes_a_warning(tmp_path: Path) -> None:
    document = lamps_document("Duplicate key")

    assert set() == verdicts(tmp_path, document, Lamps(), *CHECKS)
    assert {("unique", "warning")} == verdicts(tmp_path, document, Lamps("lax"), *CHECKS)


@pytest.mark.parametrize("said", ["The state of the lamp forbids it", "The key cannot be used now", "Conflict"])
def test_a_refusal_about_something_else_says_nothing(tmp_path: Path, said: str) -> None:
    assert set() == verdicts(tmp_path, lamps_document(said), Lamps("lax"), *CHECKS)


@pytest.mark.parametrize("said", SENTENCES)
def test_a_key_of_the_service_is_not_sent(tmp_path: Path, said: str) -> None:
    file = tmp_path / "lamps.json"
    file.write_text(json.dumps(document(lamps_document(said, chosen=False))))

    assert not contracts.of(file).behaviour.resources["lamp"].unique


@pytest.mark.parametrize("said", SENTENCES)
def test_the_mock_passes(tmp_path: Path, said: str) -> None:
    file = tmp_path / "lamps.json"
    file.write_text(json.dumps(document(lamps_document(said))))
    contract = contracts.of(file)
    with Target.asgi(sandbox(file, seed=2), []) as target:
        result = run_checks(contract, target, seed=2)

    assert [] == [each for each in result.findings if each.verdict == "failure"]
    assert any(check == "unique" and outcome == "passed" for (_, check), outcome in result.outcomes.items())
