"""An update that is refused for what is below the item, or for an unknown item that it names, changes nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, Small, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

NUMBER: Node = {"type": "integer"}
NO: Node = {"description": "no"}
SENT: dict[str, dict[str, Node]] = {
    "trainers": {"name": TEXT},
    "courses": {"title": TEXT, "trainer_id": NUMBER, "places": {"type": "integer", "minimum": 1, "maximum": 30}},
    "guests": {"name": TEXT},
}


def course_document() -> Node:
    """Courses with a trainer, and their guests."""
    paths: Node = {}
    for name, fields in SENT.items():
        new: Node = {"type": "object", "required": [*fields], "properties": fields}
        shown = {"id": NUMBER, **fields} | ({"taken": NUMBER} if name == "courses" else {})
        item: Node = {"type": "object", "required": [*shown], "properties": shown}
        path = "/courses/{id}/guests" if name == "guests" else f"/{name}"
        full: Node = {"description": "The course has no places left." if name == "guests" else "There are guests."}
        refused: Node = {"404": NO, "409": full, "422": NO}
        paths[path] = {
            "parameters": [path_parameter("id", NUMBER)] if name == "guests" else [],
            "get": {"responses": answers({"type": "array", "items": item}) | {"404": NO}},
            "post": {"requestBody": takes(new), "responses": answers(item, "201") | refused},
        }
        if name != "guests":
            paths[f"{path}/{{id}}"] = {
                "parameters": [path_parameter("id", NUMBER)],
                "get": {"responses": answers(item) | {"404": NO}},
                "put": {"requestBody": takes(new), "responses": answers(item) | refused},
            }
    return paths


class Courses:
    """The server. `broken` is what is refused after something was written: too few places, the trainer, a guest."""

    def __init__(self, broken: str = "") -> None:
        self.broken = broken
        self.items: dict[str, dict[int, Node]] = {"trainers": {}, "courses": {}}
        self.guests: dict[int, list[Node]] = {}

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/(trainers|courses)(?:/(\d+)(/guests)?)?", ask.path)
        if match is None or ask.method not in ("GET", "POST", "PUT"):
            return Answer(404)
        kept, body = self.items[match[1]], sent(ask)
        if not match[2]:
            return self._written(match[1], body, None) if ask.method == "POST" else Answer(200, [*kept.values()])
        one = kept.get(int(match[2]))
        if one is None:
            return Answer(404)
        if match[3]:
            return self._guest(one, body) if ask.method == "POST" else Answer(200, self.guests[one["id"]])
        return self._written(match[1], body, one) if ask.method == "PUT" else Answer(200, one)

    def _written(self, name: str, body: Node, one: Node | None) -> Answer:
        kinds = {each: str if kind is TEXT else int for each, kind in SENT[name].items()}
        if any(type(body.get(each)) is not kind for each, kind in kinds.items()):
            return Answer(422)
        if name == "courses" and not 1 <= body["places"] <= 30:
            return Answer(422)
        one_is_there = one is not None and name == "courses"
        refused = name == "courses" and body["trainer_id"] not in self.items["trainers"]
        if one is not None and one_is_there and self.broken == ("trainer" if refused else "places"):
            one["title"] = body["title"]
        if refused:
            return Answer(404)
        if one is not None and one_is_there and body["places"] < len(self.guests[one["id"]]):
            return Answer(409)
        id = one["id"] if one is not None else len(self.items[name]) + 1
        self.items[name][id] = {"id": id, **{each: body[each] for each in kinds}}
        if name == "courses":
            self.items[name][id]["taken"] = one["taken"] if one is not None else 0
        self.guests.setdefault(id, [])
        return Answer(200 if one is not None else 201, self.items[name][id])

    def _guest(self, course: Node, body: Node) -> Answer:
        guests = self.guests[course["id"]]
        if type(body.get("name")) is not str:
            return Answer(422)
        if len(guests) >= course["places"]:
            course["taken"] += self.broken == "guest"
            return Answer(409)
        course["taken"] += 1
        guests.append({"id": len(guests) + 1, "name": body["name"]})
        return Answer(201, guests[-1])


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        ("", set()),
        ("places", {("PUT /courses/{id}", "conflict-without-effect")}),
        ("trainer", {("PUT /courses/{id}", "refusal-without-effect")}),
        ("guest", {("POST /courses/{id}/guests", "owner-capacity")}),
    ],
)
def test_an_update_that_is_refused_late_has_changed_nothing(
    tmp_path: Path, broken: str, found: set[tuple[str, str]]
) -> None:
    file = tmp_path / "courses.json"
    file.write_text(json.dumps(document(course_document())))
    with Target.asgi(Small(Courses(broken))) as target:
        checks = ("conflict-without-effect", "refusal-without-effect", "owner-capacity")
        result = run_checks(contracts.of(file), target, only=checks)

    assert {(each.operation, each.check) for each in result.findings if each.verdict == "failure"} == found
    assert result.outcomes["PUT /courses/{id}", "conflict-without-effect"] in ("passed", "failed")
