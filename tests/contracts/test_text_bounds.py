"""Texts of a form (URLs, addresses, host names) at the bounds of their length, and numbers that depend on others."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.client.text_forms import EMAIL, HOST, of_length
from tests.contracts.test_foreign_shapes import verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NAME = r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
FORMS = {
    "site": re.compile(rf"https?://{NAME.replace('$', '(?:[/?#]|$)')}(?:[/?#]\S*)?"),
    "mail": re.compile(rf"[a-z0-9.+-]{{1,64}}@{NAME}"),
    "host": re.compile(NAME),
    "code": re.compile(r".*", re.DOTALL),
}
LENGTHS = {"site": 180, "mail": 120, "host": 100, "code": 40}


def read(ask: Ask) -> Any:
    """The JSON value of a body; None without one."""
    try:
        return json.loads(ask.raw)
    except ValueError:
        return None


class Partners:
    """Partners with texts of a form. `shorter` names a field that takes one character less than documented.

    With `letters`, a code has only letters and hyphens, which the document does not say.
    """

    def __init__(self, *, shorter: str = "", letters: bool = False) -> None:
        self.lengths = {name: most - (name == shorter) for name, most in LENGTHS.items()}
        self.forms = {**FORMS, **({"code": re.compile(r"[a-z0-9-]*")} if letters else {})}
        self.partners: list[Node] = []

    def __call__(self, ask: Ask) -> Answer:
        if ask.method == "GET":
            return Answer(200, self.partners)
        body = read(ask)
        if not isinstance(body, dict) or not FORMS.keys() <= body.keys():
            return Answer(422)
        for name, form in self.forms.items():
            value = body[name]
            if not isinstance(value, str) or len(value) > self.lengths[name] or not form.fullmatch(value):
                return Answer(422)
        self.partners.append({"id": len(self.partners) + 1, **{name: body[name] for name in FORMS}})
        return Answer(201, self.partners[-1])


def partners_document() -> Node:
    formats = {"site": "uri", "mail": "email", "host": "hostname"}
    fields: Node = {
        name: {"type": "string", "maxLength": most, **({"format": formats[name]} if name in formats else {})}
        for name, most in LENGTHS.items()
    }
    new: Node = {"type": "object", "required": [*fields], "properties": fields}
    partner: Node = {**new, "required": ["id", *fields], "properties": {"id": {"type": "integer"}, **fields}}
    no: Node = {"description": "no"}
    return {
        "/partners": {
            "get": {"responses": answers({"type": "array", "items": partner})},
            "post": {"requestBody": takes(new), "responses": answers(partner, "201") | {"422": no}},
        }
    }


@pytest.mark.parametrize(
    ("server", "found"),
    [
        (Partners(), set()),
        (Partners(letters=True), {("validation", "warning"), ("edge-input", "warning")}),
        *((Partners(shorter=name), {("validation", "failure")}) for name in ("site", "mail", "host")),
        (Partners(shorter="code"), {("validation", "failure"), ("edge-input", "failure")}),
    ],
    ids=["correct", "letters only", "site", "mail", "host", "code"],
)
def test_a_text_at_its_bound_keeps_the_form_that_a_service_requires(
    tmp_path: Path, server: Partners, found: set[tuple[str, str]]
) -> None:
    assert found == verdicts(tmp_path, partners_document(), server, "validation", "edge-input")


@pytest.mark.parametrize("length", [7, 15, 40, 64, 65, 100, 130, 200, 253, 254])
@pytest.mark.parametrize(
    ("present", "form"),
    [
        ("ada@example.com", EMAIL),
        ("a.b+c@mail.example.org", EMAIL),
        ("www.example.org", HOST),
        ("https://example.com", re.compile(r"https://\S+")),
        ("https://example.com/a?b=c", re.compile(r"https://\S+")),
    ],
)
def test_a_text_of_a_length_has_this_length_and_labels_of_at_most_63_characters(
    present: str, form: re.Pattern[str], length: int
) -> None:
    text = of_length(present, length)

    if text is None:
        assert length < 15 or (form is HOST and length > 253)
        return
    assert length == len(text)
    assert form.fullmatch(text)
    domain = re.split(r"[/?#]", text.rpartition("@")[2].removeprefix("https://"))[0]
    assert all(1 <= len(label) <= 63 for label in domain.split("."))
    assert "@" not in text or 1 <= len(text.rpartition("@")[0]) <= 64


Rule = Callable[[int, int], bool]


class Shelves:
    """Shelves with a number that depends on another one: by `rule`, at `lowest` or more."""

    def __init__(self, rule: Rule, lowest: int = 0) -> None:
        self.rule, self.lowest = rule, lowest
        self.shelves: dict[int, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        id = ask.path.removeprefix("/shelves").strip("/")
        if not id:
            return self._created(read(ask)) if ask.method == "POST" else Answer(200, [*self.shelves.values()])
        shelf = self.shelves.get(int(id) if id.isdecimal() else 0)
        if shelf is None:
            return Answer(404)
        if ask.method == "PATCH":
            body = read(ask)
            if (
                not isinstance(body, dict)
                or not body.keys() & {"held", "room"}
                or not self._is_valid({**shelf, **body})
            ):
                return Answer(422)
            shelf |= {name: body[name] for name in ("held", "room") if name in body}
        return Answer(200, shelf)

    def _created(self, body: object) -> Answer:
        if not isinstance(body, dict) or not self._is_valid(body):
            return Answer(422)
        id = len(self.shelves) + 1
        self.shelves[id] = {"id": id, "held": body["held"], "room": body["room"]}
        return Answer(201, self.shelves[id])

    def _is_valid(self, body: Node) -> bool:
        held, room = body.get("held"), body.get("room")
        return (
            type(held) is int
            and type(room) is int
            and self.lowest <= held <= 500
            and 0 <= room <= 500
            and self.rule(held, room)
        )


def shelves_document() -> Node:
    amount: Node = {"type": "integer", "minimum": 0, "maximum": 500}
    fields: Node = {"held": {**amount, "example": 20}, "room": {**amount, "example": 90}}
    new: Node = {"type": "object", "required": [*fields], "properties": fields}
    change: Node = {"type": "object", "properties": fields, "minProperties": 1}
    shelf: Node = {**new, "required": ["id", *fields], "properties": {"id": {"type": "integer"}, **fields}}
    bad: Node = {"404": {"description": "no"}, "422": {"description": "no"}}
    id = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    return {
        "/shelves": {
            "get": {"responses": answers({"type": "array", "items": shelf})},
            "post": {"requestBody": takes(new), "responses": answers(shelf, "201") | bad},
        },
        "/shelves/{id}": {
            "parameters": [id],
            "get": {"responses": answers(shelf) | bad},
            "patch": {"requestBody": takes(change), "responses": answers(shelf) | bad},
        },
    }


@pytest.mark.parametrize(
    ("server", "found"),
    [
        (Shelves(lambda held, room: True), set()),
        (Shelves(lambda held, room: held <= room), set()),
        (Shelves(lambda held, room: True, lowest=1), {("validation", "failure"), ("edge-input", "failure")}),
        (Shelves(lambda held, room: held <= room, lowest=1), {("validation", "failure"), ("edge-input", "failure")}),
    ],
    ids=["no rule", "at most the other", "a bound is refused", "both"],
)
def test_a_rule_between_two_numbers_is_no_refused_bound(
    tmp_path: Path, server: Shelves, found: set[tuple[str, str]]
) -> None:
    assert found == verdicts(tmp_path, shelves_document(), server, "validation", "edge-input")
