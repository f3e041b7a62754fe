"""A refusal that another part of the request causes says nothing about the part that a check varies."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, Handle, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
COLORS = ("red", "blue")


class Boats:
    """Boats, whose PUT takes only hooks that begin as `hooks` says, and lengths up to `most`.

    `is_strict` judges the color that a client asks for; a boat that is not there is 404 whatever the color. With
    `judges_first` a body is judged before the boat is looked for. A new boat may not have all of the fields `apart`.
    """

    def __init__(
        self,
        *,
        hooks: str = "",
        most: int = 50,
        is_strict: bool = True,
        is_kept: bool = True,
        judges_first: bool = False,
        missing: int = 404,
        apart: frozenset[str] = frozenset(),
    ) -> None:
        self.hooks, self.most, self.is_strict, self.is_kept = hooks, most, is_strict, is_kept
        self.judges_first, self.missing, self.apart = judges_first, missing, apart
        self.boats: dict[int, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/boats(?:/(\d+)(/pictures)?)?", ask.path)
        if match is None:
            return Answer(404)
        if not match[1]:
            return self._created(sent(ask)) if ask.method == "POST" else Answer(200, [*self.boats.values()])
        boat = self.boats.get(int(match[1]))
        if self.judges_first and ask.method == "PUT" and not self._is_valid(sent(ask)):
            return Answer(400)
        if boat is None or (match[2] and not self.is_kept):
            return Answer(404 if boat is None and ask.method == "GET" else self.missing)
        if match[2]:
            return Answer(400) if self.is_strict and ask.query.get("color", "red") not in COLORS else Answer(200, boat)
        return self._replaced(boat, sent(ask)) if ask.method == "PUT" else Answer(200, boat)

    def _created(self, body: Node) -> Answer:
        if not fits(body, {"name"}, 50) or (self.apart and self.apart <= body.keys()):
            return Answer(400)
        boat = {"id": len(self.boats) + 1, **body}
        self.boats[len(self.boats) + 1] = boat
        return Answer(201, boat)

    def _replaced(self, boat: Node, body: Node) -> Answer:
        if not self._is_valid(body):
            return Answer(400)
        boat.update(body)
        return Answer(200, boat)

    def _is_valid(self, body: Node) -> bool:
        return fits(body, {"name", "length", "hook"}, self.most) and str(body["hook"]).startswith(self.hooks)


def fits(body: Node, needed: set[str], most: int) -> bool:
    length = body.get("length", 1)
    has_texts = all(isinstance(body.get(name, ""), str) for name in ("name", "hook"))
    return needed <= body.keys() and has_texts and type(length) is int and 1 <= length <= most


def boats_document() -> Node:
    length: Node = {"type": "integer", "minimum": 1, "maximum": 50}
    boat: Node = {
        "type": "object",
        "required": ["id", "name"],
        "properties": {"id": {"type": "integer"}, "name": TEXT, "length": length, "hook": TEXT},
    }
    known: Node = {"name": TEXT, "length": length, "hook": TEXT}
    new: Node = {"type": "object", "required": ["name"], "properties": known}
    whole: Node = {"type": "object", "required": [*known], "properties": known}
    color = {"name": "color", "in": "query", "schema": {"type": "string", "enum": [*COLORS]}}
    bad: Node = {"400": NO, "403": NO, "404": NO}
    return {
        "/boats": {
            "get": {"responses": answers({"type": "array", "items": boat})},
            "post": {"requestBody": takes(new), "responses": answers(boat, "201") | {"400": NO}},
        },
        "/boats/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(boat) | {"404": NO}},
            "put": {"requestBody": takes(whole), "responses": answers(boat) | bad},
        },
        "/boats/{id}/pictures": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"parameters": [color], "responses": answers(boat) | bad},
        },
    }


@pytest.mark.parametrize(
    ("server", "found"),
    [
        (Boats(), set()),
        (Boats(hooks="https://hooks.boats.test/"), set()),
        (Boats(most=49), {("validation", "failure")}),
        (Boats(is_strict=False), {("query-parameters", "failure")}),
        (Boats(is_kept=False), set()),
        (Boats(is_kept=False, missing=403), set()),
    ],
    ids=["correct", "another field", "this field", "this parameter", "no such item", "not allowed"],
)
def test_a_refusal_is_told_of_what_causes_it(tmp_path: Path, server: Boats, found: set[tuple[str, str]]) -> None:
    assert found == verdicts(tmp_path, boats_document(), server, "validation", "query-parameters")


@pytest.mark.parametrize(
    ("server", "found"),
    [
        (Boats(), set()),
        (Boats(judges_first=True, hooks="https://hooks.boats.test/"), set()),
        (Boats(judges_first=True, missing=400), {("not-found", "failure")}),
    ],
    ids=["correct", "judged first", "wrong status"],
)
def test_a_refused_body_says_nothing_about_an_unknown_id(
    tmp_path: Path, server: Boats, found: set[tuple[str, str]]
) -> None:
    assert found == verdicts(tmp_path, boats_document(), server, "not-found")


@pytest.mark.parametrize(
    ("apart", "found"),
    [
        (frozenset[str](), set()),
        (frozenset({"length", "hook"}), {("create", "warning")}),
        (frozenset({"hook"}), {("create", "warning")}),
        (frozenset({"length"}), {("create", "failure")}),
    ],
    ids=["correct", "two fields together", "a free text", "a number"],
)
def test_fields_that_are_refused_only_together_and_a_free_text_are_a_warning(
    tmp_path: Path, apart: frozenset[str], found: set[tuple[str, str]]
) -> None:
    assert found == verdicts(tmp_path, boats_document(), Boats(apart=apart), "create")


LIMIT: Node = {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100}}
OFFSET: Node = {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0}}


@pytest.mark.parametrize(
    ("status", "most", "found"),
    [
        (200, 100, set()),
        (200, 50, {("page-size-limits", "failure")}),
        (403, 100, set()),
    ],
    ids=["correct", "refuses the largest page", "refuses every request"],
)
def test_a_list_that_refuses_every_request_refuses_no_page_size(
    tmp_path: Path, status: int, most: int, found: set[tuple[str, str]]
) -> None:
    sail: Node = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "name": TEXT}}
    paths: Node = {
        "/sails": {
            "get": {
                "parameters": [LIMIT, OFFSET],
                "responses": answers({"type": "array", "items": sail}) | {"400": NO, "403": NO},
            },
            "post": {"requestBody": takes(sail), "responses": answers(sail, "201") | {"403": NO}},
        },
        "/sails/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(sail) | {"404": NO}},
        },
    }

    def handle(ask: Ask) -> Answer:
        if ask.path != "/sails":
            return Answer(404)
        if ask.method == "POST":
            return Answer(403)
        size = ask.query.get("limit", "10")
        is_known = size.isdecimal() and 0 < int(size) <= most
        return Answer(status if is_known or status == 403 else 400, [])

    assert found == verdicts(tmp_path, paths, handle, "page-size-limits")


def queries(*, needs: str = "", fails: str = "") -> tuple[Node, Handle]:
    """Logs that fail without `needs`, and for the parameter `fails`."""
    flag: Node = {"type": "boolean"}
    since: Node = {"name": "since", "in": "query", "schema": {"type": "integer"}}
    flags = [{"name": name, "in": "query", "schema": flag} for name in ("stdout", "details")]
    paths: Node = {
        "/logs": {"get": {"parameters": [since, *flags], "responses": answers({"type": "array"}) | {"400": NO}}}
    }

    def handle(ask: Ask) -> Answer:
        if fails in ask.query:
            return Answer(500)
        if needs and ask.query.get(needs) != "true":
            return Answer(503 if fails else 500)
        is_valid = re.fullmatch(r"-?\d{1,18}", ask.query.get("since", "0")) is not None
        is_valid &= {ask.query.get(each, "true") for each in ("stdout", "details")} <= {"true", "false"}
        return Answer(200, []) if is_valid else Answer(400)

    return paths, handle


@pytest.mark.parametrize(
    ("needs", "fails", "found"),
    [
        ("", "", set()),
        ("stdout", "", {"document"}),
        ("stdout", "since", {"document", "odd-input", "query-parameters"}),
        ("", "since", {"document", "odd-input", "query-parameters"}),
    ],
    ids=["correct", "fails for every request", "fails otherwise for a parameter", "fails for a parameter"],
)
def test_a_list_that_fails_for_every_request_fails_for_no_parameter(
    tmp_path: Path, needs: str, fails: str, found: set[str]
) -> None:
    paths, handle = queries(needs=needs, fails=fails)
    seen = verdicts(tmp_path, paths, handle, "odd-input", "query-parameters")

    assert {(each, "failure") for each in found} == seen
