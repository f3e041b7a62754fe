"""A sort parameter without an `enum` is tried with the properties, and in the form, that the document shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

WRITTEN: Node = {"payee": TEXT, "amount": {"type": "integer", "minimum": 1, "maximum": 100_000}}


def paths(**said: Node | str) -> Node:
    """Paths of payments; `said` is what is said of the parameter `sort`: its description, or a part of its schema."""
    schema = {"type": "string"} | {name: value for name, value in said.items() if name != "description"}
    sort = {"name": "sort", "in": "query", "schema": schema, "description": said.get("description", "")}
    payment = {"type": "object", "required": ["id", *WRITTEN], "properties": {"id": {"type": "integer"}, **WRITTEN}}
    new = {"type": "object", "required": list(WRITTEN), "properties": WRITTEN}
    listed = answers({"type": "array", "items": payment}) | {"400": {"description": "no"}}
    return {
        "/payments": {
            "get": {"parameters": [sort], "responses": listed},
            "post": {"requestBody": takes(new), "responses": answers(payment, "201")},
        }
    }


class Payments:
    """Payments in the order of `sort`, which has the `form` of the second and third group; other values are refused.

    `as_text` sorts numbers as texts, `one_way` knows no way back, and `ignores` sorts nothing.
    """

    def __init__(self, form: str, flaw: str = "") -> None:
        self.form, self.flaw = form, flaw
        self.kept: list[Node] = []

    def __call__(self, ask: Ask) -> Answer:
        if ask.method == "POST":
            self.kept.append({"id": len(self.kept) + 1, **sent(ask)})
            return Answer(201, self.kept[-1])
        asked = ask.query.get("sort")
        if asked is None or self.flaw == "ignores":
            return Answer(200, self.kept)
        match = re.fullmatch(self.form, asked)
        if match is None:
            return Answer(400)
        name, back = match["name"], bool(match["back"]) and self.flaw != "one way"
        return Answer(200, sorted(self.kept, key=lambda each: self._place(each[name]), reverse=back))

    def _place(self, value: str | int) -> str | int:
        return str(value) if self.flaw == "as text" else value


NAMED = r"(?P<name>amount|payee|id)"
COMMA, COLON = rf"{NAMED}(?:,(?:asc|(?P<back>desc)))?", rf"{NAMED}(?::(?:asc|(?P<back>desc)))?"
SPACE, MINUS = rf"{NAMED}(?: (?:asc|(?P<back>desc)))?", rf"(?P<back>-)?{NAMED}"

SHOWN = [
    ({"pattern": "^(amount|payee)(,(asc|desc))?$", "default": "payee,asc"}, COMMA, "failure"),
    ({"pattern": "^-?(amount|payee)$"}, MINUS, "failure"),
    ({"description": "Sort by amount or payee; a minus before it reverses the order."}, MINUS, "failure"),
    ({"description": "One of `amount`, `payee`, then `:asc` or `:desc`."}, COLON, "failure"),
    ({"description": "The property: amount/payee", "examples": ["amount desc"]}, SPACE, "failure"),
    ({"description": "Sorting criteria in the format: property,(asc|desc). Several are possible."}, COMMA, "warning"),
]


@pytest.mark.parametrize(("said", "form", "verdict"), SHOWN)
@pytest.mark.parametrize("flaw", ["as text", "one way"])
def test_what_a_document_shows_is_tried(tmp_path: Path, said: Node, form: str, verdict: str, flaw: str) -> None:
    assert set() == verdicts(tmp_path, paths(**said), Payments(form), "sort")
    assert {("sort", verdict)} == verdicts(tmp_path, paths(**said), Payments(form, flaw), "sort")


@pytest.mark.parametrize(
    "said", ["How to sort.", "Name of the property to sort by.", "What to sort by, e.g. by amount."]
)
def test_what_no_sentence_lists_stays_a_guess(tmp_path: Path, said: str) -> None:
    assert {("sort", "warning")} == verdicts(tmp_path, paths(description=said), Payments(MINUS, "ignores"), "sort")
