"""Lists that show less of an item than a read of it, and items with a name and an id in one place of the path."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, Small, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

UUID: Node = {"type": "string", "format": "uuid"}
NO: Node = {"description": "no"}
DETAILS: Node = {"type": ["object", "null"], "properties": {"text": TEXT, "size": {"type": "integer"}}}
FILE: Node = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": UUID, "name": TEXT, "note": {"type": ["string", "null"]}, "details": DETAILS},
}
NEW: Node = {
    "type": "object",
    "required": ["name"],
    "properties": {name: schema for name, schema in FILE["properties"].items() if name != "id"},
}


def paths() -> Node:
    """Files; all but their PUT take a name or an id."""
    either = [path_parameter("file_name_or_id", {"anyOf": [TEXT, UUID]})]
    only_id = [path_parameter("file_name_or_id", UUID)]
    return {
        "/files": {
            "get": {"responses": answers({"type": "array", "items": FILE})},
            "post": {"requestBody": takes(NEW), "responses": answers(FILE, "201") | {"422": NO}},
        },
        "/files/{file_name_or_id}": {
            "get": {"parameters": either, "responses": answers(FILE) | {"404": NO}},
            "put": {
                "parameters": only_id,
                "requestBody": takes({**NEW, "required": []}),
                "responses": answers(FILE) | {"404": NO, "422": NO},
            },
            "delete": {"parameters": either, "responses": {"204": {"description": "gone"}, "404": NO}},
        },
    }


class Files:
    """Files; `entry` makes of a file what the list shows."""

    def __init__(self, entry: Callable[[Node], Node]) -> None:
        self.entry, self.files = entry, dict[str, Node]()

    def __call__(self, ask: Ask) -> Answer:
        key = re.fullmatch(r"/files(?:/([^/]+))?", ask.path)
        if key is None:
            return Answer(404)
        if key[1] is None:
            return self._made(ask) if ask.method == "POST" else self._listed(ask)
        is_id = re.fullmatch(r"[0-9a-f-]{36}", key[1]) is not None
        if ask.method == "PUT" and not is_id:
            return Answer(422)
        found = next((each for each in self.files.values() if key[1] in (each["id"], each["name"])), None)
        if found is None:
            return Answer(404)
        if ask.method == "PUT":
            found |= {name: value for name, value in sent(ask).items() if name in NEW["properties"]}
        if ask.method == "DELETE":
            del self.files[found["id"]]
            return Answer(204)
        return Answer(200, found) if ask.method in ("GET", "PUT") else Answer(405)

    def _listed(self, ask: Ask) -> Answer:
        return Answer(200, [self.entry(each) for each in self.files.values()]) if ask.method == "GET" else Answer(405)

    def _made(self, ask: Ask) -> Answer:
        asked = sent(ask)
        if not isinstance(asked.get("name"), str):
            return Answer(422)
        number = f"00000000-0000-4000-8000-{len(self.files) + 1:012}"
        shown = {name: asked.get(name) for name in NEW["properties"]}
        self.files[number] = {"id": number, **shown}
        return Answer(201, self.files[number])


def checked(tmp_path: Path, entry: Callable[[Node], Node], *only: str) -> CheckResult:
    file = tmp_path / "files.json"
    file.write_text(json.dumps(document(paths())))
    with Target.asgi(Small(Files(entry)), []) as target:
        return run_checks(contracts.of(file), target, only=only)


def without(**shown: Any) -> Callable[[Node], Node]:
    """An entry with these values in place of its own, where it has any."""
    return lambda file: {name: shown.get(name, value) if value is not None else None for name, value in file.items()}


@pytest.mark.parametrize(
    ("entry", "verdict"),
    [
        (without(details=None), {"warning"}),
        (without(details={}), {"warning"}),
        (without(note=None), {"failure"}),
        (without(note="another"), {"failure"}),
        (without(details={"text": "another"}), {"failure"}),
        (without(), set()),
    ],
)
def test_a_list_may_leave_out_an_object_and_no_text(
    tmp_path: Path, entry: Callable[[Node], Node], verdict: set[str]
) -> None:
    assert verdict == {each.verdict for each in checked(tmp_path, entry, "listed").findings}


def test_an_item_is_named_by_its_id_where_its_name_will_do_too(tmp_path: Path) -> None:
    """One operation may take nothing but the id."""
    result = checked(tmp_path, without(), "read-back", "update", "delete")

    assert not [each for each in result.findings if each.verdict == "failure"]
    assert "passed" == result.outcomes["PUT /files/{file_name_or_id}", "update"]


@pytest.mark.parametrize(("lists", "failed"), [("all", False), ("one", False), ("none", True)])
def test_a_request_names_an_item_that_replies_name_inside_of_an_object(
    tmp_path: Path, lists: str, failed: bool
) -> None:
    """`project` of a request is `body.project_id` of a reply, so an existing project is sent.

    The list may be that of the usual project (`one`), unless another one is named.
    """
    project: Node = {"type": "object", "required": ["id", "name"], "properties": {"id": UUID, "name": TEXT}}
    named: Node = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}
    asked: Node = {"type": "object", "required": ["project"], "properties": {"project": UUID}}
    body: Node = {"type": "object", "properties": {"project_id": UUID}}
    job: Node = {"type": "object", "required": ["id", "body"], "properties": {"id": UUID, "body": body}}
    of_project: Node = {"name": "project", "in": "query", "schema": UUID}
    both = {
        kind: {
            f"/{kind}s": {
                "get": {"parameters": scopes, "responses": answers({"type": "array", "items": shown})},
                "post": {"requestBody": takes(new), "responses": answers(shown, "201") | {"422": NO}},
            },
            f"/{kind}s/{{{kind}_id}}": {
                "parameters": [path_parameter(f"{kind}_id", UUID)],
                "get": {"responses": answers(shown) | {"404": NO}},
            },
        }
        for kind, shown, new, scopes in (("project", project, named, []), ("job", job, asked, [of_project]))
    }
    made: dict[str, Node] = {}

    def handle(ask: Ask) -> Answer:
        kind, _, key = ask.path.strip("/").partition("/")
        if ask.method == "GET":
            shown = [each for number, each in made.items() if number.startswith(kind)]
            if kind == "jobs" and lists != "all":
                wanted = ask.query.get("project", "the usual one") if lists == "one" else ""
                shown = [each for each in shown if each["body"]["project_id"] == wanted]
            found = made.get(f"{kind}/{key}")
            return Answer(200, found or shown) if found or not key else Answer(404)
        number = f"00000000-0000-4000-8000-{len(made) + 1:012}"
        item: Node = {"id": number, "name": sent(ask).get("name")}
        if kind == "jobs":
            if f"projects/{sent(ask).get('project')}" not in made:
                return Answer(422, {"detail": "no such row"})
            item = {"id": number, "body": {"project_id": sent(ask)["project"]}}
        made[f"{kind}/{number}"] = item
        return Answer(201, item)

    file = tmp_path / "jobs.json"
    file.write_text(json.dumps(document(both["project"] | both["job"])))
    with Target.asgi(Small(handle), []) as target:
        result = run_checks(contracts.of(file), target, only=["create", "read-back", "listed"])

    assert failed == bool(result.findings)
    assert "passed" == result.outcomes["POST /jobs", "create"]
    assert ("failed" if failed else "passed") == result.outcomes["GET /jobs", "listed"]
