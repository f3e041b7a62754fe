"""Items that clients put to ids of their own, with no operation that creates them: all checks of stored items apply."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
TEXT: Node = {"type": "string", "minLength": 1, "maxLength": 60}
CHECKS = (
    "create",
    "read-back",
    "listed",
    "delete",
    "not-found",
    "replace",
    "edge-input",
    "mass-assignment",
    "concurrent-creates",
)


class Labels:
    """Labels by a slug in the path. `keep` says what becomes of a text."""

    def __init__(self, keep: slice = slice(None), *, is_cached: bool = False) -> None:
        self.items: dict[str, Node] = {}
        self.shown: list[Node] | None = None
        self.keep, self.is_cached = keep, is_cached

    def __call__(self, ask: Ask) -> Answer:
        if ask.path == "/labels":
            if self.shown is None or not self.is_cached:
                self.shown = list(self.items.values())
            return Answer(200, self.shown) if ask.method == "GET" else Answer(405)
        slug = ask.path.removeprefix("/labels/")
        if ask.method == "PUT":
            return self._put(slug, sent(ask).get("text"))
        if slug not in self.items:
            return Answer(404)
        return Answer(204 if self.items.pop(slug) else 404) if ask.method == "DELETE" else Answer(200, self.items[slug])

    def _put(self, slug: str, text: object) -> Answer:
        if not re.fullmatch("[a-z][a-z0-9-]{2,30}", slug) or not isinstance(text, str) or not 0 < len(text) <= 60:
            return Answer(400)
        status = 200 if slug in self.items else 201
        self.items[slug] = {"slug": slug, "text": text[self.keep]}
        return Answer(status, self.items[slug])


def labels_document(*, creates: bool = True) -> Node:
    label: Node = {
        "type": "object",
        "required": ["slug", "text"],
        "properties": {"slug": {"type": "string"}, "text": TEXT},
    }
    body: Node = {"type": "object", "required": ["text"], "properties": {"text": TEXT}}
    done = answers(label) | (answers(label, "201") if creates else {})
    return {
        "/labels": {"get": {"responses": answers({"type": "array", "items": label})}},
        "/labels/{slug}": {
            "parameters": [path_parameter("slug", {"type": "string", "pattern": "^[a-z][a-z0-9-]{2,30}$"})],
            "get": {"responses": answers(label) | {"404": NO}},
            "put": {"requestBody": takes(body), "responses": done | {"400": NO}},
            "delete": {"responses": {"204": {"description": "gone"}, "404": NO}},
        },
    }


def test_a_correct_server_of_put_items_has_no_findings_and_keeps_nothing(tmp_path: Path) -> None:
    service = Labels()

    assert set() == verdicts(tmp_path, labels_document(), service, *CHECKS)
    assert {} == service.items


@pytest.mark.parametrize(
    ("service", "check"),
    [(Labels(slice(40)), "edge-input"), (Labels(is_cached=True), "delete"), (Labels(slice(1)), "read-back")],
    ids=["long texts are cut", "the list is stale", "texts are cut"],
)
def test_a_defect_of_put_items_is_a_failure(tmp_path: Path, service: Labels, check: str) -> None:
    assert (check, "failure") in verdicts(tmp_path, labels_document(), service, check)


def test_a_put_that_the_document_does_not_say_creates_items_is_not_used_to_create_them(tmp_path: Path) -> None:
    service = Labels(slice(1))

    assert set() == verdicts(tmp_path, labels_document(creates=False), service, "read-back")
    assert {} == service.items
