"""An id that differs in case only: another id, unless the document says that case does not matter."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

CODE: Node = {"type": "string", "pattern": "^[A-Za-z]{4,12}$", "example": "Amsel"}
NAME: Node = {"type": "string", "minLength": 1}


class Birds:
    """Birds, found by a code that a client chooses, or the service; with `folds`, without regard to case."""

    def __init__(self, *, folds: bool, chosen: bool = True) -> None:
        self.folds, self.chosen = folds, chosen
        self.birds: dict[str, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        code = ask.path.removeprefix("/birds").strip("/")
        body = sent(ask)
        if not code and ask.method == "POST":
            letters = "".join(chr(97 + int(digit)) for digit in f"{len(self.birds):04}")
            given = body.get("code") if self.chosen else f"Bird{letters}"
            if not isinstance(given, str) or not re.fullmatch(r"[A-Za-z]{4,12}", given):
                return Answer(422)
            if not isinstance(body.get("name"), str) or not body["name"]:
                return Answer(422)
            if self._key(given) in self.birds:
                return Answer(409)
            self.birds[self._key(given)] = {"code": given, "name": body["name"]}
            return Answer(201, self.birds[self._key(given)])
        if not code:
            return Answer(200, [*self.birds.values()])
        bird = self.birds.get(self._key(code))
        if bird is None:
            return Answer(404)
        if ask.method == "DELETE":
            del self.birds[self._key(code)]
            return Answer(204)
        return Answer(200, bird)

    def _key(self, code: str) -> str:
        return code.casefold() if self.folds else code


def birds_document(said: str = "", *, chosen: bool = True) -> Node:
    bird: Node = {"type": "object", "required": ["code", "name"], "properties": {"code": CODE, "name": NAME}}
    new: Node = bird if chosen else {"type": "object", "required": ["name"], "properties": {"name": NAME}}
    bad: Node = {"404": {"description": "no"}, "409": {"description": "no"}, "422": {"description": "no"}}
    return {
        "/birds": {
            "get": {"responses": answers({"type": "array", "items": bird})},
            "post": {"description": said, "requestBody": takes(new), "responses": answers(bird, "201") | bad},
        },
        "/birds/{code}": {
            "parameters": [path_parameter("code", CODE)],
            "get": {"responses": answers(bird) | bad},
            "delete": {"responses": {"204": {"description": "gone"}} | bad},
        },
    }


@pytest.mark.parametrize(
    ("server", "document", "found"),
    [
        (Birds(folds=False), birds_document(), set()),
        (Birds(folds=True), birds_document("Codes are unique without regard to case."), set()),
        (Birds(folds=True), birds_document("The code is case-insensitive."), set()),
        (Birds(folds=True), birds_document("Codes are compared irrespective of letter case."), set()),
        (Birds(folds=True), birds_document(), {("not-found", "warning")}),
        (Birds(folds=True, chosen=False), birds_document(chosen=False), {("not-found", "failure")}),
    ],
    ids=["case matters", "without regard", "insensitive", "irrespective", "unsaid", "made by the service"],
)
def test_an_id_in_another_case_is_judged_by_who_chooses_ids_and_by_what_the_document_says(
    tmp_path: Path, server: Birds, document: Node, found: set[tuple[str, str]]
) -> None:
    assert found == verdicts(tmp_path, document, server, "not-found")
