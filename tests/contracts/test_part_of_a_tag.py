"""A filter for an entry of a list: "only stones with this tag" finds no stone by a part of its tag."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
TAGS: Node = {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 30}}


def stones_document(said: str) -> Node:
    """Stones with tags; `said` describes the parameter by which they are filtered."""
    new: Node = {"type": "object", "required": ["name", "tags"], "properties": {"name": TEXT, "tags": TAGS}}
    shown: Node = {"id": {"type": "integer"}, "name": TEXT, "tags": TAGS}
    stone: Node = {"type": "object", "required": [*shown], "properties": shown}
    query = {"name": "tag", "in": "query", "description": said, "schema": {"type": "string", "minLength": 1}}
    return {
        "/stones": {
            "get": {"parameters": [query], "responses": answers({"type": "array", "items": stone})},
            "post": {"requestBody": takes(new), "responses": answers(stone, "201") | {"400": NO}},
        },
    }


class Stones:
    """The service. Where `parts` are enough, it looks for the text within the tags."""

    def __init__(self, *, parts: bool) -> None:
        self.parts, self.stones = parts, list[Node]()

    def __call__(self, ask: Ask) -> Answer:
        if ask.method == "POST":
            body = sent(ask)
            if not isinstance(body.get("name"), str) or not isinstance(body.get("tags"), list):
                return Answer(400, {})
            self.stones.append({"id": len(self.stones) + 1, "name": body["name"], "tags": body["tags"]})
            return Answer(201, self.stones[-1])
        tag = ask.query.get("tag")
        found = [each for each in self.stones if tag is None or self._has(each["tags"], tag)]
        return Answer(200, found)

    def _has(self, tags: list[str], tag: str) -> bool:
        return any(tag in each for each in tags) if self.parts else tag in tags


@pytest.mark.parametrize(
    "said", ["Only stones with this tag", "Stones that have the given tag.", "Stones with that tag"]
)
def test_a_part_of_a_tag_finds_nothing(tmp_path: Path, said: str) -> None:
    assert set() == verdicts(tmp_path, stones_document(said), Stones(parts=False), "filter")
    assert {("filter", "failure")} == verdicts(tmp_path, stones_document(said), Stones(parts=True), "filter")


@pytest.mark.parametrize(
    "said", ["Filters by tag", "Stones with this text in a tag", "Part of a tag", "Only with this colour"]
)
def test_a_part_may_be_enough_where_the_document_does_not_say_so(tmp_path: Path, said: str) -> None:
    assert set() == verdicts(tmp_path, stones_document(said), Stones(parts=True), "filter")
