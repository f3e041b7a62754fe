"""A create that shows no item: its id is the body, or in `Location`. The item is checked all the same."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import Small, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

TEXT: Node = {"type": "string", "minLength": 1, "maxLength": 80}
ID: Node = {"type": "string", "format": "uuid"}
LAMP: Node = {"type": "object", "required": ["id", "name"], "properties": {"id": ID, "name": TEXT}}
NEW: Node = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}
MADE: dict[str, Node] = {"body": answers(ID, "201"), "location": {"201": {"description": "made"}}}
GONE: Node = {"404": {"description": "there is none"}}


def written(how: str) -> Node:
    refused: Node = {"400": {"description": "not valid"}}
    return document(
        {
            "/lamps": {
                "post": {"requestBody": takes(NEW), "responses": MADE[how] | refused},
                "get": {"responses": answers({"type": "array", "items": LAMP})},
            },
            "/lamps/{id}": {
                "parameters": [path_parameter("id", ID)],
                "get": {"responses": answers(LAMP) | GONE},
                "put": {"requestBody": takes(NEW), "responses": answers(LAMP) | GONE | refused},
                "delete": {"responses": {"204": {"description": "gone"}} | GONE},
            },
        }
    )


def lamps(how: str, flaw: str = "") -> Callable[[Ask], Answer]:
    """The service; with the flaw `delete` a deleted lamp is still there, with `replace` a PUT changes nothing."""
    stored: dict[str, Node] = {}

    def handle(ask: Ask) -> Answer:
        id = ask.path.removeprefix("/lamps").strip("/")
        name = sent(ask).get("name")
        if ask.method in ("POST", "PUT") and not (isinstance(name, str) and 0 < len(name) <= 80):
            return Answer(400)
        if not id and ask.method == "GET":
            return Answer(200, [*stored.values()])
        if not id and ask.method == "POST":
            new = str(uuid.uuid4())
            stored[new] = {"id": new, "name": name}
            return Answer(201, new) if how == "body" else Answer(201, None, (("Location", f"/lamps/{new}"),))
        if id not in stored:
            return Answer(404)
        if ask.method == "DELETE":
            return Answer(204) if flaw == "delete" or stored.pop(id) else Answer(500)
        if ask.method == "PUT" and flaw != "replace":
            stored[id] |= {"name": name}
        return Answer(200, stored[id])

    return handle


def checked(folder: Path, how: str, flaw: str = "") -> CheckResult:
    file = folder / "lamps.json"
    file.write_text(json.dumps(written(how)))
    with Target.asgi(Small(lamps(how, flaw)), []) as target:
        return run_checks(contracts.of(file), target, only=["create", "delete", "replace", "list"])


@pytest.mark.parametrize("how", MADE)
def test_a_correct_service_passes_and_its_items_are_checked(tmp_path: Path, how: str) -> None:
    result = checked(tmp_path, how)

    assert () == result.findings
    passed = {check for (_, check), outcome in result.outcomes.items() if outcome == "passed"}
    assert {"delete", "replace"} <= passed


@pytest.mark.parametrize("how", MADE)
@pytest.mark.parametrize("flaw", ["delete", "replace"])
def test_what_is_wrong_with_such_an_item_is_found(tmp_path: Path, how: str, flaw: str) -> None:
    result = checked(tmp_path, how, flaw)

    assert (flaw, "failure") in {(each.check, each.verdict) for each in result.findings}
