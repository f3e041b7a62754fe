"""Posts that everybody may read, a feed that shows some of them, and authors who are seen all the time."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
TIME: Node = {"type": "string", "format": "date-time"}
AUTHOR: Node = {"type": "object", "properties": {"name": TEXT, "last_seen": TIME}}
POST: Node = {
    "type": "object",
    "required": ["id", "text"],
    "properties": {"id": {"type": "integer"}, "text": TEXT, "author": AUTHOR},
}
NEW: Node = {"type": "object", "required": ["text"], "properties": {"text": TEXT}}
KEY: Node = {"components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}}}
PATHS: Node = {
    "/feed": {"get": {"responses": answers({"type": "array", "items": POST})}},
    "/posts": {
        "get": {"responses": answers({"type": "array", "items": POST})},
        "post": {"requestBody": takes(NEW), "responses": answers(POST, "201") | {"422": NO}},
    },
    "/posts/{id}": {
        "parameters": [path_parameter("id", {"type": "integer"})],
        "get": {"responses": answers(POST) | {"404": NO}},
        "delete": {"responses": answers({"type": "object"}, "204") | {"404": NO}},
    },
}


class Posts:
    """Posts by number, and a feed of what others write. `loses`: the list shows another name of the author."""

    def __init__(self, *, loses: bool = False) -> None:
        self.loses = loses
        self.posts: dict[int, Node] = {}
        self.numbers, self.seconds = count(1), count()

    def shown(self, post: Node, name: str) -> Node:
        second = next(self.seconds)
        return {**post, "author": {"name": name, "last_seen": f"2026-11-30T{second // 60:02}:{second % 60:02}:00Z"}}

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/posts(?:/(\d{1,9}))?", ask.path)
        if ask.path == "/feed" or match is None:
            return Answer(200, []) if ask.path == "/feed" else Answer(404)
        if match[1] is None:
            return self.all(ask)
        number = int(match[1])
        if number not in self.posts:
            return Answer(404)
        if ask.method == "DELETE":
            del self.posts[number]
            return Answer(204, headers=(("content-type", "application/json"),))
        return Answer(200, self.shown(self.posts[number], "Ada"))

    def all(self, ask: Ask) -> Answer:
        if ask.method == "GET":
            return Answer(200, [self.shown(each, "Bob" if self.loses else "Ada") for each in self.posts.values()])
        text = sent(ask).get("text") if ask.raw[:1] == b"{" else None
        if not isinstance(text, str):
            return Answer(422)
        number = next(self.numbers)
        self.posts[number] = {"id": number, "text": text}
        return Answer(201, self.shown(self.posts[number], "Ada"))


@pytest.mark.parametrize("headers", [(), (("content-type", "application/json"),)], ids=["without", "with"])
def test_what_has_no_content_needs_no_media_type(tmp_path: Path, headers: tuple[tuple[str, str], ...]) -> None:
    paths: Node = {"/posts": {"delete": {"responses": answers({"type": "object"}, "204")}}}
    checks = ("response_schema_conformance", "content_type_conformance")

    assert set() == verdicts(tmp_path, paths, lambda ask: Answer(204, headers=headers), *checks)


CHECKS = ("listed", "ownership", "create", "read-back", "delete", "response_schema_conformance", "lifecycle")


@pytest.mark.parametrize(("loses", "found"), [(False, set()), (True, {("listed", "failure")})])
def test_the_list_of_all_is_compared_and_not_a_shorter_feed(
    tmp_path: Path, loses: bool, found: set[tuple[str, str]]
) -> None:
    seen = verdicts(tmp_path, PATHS, Posts(loses=loses), *CHECKS, secret="secret", **KEY)

    assert found == {each for each in seen if each[1] == "failure"}


@pytest.mark.parametrize(("field", "is_failure"), [("username", False), ("contact_email", False), ("subject", True)])
def test_a_name_to_log_in_with_may_not_have_every_letter(tmp_path: Path, field: str, is_failure: bool) -> None:
    shown = {"type": "object", "required": ["id", field], "properties": {"id": {"type": "integer"}, field: TEXT}}
    new = {"type": "object", "required": [field], "properties": {field: TEXT}}
    paths: Node = {
        "/people": {
            "get": {"responses": answers({"type": "array", "items": shown})},
            "post": {"requestBody": takes(new), "responses": answers(shown, "201") | {"400": NO}},
        },
    }
    people: list[Node] = []

    def server(ask: Ask) -> Answer:
        text = sent(ask).get(field) if ask.method == "POST" and ask.raw[:1] == b"{" else None
        if ask.method == "GET":
            return Answer(200, people)
        if not isinstance(text, str) or not re.match(r"[a-z0-9]", text):
            return Answer(400, {"errors": {field: ["It must start with a letter"]}})
        people.append({"id": len(people) + 1, field: text})
        return Answer(201, people[-1])

    seen = {verdict for _, verdict in verdicts(tmp_path, paths, server, "text-preserved")}

    assert "warning" in seen
    assert is_failure is ("failure" in seen)
