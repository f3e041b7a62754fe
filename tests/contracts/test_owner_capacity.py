"""An item that says how many others it takes: the check of a service, and the mock."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, served, takes

NO: Node = {"description": "no"}
SIZE: Node = {"type": "integer", "minimum": 1, "maximum": 500}


class Courses:
    """Courses, each with as many students as its capacity says, and no student twice."""

    def __init__(self, bug: str = "") -> None:
        self.courses: list[Node] = []
        self.students: list[list[Node]] = []
        self.bug = bug

    def __call__(self, ask: Ask) -> Answer:
        body = sent(ask)
        if ask.path == "/courses":
            return self._course(body) if ask.method == "POST" else Answer(200, self.courses)
        one = re.fullmatch(r"/courses/(\d+)(/students)?", ask.path)
        if one is None or int(one[1]) >= len(self.courses):
            return Answer(404)
        if not one[2]:
            return Answer(200, self.courses[int(one[1])])
        return self._enroll(int(one[1]), body) if ask.method == "POST" else Answer(200, self.students[int(one[1])])

    def _course(self, body: Node) -> Answer:
        if type(body.get("capacity")) is not int or not 1 <= body["capacity"] <= 500:
            return Answer(422)
        self.courses.append({"id": len(self.courses), "capacity": body["capacity"]})
        self.students.append([])
        return Answer(201, self.courses[-1])

    def _enroll(self, course: int, body: Node) -> Answer:
        if not isinstance(body.get("student"), str):
            return Answer(422)
        present, room = self.students[course], self.courses[course]["capacity"] + (self.bug == "one more")
        is_enrolled = body["student"] in [each["student"] for each in present] and self.bug != "twice"
        if is_enrolled or len(present) >= room:
            return Answer(409)
        present.append({"id": f"{course}-{len(present)}", "student": body["student"]})
        return Answer(201, present[-1])


def courses_document() -> Node:
    course: Node = {"type": "object", "required": ["capacity"], "properties": {"capacity": SIZE}}
    shown: Node = {**course, "properties": {"id": {"type": "integer", "readOnly": True}, "capacity": SIZE}}
    student: Node = {"type": "object", "required": ["student"], "properties": {"student": TEXT}}
    enrolled: Node = {**student, "properties": {"id": {**TEXT, "readOnly": True}, "student": TEXT}}
    full = {"409": {"description": "The course is full, or the student is enrolled already"}}
    return {
        "/courses": {
            "get": {"responses": answers({"type": "array", "items": shown})},
            "post": {"requestBody": takes(course), "responses": answers(shown, "201") | {"422": NO}},
        },
        "/courses/{course}": {
            "parameters": [path_parameter("course", {"type": "integer"})],
            "get": {"responses": answers(shown) | {"404": NO}},
        },
        "/courses/{course}/students": {
            "parameters": [path_parameter("course", {"type": "integer"})],
            "get": {"responses": answers({"type": "array", "items": enrolled}) | {"404": NO}},
            "post": {"requestBody": takes(student), "responses": answers(enrolled, "201") | full | {"422": NO}},
        },
    }


@pytest.mark.parametrize(("bug", "expected"), [
    ("", set()),
    ("one more", {("owner-capacity", "failure"), ("concurrent-owner-capacity", "failure")}),
    ("twice", {("unique", "failure")}),
])  # fmt: skip
def test_no_more_are_taken_than_the_capacity_of_an_item_says(
    tmp_path: Path, bug: str, expected: set[tuple[str, str]]
) -> None:
    checks = ("owner-capacity", "concurrent-owner-capacity", "unique", "create", "listed", "lifecycle")

    assert expected == verdicts(tmp_path, courses_document(), Courses(bug), *checks)


def test_the_mock_refuses_what_an_item_does_not_take(tmp_path: Path) -> None:
    with TestClient(served(tmp_path, document(courses_document()))) as client:
        course = client.post("/courses", json={"capacity": 2}).json()["id"]
        place = f"/courses/{course}/students"
        statuses = [client.post(place, json={"student": name}).status_code for name in ("ada", "ada", "bo", "cy")]

    assert [201, 409, 201, 409] == statuses
