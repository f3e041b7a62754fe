"""An item that is named after its title gets another address with another title. That is no fault."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
STORY: Node = {"slug": TEXT, "title": TEXT, "body": TEXT}
STATE = (
    *("update", "update-several-fields", "update-every-field", "edge-input", "validation", "other-items-unchanged"),
    *("read-back", "delete", "lost-update", "lifecycle", "linearizable", "replace", "optional-fields"),
)


def stories(method: str, *required: str) -> Node:
    shown = {"type": "object", "required": ["slug", "title", "body"], "properties": STORY}
    fields = {name: STORY[name] for name in ("title", "body")}
    new: Node = {"type": "object", "required": ["title", "body"], "properties": fields}
    change: Node = {"type": "object", "properties": fields} | ({"required": [*required]} if required else {})
    return {
        "/stories": {
            "get": {"responses": answers({"type": "array", "items": shown})},
            "post": {"requestBody": takes(new), "responses": answers(shown, "201") | {"422": NO}},
        },
        "/stories/{slug}": {
            "parameters": [path_parameter("slug", TEXT)],
            "get": {"responses": answers(shown) | {"404": NO}},
            method: {"requestBody": takes(change), "responses": answers(shown) | {"404": NO, "422": NO}},
            "delete": {"responses": {"204": NO, "404": NO}},
        },
    }


class Stories:
    """Stories by the slug of their title. A change needs the `required` fields.

    `loses` is a field that no change stores; `moves`: a change renames them.
    """

    def __init__(self, *required: str, moves: bool = True, loses: str = "") -> None:
        self.required, self.moves, self.loses = required, moves, loses
        self.stories: dict[str, Node] = {}

    def named(self, title: str) -> str:
        slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "story"
        return slug if slug not in self.stories else f"{slug}-{len(self.stories)}"

    def __call__(self, ask: Ask) -> Answer:
        slug = ask.path.removeprefix("/stories").strip("/")
        if ask.method == "GET" and not slug:
            return Answer(200, [*self.stories.values()])
        if slug and slug not in self.stories:
            return Answer(404)
        if ask.method in ("GET", "DELETE"):
            return Answer(204) if ask.method == "DELETE" and self.stories.pop(slug) else Answer(200, self.stories[slug])
        body = sent(ask) if ask.raw[:1] == b"{" else {}
        fields = {name: body[name] for name in ("title", "body") if name in body}
        needed = self.required if slug else ("title", "body")
        if not fields.keys() >= {*needed} or not ask.raw.startswith(b"{") or not all(map(is_text, fields.values())):
            return Answer(422)
        return self.write(slug, fields)

    def write(self, slug: str, fields: Node) -> Answer:
        if slug:
            fields.pop(self.loses, None)
        story = {**self.stories.pop(slug, {}), **fields}
        story["slug"] = self.named(story["title"]) if not slug or (self.moves and "title" in fields) else slug
        self.stories[story["slug"]] = story
        return Answer(200 if slug else 201, story)


def is_text(value: object) -> bool:
    return isinstance(value, str)


@pytest.mark.parametrize(("method", "required"), [("patch", ()), ("put", ("title", "body")), ("put", ("title",))])
def test_a_new_title_may_give_an_item_another_address(tmp_path: Path, method: str, required: tuple[str, ...]) -> None:
    seen = verdicts(tmp_path, stories(method, *required), Stories(*required), *STATE)

    assert set() == {check for check, verdict in seen if verdict == "failure"}


@pytest.mark.parametrize(("loses", "moves"), [("title", False), ("body", True), ("body", False)])
def test_a_field_that_is_lost_is_found_beside_the_name(tmp_path: Path, loses: str, moves: bool) -> None:
    seen = verdicts(tmp_path, stories("patch"), Stories(moves=moves, loses=loses), *STATE)

    assert ("update", "failure") in seen


def test_a_list_that_answers_in_place_of_an_item_without_a_name_is_no_fault_of_the_item(tmp_path: Path) -> None:
    checks = ("response_schema_conformance", "status_code_conformance", "content_type_conformance")
    paths = stories("patch")
    paths["/stories/{slug}"]["get"]["responses"]["404"] = NO

    def server(ask: Ask) -> Answer:
        if ask.method == "POST":
            return Answer(422)
        return Answer(200, []) if ask.path in ("/stories", "/stories/") else Answer(404)

    assert set() == verdicts(tmp_path, paths, server, *checks)


@pytest.mark.parametrize(("status", "found"), [(404, set()), (200, {("ignored_auth", "failure")})])
def test_what_is_not_there_need_not_ask_for_a_credential(
    tmp_path: Path, status: int, found: set[tuple[str, str]]
) -> None:
    key: Node = {"type": "http", "scheme": "bearer"}
    item = {
        "parameters": [path_parameter("slug", TEXT)],
        "delete": {"security": [{"key": []}], "responses": {"200": NO, "401": NO, "404": NO}},
        "get": {"security": [{"key": []}], "responses": {"200": NO, "401": NO, "404": NO}},
    }
    gone = set[str]()

    def server(ask: Ask) -> Answer:
        if ask.path in gone:
            return Answer(status)
        if ask.bearer != "secret":
            return Answer(401)
        gone.update([ask.path] if ask.method == "DELETE" else [])
        return Answer(200)

    components = {"components": {"securitySchemes": {"key": key}}}
    seen = verdicts(tmp_path, {"/stories/{slug}": item}, server, "ignored_auth", secret="secret", **components)

    assert found == seen
