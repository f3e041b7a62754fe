"""A service may demand If-Match (428), and bounds may depend on another item: correct ones raise no failure."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
TITLE: Node = {"type": "string", "minLength": 1, "maxLength": 30}


class Pages:
    """Pages that are written with the tag of the last read only. With `is_short`, the longest title is refused."""

    def __init__(self, *, is_short: bool = False) -> None:
        self.most = 29 if is_short else 30
        self.pages: dict[int, Node] = {}
        self.versions: dict[int, int] = {}

    def __call__(self, ask: Ask) -> Answer:
        id = ask.path.removeprefix("/pages").strip("/")
        if not id:
            return (
                self._written(len(self.pages) + 1, ask, 201)
                if ask.method == "POST"
                else Answer(200, [*self.pages.values()])
            )
        number = int(id) if id.isdecimal() else 0
        if number not in self.pages:
            return Answer(404)
        if ask.method == "GET":
            return Answer(200, self.pages[number], headers=(("etag", self._tag(number)),))
        if "if-match" not in ask.headers:
            return Answer(428)
        if ask.headers["if-match"] != self._tag(number):
            return Answer(412)
        return self._written(number, ask, 200)

    def _tag(self, number: int) -> str:
        return f'"v{self.versions[number]}"'

    def _written(self, number: int, ask: Ask, status: int) -> Answer:
        title = sent(ask).get("title")
        if not isinstance(title, str) or not 1 <= len(title) <= self.most:
            return Answer(422)
        self.pages[number] = {"id": number, "title": title}
        self.versions[number] = self.versions.get(number, 0) + 1
        return Answer(status, self.pages[number], headers=(("etag", self._tag(number)),))


def pages_document() -> Node:
    page: Node = {
        "type": "object",
        "required": ["id", "title"],
        "properties": {"id": {"type": "integer"}, "title": TITLE},
    }
    new: Node = {"type": "object", "required": ["title"], "properties": {"title": TITLE}}
    condition: Node = {"name": "If-Match", "in": "header", "schema": {"type": "string"}}
    return {
        "/pages": {
            "get": {"responses": answers({"type": "array", "items": page})},
            "post": {"requestBody": takes(new), "responses": answers(page, "201") | {"422": NO}},
        },
        "/pages/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(page) | {"404": NO}},
            "put": {
                "parameters": [condition],
                "requestBody": takes(new),
                "responses": answers(page) | {"404": NO, "412": NO, "422": NO, "428": NO},
            },
        },
    }


@pytest.mark.parametrize(
    ("server", "found"),
    [(Pages(), set()), (Pages(is_short=True), {("validation", "failure")})],
    ids=["correct", "short"],
)
def test_a_demanded_condition_is_met_by_the_tag_of_the_item(
    tmp_path: Path, server: Pages, found: set[tuple[str, str]]
) -> None:
    assert found == verdicts(tmp_path, pages_document(), server, "replace", "validation")


class Halls:
    """Halls with places, and events that may have as many guests as the hall has places."""

    def __init__(self) -> None:
        self.stored: dict[str, list[Node]] = {"halls": [], "events": []}

    def __call__(self, ask: Ask) -> Answer:
        kind, body = ask.path.strip("/"), sent(ask)
        if ask.method == "GET":
            return Answer(200, self.stored[kind])
        number = body.get("places" if kind == "halls" else "guests")
        if type(number) is not int or not 1 <= number <= 200:
            return Answer(422)
        if kind == "events":
            hall = next((each for each in self.stored["halls"] if each["id"] == body.get("hall_id")), None)
            if hall is None or type(body["hall_id"]) is not int or hall["places"] < number:
                return Answer(422)
        self.stored[kind].append({**body, "id": len(self.stored[kind]) + 1})
        return Answer(201, self.stored[kind][-1])


def test_a_sentence_that_compares_with_a_field_by_its_name_explains_a_refused_bound(tmp_path: Path) -> None:
    number: Node = {"type": "integer", "minimum": 1, "maximum": 200}

    def kind(description: str, **fields: Node) -> Node:
        new: Node = {"type": "object", "required": [*fields], "properties": fields}
        shown: Node = {
            "type": "object",
            "required": ["id", *fields],
            "properties": {"id": {"type": "integer"}, **fields},
        }
        return {
            "get": {"responses": answers({"type": "array", "items": shown})},
            "post": {
                "description": description,
                "requestBody": takes(new),
                "responses": answers(shown, "201") | {"422": NO},
            },
        }

    said = "Refused with 422 if the hall does not exist or has fewer places than `guests`."
    halls = kind("", places={**number, "example": 20})
    paths = {"/halls": halls, "/events": kind(said, hall_id={"type": "integer"}, guests={**number, "example": 5})}

    assert set() == verdicts(tmp_path, paths, Halls(), "validation", "create", "edge-input")
