"""A check reports what it is about: no item that is gone, no server that fails anyway, no id that names nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contracts.test_choices_of_servers import expected_by
from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
NUMBER: Node = {"type": "integer"}


def item_paths(fields: Node, *, needed: tuple[str, ...] = ("name",), shown: Node | None = None) -> Node:
    """Collection `/jars` with a PATCH."""
    known = {"id": NUMBER, **(shown if shown is not None else fields)}
    jar: Node = {"type": "object", "required": ["id", "name"], "properties": known}
    new: Node = {"type": "object", "required": [*needed], "properties": fields}
    change: Node = {"type": "object", "properties": {name: each for name, each in fields.items() if name != "id"}}
    return {
        "/jars": {
            "get": {"responses": answers({"type": "array", "items": jar})},
            "post": {"requestBody": takes(new), "responses": answers(jar, "201") | {"400": NO}},
        },
        "/jars/{id}": {
            "parameters": [path_parameter("id", NUMBER)],
            "get": {"responses": answers(jar) | {"404": NO}},
            "patch": {"requestBody": takes(change), "responses": answers(jar) | {"400": NO, "404": NO}},
        },
    }


class Jars:
    """Jars. `judge` says which status a body gets; `hides` makes a jar disappear whose `shelf` is null."""

    def __init__(self, judge: Callable[[Node], int] = lambda body: 200, *, hides: bool = False, keeps: bool = False):
        self.judge, self.hides, self.keeps = judge, hides, keeps
        self.jars: dict[int, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/jars(?:/(\d+))?", ask.path)
        if match is None:
            return Answer(404)
        if match[1] is None:
            return self._created(sent(ask)) if ask.method == "POST" else Answer(200, [*self.jars.values()])
        jar = self.jars.get(int(match[1]))
        if jar is None or (self.hides and jar.get("shelf", 0) is None):
            return Answer(404)
        if ask.method == "PATCH":
            if not ask.raw.startswith(b"{") or self.judge(sent(ask)) != 200:
                return Answer(400)
            jar.update({name: value for name, value in sent(ask).items() if name != "id"})
        return Answer(200, jar)

    def _created(self, body: Node) -> Answer:
        status = self.judge(body) if isinstance(body.get("name"), str) else 400
        if status != 200:
            return Answer(status)
        number = body["id"] if self.keeps and isinstance(body.get("id"), int) else len(self.jars) + 1
        self.jars[number] = {**body, "id": number}
        return Answer(201, self.jars[number])


DOCUMENT = ("document", "failure")


def is_strict(body: Node) -> int:
    fits = isinstance(body.get("name", ""), str) and type(body.get("shelf", 1)) is int
    return 200 if fits else 400


def takes_null(body: Node) -> int:
    return is_strict({name: value for name, value in body.items() if value is not None or name == "name"})


@pytest.mark.parametrize(
    ("server", "found"),
    [
        (Jars(is_strict), set()),
        (Jars(takes_null), {("validation", "failure"), DOCUMENT}),
        (Jars(lambda body: 500), {DOCUMENT}),
        (
            Jars(lambda body: 500 if body.get("shelf") == "twelve" else is_strict(body)),
            {("validation", "failure"), DOCUMENT},
        ),
    ],
    ids=["correct", "null", "every body fails", "one body fails"],
)
def test_a_server_that_fails_for_every_body_does_not_enforce_no_schema(
    tmp_path: Path, server: Jars, found: set[tuple[str, str]]
) -> None:
    assert found == verdicts(tmp_path, item_paths({"name": TEXT, "shelf": NUMBER}), server, "validation")


def test_an_item_that_an_accepted_body_hid_says_nothing_about_later_bodies(tmp_path: Path) -> None:
    paths = item_paths({"name": TEXT, "shelf": NUMBER})
    found = about(tmp_path, paths, Jars(takes_null, hides=True))

    assert found
    assert not any("an array" in each or "a string" in each for each in found)


def about(tmp_path: Path, paths: Node, server: Jars) -> list[str]:
    """What the failures of `validation` expected."""
    return expected_by(tmp_path, paths, server, "validation")


PAGE: Node = {"name": "page", "in": "query", "schema": NUMBER}


@pytest.mark.parametrize(
    ("documented", "status", "found"),
    [
        ({}, 400, set()),
        ({}, 404, {("query-parameters", "warning")}),
        ({"404": NO}, 404, set()),
        ({}, 200, {("query-parameters", "failure")}),
    ],
)
def test_404_for_an_invalid_page_is_a_warning(
    tmp_path: Path, documented: Node, status: int, found: set[tuple[str, str]]
) -> None:
    listed = answers({"type": "array", "items": {"type": "object"}}) | documented
    paths: Node = {"/jars": {"get": {"parameters": [PAGE], "responses": listed}}}

    def handle(ask: Ask) -> Answer:
        return Answer(200, []) if re.fullmatch(r"-?\d+", ask.query.get("page", "1")) else Answer(status, [])

    assert found == verdicts(tmp_path, paths, handle, "query-parameters")


IN_REQUESTS: Node = {"id": NUMBER, "name": TEXT}


@pytest.mark.parametrize(
    ("needed", "keeps", "found"),
    [
        (("name",), True, set()),
        (("name",), False, {("create", "warning"), ("read-back", "warning")}),
        (("name", "id"), False, {("create", "failure"), ("read-back", "failure")}),
    ],
    ids=["kept", "optional", "required"],
)
def test_a_service_may_choose_the_id_that_a_request_may_leave_out(
    tmp_path: Path, needed: tuple[str, ...], keeps: bool, found: set[tuple[str, str]]
) -> None:
    paths = item_paths(IN_REQUESTS, needed=needed)

    assert found == verdicts(tmp_path, paths, Jars(keeps=keeps), "create", "read-back")


class Racks:
    """Racks with jars; a jar may name a rack that there is; `is_odd` refuses any number of a jar."""

    def __init__(self, *, is_odd: bool = False) -> None:
        self.is_odd = is_odd
        self.racks: list[Node] = []
        self.jars: list[Node] = []

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/racks(?:/(\d+)(/jars)?)?", ask.path)
        if match is None or not (match[1] is None or 0 < int(match[1]) <= len(self.racks)):
            return Answer(404)
        if match[1] and not match[2]:
            return Answer(200, self.racks[int(match[1]) - 1])
        kept = self.jars if match[2] else self.racks
        if ask.method == "GET":
            return Answer(200, kept)
        body = sent(ask)
        is_known = "rack" not in body or body["rack"] in range(1, len(self.racks) + 1)
        if not isinstance(body.get("name"), str) or not is_known or (self.is_odd and "size" in body):
            return Answer(400)
        kept.append({**body, "id": len(kept) + 1})
        return Answer(201, kept[-1])


@pytest.mark.parametrize(
    ("server", "bounds", "found"),
    [
        (Racks(), {}, ""),
        (Racks(is_odd=True), {"minimum": 1}, "failure"),
        (Racks(is_odd=True), {"format": "int32"}, "warning"),
    ],
    ids=["an owner", "a bounded number", "any number"],
)
def test_a_number_may_name_something_that_there_is_not(tmp_path: Path, server: Racks, bounds: Node, found: str) -> None:
    rack: Node = {"type": "object", "required": ["id", "name"], "properties": {"id": NUMBER, "name": TEXT}}
    known: Node = {"name": TEXT, "rack": NUMBER, "size": {**NUMBER, **bounds}}
    jar: Node = {"type": "object", "required": ["id", "name"], "properties": {"id": NUMBER, **known}}
    new: Node = {"type": "object", "required": ["name"], "properties": known}
    owner: Node = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}
    below: Node = {"parameters": [path_parameter("id", NUMBER)]}
    paths: Node = {
        "/racks": {
            "get": {"responses": answers({"type": "array", "items": rack})},
            "post": {"requestBody": takes(owner), "responses": answers(rack, "201") | {"400": NO}},
        },
        "/racks/{id}": {**below, "get": {"responses": answers(rack) | {"404": NO}}},
        "/racks/{id}/jars": {
            **below,
            "get": {"responses": answers({"type": "array", "items": jar})},
            "post": {"requestBody": takes(new), "responses": answers(jar, "201") | {"400": NO}},
        },
    }

    seen = verdicts(tmp_path, paths, server, "create")

    assert ({("create", found)} if found else set()) == seen  # a `rack` is sent that there is


def without_change(paths: Node) -> Node:
    """The paths without the PATCH."""
    del paths["/jars/{id}"]["patch"]
    return paths


def with_sizes(text: str) -> Node:
    """Jars whose `litres` are described by a text."""
    size: Node = {"type": "string", "enum": ["small", "custom"]}
    fields: Node = {"name": TEXT, "size": size, "litres": {**NUMBER, "description": text}}
    return without_change(item_paths(fields, needed=("name", "size")))


def needs_litres(body: Node) -> int:
    """Litres are given for a custom size, and for no other."""
    known = body.get("size", "small") in ("small", "custom") and type(body.get("litres", 1)) is int
    return 200 if known and (body.get("size") == "custom") is ("litres" in body) else 400


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Required for a `custom` size.", "warning"), ("How much there is in it.", "failure")],
)
def test_a_value_of_which_another_field_speaks_may_need_that_field(tmp_path: Path, text: str, expected: str) -> None:
    found = verdicts(tmp_path, with_sizes(text), Jars(needs_litres), "validation")

    assert {("validation", expected)} == found


@pytest.mark.parametrize(("documented", "expected"), [(True, set()), (False, {("validation", "failure")})])
def test_a_404_of_a_create_is_about_what_its_body_names(
    tmp_path: Path, documented: bool, expected: set[tuple[str, str]]
) -> None:
    shelf = {"type": "integer", "minimum": 1, "maximum": 8}
    paths = without_change(item_paths({"name": TEXT, "shelf": shelf}, needed=("name", "shelf")))
    if documented:
        paths["/jars"]["post"]["responses"]["404"] = {"description": "There is no such shelf."}

    def judge(body: Node) -> int:
        number = body.get("shelf")
        return 400 if type(number) is not int or not 1 <= number <= 8 else 404 if number == 8 else 200

    found = verdicts(tmp_path, paths, Jars(judge), "validation")

    assert expected == {each for each in found if each[0] == "validation"}
