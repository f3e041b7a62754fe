"""A pattern that lets a line end pass: `$` matches before one at the end of a text in Python, Perl and PHP."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
CODE = r"^[A-Z]{3}-[0-9]{4}$"


def parts(shown: str = "") -> Callable[[Ask], Answer]:
    """Parts with a code, which is compared by Python's `$`; `shown` is added to it in each reply."""
    items: list[Node] = []

    def handle(ask: Ask) -> Answer:
        if ask.method == "POST":
            code = sent(ask).get("code")
            if not isinstance(code, str) or not re.match(CODE, code):
                return Answer(400)
            items.append({"id": len(items) + 1, "code": code + shown})
            return Answer(201, items[-1])
        number = int(ask.path.rpartition("/")[2])
        return Answer(200, items[number - 1]) if number <= len(items) else Answer(404)

    return handle


@pytest.mark.parametrize(("shown", "found"), [("", {("validation", "warning")}), ("!", {("document", "failure")})])
def test_a_line_end_that_a_pattern_let_pass_is_one_warning_and_no_failure_of_the_reply(
    tmp_path: Path, shown: str, found: set[tuple[str, str]]
) -> None:
    new: Node = {"type": "object", "required": ["code"], "properties": {"code": {"type": "string", "pattern": CODE}}}
    part: Node = {**new, "properties": {"id": {"type": "integer"}, **new["properties"]}}
    paths: Node = {
        "/parts": {"post": {"requestBody": takes(new), "responses": answers(part, "201") | {"400": NO}}},
        "/parts/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(part) | {"404": NO}},
        },
    }

    assert found <= verdicts(tmp_path, paths, parts(shown), "validation")
    assert shown or verdicts(tmp_path, paths, parts(), "validation") == found
