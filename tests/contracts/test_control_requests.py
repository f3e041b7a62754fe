"""A refusal is a failure only if a control request shows that nothing else than what is judged is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
TEXT: Node = {"type": "string"}
NUMBER: Node = {"type": "integer"}


def flags(fields: Node, *, needed: tuple[str, ...] = ("name",), method: str = "patch", **more: Node) -> Node:
    """Flags by number, which a PATCH or a PUT changes. `more` are further responses to requests with a body."""
    shown = {"type": "object", "required": ["id"], "properties": {"id": NUMBER, **fields}}
    new = {"type": "object", "required": [*needed], "properties": fields}
    change = {"type": "object", "properties": fields, **({"required": [*needed]} if method == "put" else {})}
    refused = {"400": NO, **{status.lstrip("_"): each for status, each in more.items()}}
    return {
        "/flags": {
            "get": {"responses": answers({"type": "array", "items": shown})},
            "post": {"requestBody": takes(new), "responses": answers(shown, "201") | refused},
        },
        "/flags/{id}": {
            "parameters": [path_parameter("id", NUMBER)],
            "get": {"responses": answers(shown) | {"404": NO}},
            method: {"requestBody": takes(change), "responses": answers(shown) | refused | {"404": NO}},
            "delete": {"responses": {"204": NO, "404": NO}},
        },
    }


Judge = Callable[[Node, bool], int]
"""The status that a body gets, and whether it is for a new flag."""


class Flags:
    """Flags as `flags` documents them. `shows` says how a value is shown; an update in a race may lose values."""

    def __init__(self, judge: Judge, shows: Callable[[Node], Node] = lambda flag: flag) -> None:
        self.judge, self.shows = judge, shows
        self.flags: dict[int, Node] = {}
        self.next = 1

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/flags(?:/(\d{1,9}))?", ask.path)
        number = int(match[1]) if match is not None and match[1] else 0
        if match is None or (number and number not in self.flags):
            return Answer(404)
        if ask.method in ("POST", "PATCH", "PUT"):
            is_whole = ask.raw.startswith(b"{") and ("name" in sent(ask) or ask.method == "PATCH")
            status = self.judge(sent(ask), ask.method == "POST") if is_whole else 400
            if status >= 400:
                return Answer(status)
            if not number:
                number, self.next = self.next, self.next + 1
            kept = self.flags.get(number, {}) if ask.method == "PATCH" else {}
            self.flags[number] = {**kept, **sent(ask), "id": number}
            return Answer(201 if ask.method == "POST" else 200, self.shows(self.flags[number]))
        if ask.method == "DELETE":
            del self.flags[number]
            return Answer(204)
        return Answer(200, self.shows(self.flags[number]) if number else [*map(self.shows, self.flags.values())])


FIELDS: Node = {"name": TEXT, "provider": TEXT}


def texts(body: Node) -> bool:
    return all(isinstance(body.get(name, ""), str) for name in FIELDS)


def knows_three(body: Node, is_new: bool) -> int:
    """Only providers that there are: a text that the first example of the document has."""
    return 200 if texts(body) and body.get("provider", "webhook") == "webhook" else 400


def changes_no_provider(body: Node, is_new: bool) -> int:
    """The bug: an update refuses another provider, which a create takes."""
    return 200 if texts(body) and (is_new or body.get("provider", "x") == "x") else 400


def takes_no_update(body: Node, is_new: bool) -> int:
    return 200 if texts(body) and is_new else 400


EXAMPLE: Node = {"name": TEXT, "provider": {**TEXT, "examples": ["webhook"]}}


@pytest.mark.parametrize(
    ("judge", "found"),
    [(knows_three, {"warning"}), (changes_no_provider, {"failure"}), (takes_no_update, {"failure"})],
    ids=["a create refuses the value, too", "a create takes the value", "the own value is refused, too"],
)
def test_a_refused_change_is_a_failure_unless_the_service_takes_the_value_nowhere(
    tmp_path: Path, judge: Judge, found: set[str]
) -> None:
    seen = verdicts(tmp_path, flags(EXAMPLE, needed=("name", "provider")), Flags(judge), "update")

    assert found == {verdict for _, verdict in seen}


@pytest.mark.parametrize(("judge", "found"), [(knows_three, set()), (takes_no_update, {("replace", "failure")})])
def test_a_put_that_is_refused_is_tried_with_the_values_of_the_item(
    tmp_path: Path, judge: Judge, found: set[tuple[str, str]]
) -> None:
    paths = flags(EXAMPLE, needed=("name", "provider"), method="put")

    assert found == verdicts(tmp_path, paths, Flags(judge), "replace")


ROLE: Node = {"name": TEXT, "role": {"oneOf": [NUMBER, {"type": "string", "enum": ["Admin", "Viewer"]}]}}


def test_a_value_that_is_always_shown_in_another_form_is_not_lost_in_a_race(tmp_path: Path) -> None:
    def numbered(flag: Node) -> Node:
        return {**flag, "role": {"Admin": 1, "Viewer": 2}.get(flag.get("role"), flag.get("role"))}

    server = Flags(lambda body, is_new: 200 if isinstance(body.get("name"), str) else 400, numbered)

    assert set() == verdicts(tmp_path, flags(ROLE, needed=("name", "role")), server, "concurrent-creates")


@pytest.mark.parametrize(("listed", "found"), [({"_403": NO}, {"warning"}), ({}, {"failure"})])
def test_a_documented_403_for_an_invalid_value_may_be_about_what_it_names(
    tmp_path: Path, listed: Mapping[str, Node], found: set[str]
) -> None:
    fields: Node = {"name": TEXT, "project": TEXT}

    def judge(body: Node, is_new: bool) -> int:
        if not isinstance(body.get("name", ""), str) or "\x00" in body.get("name", ""):
            return 400
        return 200 if isinstance(body.get("project", ""), str) and body.get("project") != "" else 403

    seen = verdicts(tmp_path, flags(fields, **listed), Flags(judge), "validation")
    about_project = {verdict for check, verdict in seen if check == "validation"}

    assert found <= about_project
    assert ("failure" in about_project) is ("failure" in found)


KINDS: Node = {"name": TEXT, "wallet_type": {"enum": ["own", "shared"]}, "shared_id": TEXT}


def needs_another(body: Node, is_new: bool) -> int:
    fits = isinstance(body.get("name", ""), str) and isinstance(body.get("shared_id", ""), str)
    is_known = body.get("wallet_type", "own") in ("own", "shared")
    return 200 if fits and is_known and (body.get("wallet_type") != "shared" or body.get("shared_id")) else 400


@pytest.mark.parametrize(("field", "found"), [("wallet_type", {"warning"}), ("colour", {"failure"})])
def test_a_kind_may_need_another_field(tmp_path: Path, field: str, found: set[str]) -> None:
    fields = {field if name == "wallet_type" else name: schema for name, schema in KINDS.items()}

    def judge(body: Node, is_new: bool) -> int:
        return needs_another({"wallet_type" if name == field else name: each for name, each in body.items()}, is_new)

    seen = verdicts(tmp_path, flags(fields), Flags(judge), "validation", "optional-fields")

    assert found == {verdict for _, verdict in seen}


QUERY: Node = {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}}


@pytest.mark.parametrize("status", [501, 503])
def test_nothing_is_said_of_the_parameters_of_what_is_switched_off(tmp_path: Path, status: int) -> None:
    get = {"parameters": [QUERY], "responses": answers({"type": "array", "items": NUMBER}) | {"422": NO}}
    documented = {**get, "responses": {**get["responses"], str(status): NO}}

    assert set() == verdicts(tmp_path, {"/blocks": {"get": documented}}, lambda ask: Answer(status), "query-parameters")


TEAM: Node = {"name": TEXT, "visibility": {"enum": ["open", "closed", "secret"]}, "is_old": {"type": "boolean"}}


@pytest.mark.parametrize(("refused", "found"), [("", set()), ("secret", {"failure"})])
def test_a_name_that_is_taken_says_nothing_about_other_fields(tmp_path: Path, refused: str, found: set[str]) -> None:
    paths = flags(TEAM)
    del paths["/flags/{id}"]["delete"], paths["/flags/{id}"]["patch"]
    server, names = Flags(lambda body, is_new: 200), set[str]()

    def teams(ask: Ask) -> Answer:
        body = sent(ask)
        if ask.method == "POST":
            is_known = body.get("visibility", "open") in ("open", "closed", "secret")
            fits = isinstance(body.get("name"), str) and isinstance(body.get("is_old", True), bool) and is_known
            if not fits or body["name"] in names or (refused and body.get("visibility") == refused):
                return Answer(400)
            names.add(body["name"])
        return server(ask)

    seen = verdicts(tmp_path, paths, teams, "validation", "optional-fields", "edge-input")

    assert found == {verdict for _, verdict in seen if verdict == "failure"}
