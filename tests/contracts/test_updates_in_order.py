"""Updates of a minimum and a maximum: a correct service may refuse a minimum above the maximum that it has stored."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

SALARY: Node = {"type": "integer", "minimum": 0, "maximum": 9}
FIELDS: Node = {"title": TEXT, "pay_min": SALARY, "pay_max": SALARY}
POST: Node = {"type": "object", "required": ["id", *FIELDS], "properties": {"id": {"type": "integer"}, **FIELDS}}
NO: Node = {"400": {"description": "no"}, "404": {"description": "no"}}


def posts() -> Node:
    whole = {"type": "object", "required": list(FIELDS), "properties": FIELDS}
    return {
        "/posts": {
            "get": {"responses": answers({"type": "array", "items": POST})},
            "post": {"requestBody": takes(whole), "responses": answers(POST, "201") | {"400": NO["400"]}},
        },
        "/posts/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(POST) | {"404": NO["404"]}},
            "patch": {"requestBody": takes({"type": "object", "properties": FIELDS}), "responses": answers(POST) | NO},
        },
    }


class Posts:
    """The server. With `loses` an update of the title is lost."""

    def __init__(self, *, loses: bool) -> None:
        self.loses = loses
        self.posts: list[Node] = []

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/posts(?:/(\d+))?", ask.path)
        if match is None:
            return Answer(404)
        if not match[1]:
            return self._create(ask) if ask.method == "POST" else Answer(200, self.posts)
        number = int(match[1])
        if not 1 <= number <= len(self.posts):
            return Answer(404)
        post = self.posts[number - 1]
        if ask.method == "PATCH":
            new = {**post, **{name: value for name, value in sent(ask).items() if name in FIELDS}}
            if not _is_valid(new):
                return Answer(400)
            post |= {**new, "title": post["title"]} if self.loses else new
        return Answer(200, post)

    def _create(self, ask: Ask) -> Answer:
        new = {"id": len(self.posts) + 1, **{name: sent(ask).get(name) for name in FIELDS}}
        if not _is_valid(new):
            return Answer(400)
        self.posts.append(new)
        return Answer(201, new)


def _is_valid(post: Node) -> bool:
    numbers = [post["pay_min"], post["pay_max"]]
    return (
        type(post["title"]) is str and all(type(n) is int and 0 <= n <= 9 for n in numbers) and numbers[0] <= numbers[1]
    )


@pytest.mark.parametrize(
    ("loses", "found"), [(False, set()), (True, {("update", "failure"), ("lifecycle", "failure")})]
)
def test_an_update_keeps_a_minimum_below_the_maximum(tmp_path: Path, loses: bool, found: set[tuple[str, str]]) -> None:
    assert found == verdicts(tmp_path, posts(), Posts(loses=loses), "update", "lifecycle")
