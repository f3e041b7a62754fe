"""People are put into teams by a path parameter that is named after them, and only a list shows who is in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NAMED: Node = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string", "minLength": 1, "maxLength": 60}},
}
SHOWN: Node = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "string"}, **NAMED["properties"]},
}
NO: Node = {"description": "no"}


class Teams:
    """People, teams, and who is in which team. `bug` says what goes wrong with a membership."""

    def __init__(self, bug: str = "") -> None:
        self.bug, self.created = bug, 0
        self.items: dict[str, dict[str, Node]] = {"people": {}, "teams": {}}
        self.members: dict[str, list[str]] = {}

    def __call__(self, ask: Ask) -> Answer:
        kind, *ids = ask.path.strip("/").split("/")
        if len(ids) >= 2:
            return self.member(ask.method, ids[0], ids[2:])
        found = self.items[kind]
        if not ids:
            return self.create(kind, sent(ask)) if ask.method == "POST" else Answer(200, list(found.values()))
        if ids[0] not in found:
            return Answer(404)
        return Answer(204 if found.pop(ids[0]) else 404) if ask.method == "DELETE" else Answer(200, found[ids[0]])

    def create(self, kind: str, body: Node) -> Answer:
        self.created += 1
        self.items[kind][f"{kind[0]}{self.created}"] = {"id": f"{kind[0]}{self.created}", "name": body.get("name")}
        return Answer(201, self.items[kind][f"{kind[0]}{self.created}"])

    def member(self, method: str, team: str, person: list[str]) -> Answer:
        people, members = self.items["people"], self.members.setdefault(team, [])
        if team not in self.items["teams"] or (person and person[0] not in people):
            return Answer(404)
        if not person:
            return Answer(200, {"members": [people[id] for id in members if id in people]})
        if method == "PUT" and (person[0] not in members or self.bug == "again"):
            members.append(person[0])
        if method == "DELETE" and person[0] in members and self.bug != "stays":
            members.remove(person[0])
        return Answer(204)


def teams_document() -> Node:
    """The paths of the service."""
    paths: Node = {}
    for kind in ("people", "teams"):
        paths[f"/{kind}"] = {
            "get": {"responses": answers({"type": "array", "items": SHOWN})},
            "post": {"requestBody": takes(NAMED), "responses": answers(SHOWN, "201")},
        }
        paths[f"/{kind}/{{id}}"] = {
            "parameters": [path_parameter("id")],
            "get": {"responses": answers(SHOWN) | {"404": NO}},
            "delete": {"responses": {"204": NO, "404": NO}},
        }
    listed: Node = {"type": "object", "properties": {"members": {"type": "array", "items": SHOWN}}}
    paths["/teams/{id}/members"] = {
        "parameters": [path_parameter("id")],
        "get": {"responses": answers(listed) | {"404": NO}},
    }
    paths["/teams/{id}/members/{personId}"] = {
        "parameters": [path_parameter("id"), path_parameter("personId")],
        "put": {"responses": {"204": NO, "404": NO}},
        "delete": {"responses": {"204": NO, "404": NO}},
    }
    return paths


@pytest.mark.parametrize(("bug", "found"), [
    ("", set()),
    ("again", {("membership", "failure")}),
    ("stays", {("membership", "failure")}),
])  # fmt: skip
def test_a_membership_by_an_id_that_is_named_after_its_resource_is_checked(
    tmp_path: Path, bug: str, found: set[tuple[str, str]]
) -> None:
    assert found == verdicts(tmp_path, teams_document(), Teams(bug), "membership")
