"""A list that is sorted without regard to case has `zz a` before `ZZ B`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

KNOT: Node = {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "integer"}, "name": TEXT}}
NEW: Node = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}
SORT: Node = {"name": "sort", "in": "query", "schema": {"type": "string", "enum": ["name", "-name"]}}


class Knots:
    """The server. It sorts by letters, or else by code points."""

    def __init__(self, *, by_letters: bool) -> None:
        self.by_letters, self.knots = by_letters, list[Node]()

    def __call__(self, ask: Ask) -> Answer:
        if ask.path != "/knots":
            return Answer(404)
        if ask.method == "POST":
            self.knots.append({"id": len(self.knots) + 1, "name": sent(ask)["name"]})
            return Answer(201, self.knots[-1])
        found = sorted(self.knots, key=lambda each: each["name"].casefold() if self.by_letters else each["name"])
        return Answer(200, found[::-1] if ask.query.get("sort") == "-name" else found)


def verdicts_of(tmp_path: Path, sentence: str, *, by_letters: bool) -> set[tuple[str, str]]:
    listed = {
        "description": sentence,
        "parameters": [SORT],
        "responses": answers({"type": "array", "items": KNOT}),
    }
    paths = {"/knots": {"get": listed, "post": {"requestBody": takes(NEW), "responses": answers(KNOT, "201")}}}
    return verdicts(tmp_path, paths, Knots(by_letters=by_letters), "sorted-in-any-case")


SENTENCE = "All knots. Names are sorted without regard to upper and lower case."


@pytest.mark.parametrize(
    ("sentence", "by_letters", "found"),
    [
        (SENTENCE, True, set()),
        (SENTENCE, False, {("sorted-in-any-case", "failure")}),
        ("All knots. Names are sorted.", False, set()),
    ],
    ids=["right", "wrong", "not said"],
)
def test_case_does_not_matter_where_the_document_says_so(
    tmp_path: Path, sentence: str, by_letters: bool, found: set[tuple[str, str]]
) -> None:
    assert found == verdicts_of(tmp_path, sentence, by_letters=by_letters)
