"""Signposts lead somewhere, are counted and wear out: how often they can be used, and what a new one starts with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
WORD: Node = {"type": "string", "pattern": "^[a-z0-9-]{3,40}$"}
PLACE: Node = {"type": "string", "pattern": "^https?://[!-~]+$", "maxLength": 200}
WALKS: Node = {
    "type": ["integer", "null"],
    "minimum": 1,
    "maximum": 99,
    "description": "After so many walks the signpost is worn out; null means never.",
}
SIGNPOST: Node = {
    "type": "object",
    "required": ["word", "destination", "most_walks", "walks"],
    "properties": {
        "word": WORD,
        "destination": PLACE,
        "most_walks": WALKS,
        "walks": {"type": "integer", "readOnly": True, "description": "How many walks there were."},
    },
}
CHECKS = ("limited-use", "counted-use", "redirect", "recreated-state")


def signposts_document() -> Node:
    new: Node = {
        "type": "object",
        "required": ["word", "destination"],
        "properties": {"word": WORD, "destination": PLACE, "most_walks": WALKS},
    }
    change: Node = {"type": "object", "properties": {"destination": PLACE}}
    word = {"parameters": [path_parameter("word", WORD)]}
    leads: Node = {
        "description": "There it goes.",
        "headers": {"Location": {"schema": {"type": "string"}, "description": "The destination, as it was given."}},
    }
    return {
        "/signposts": {
            "post": {"requestBody": takes(new), "responses": answers(SIGNPOST, "201") | {"409": NO}},
            "get": {"responses": answers({"type": "array", "items": SIGNPOST})},
        },
        "/signposts/{word}": {
            **word,
            "get": {"responses": answers(SIGNPOST) | {"404": NO}},
            "patch": {"requestBody": takes(change), "responses": answers(SIGNPOST) | {"404": NO}},
            "delete": {"description": "Deletes the signpost and its walks.", "responses": {"204": NO, "404": NO}},
        },
        "/go/{word}": {
            **word,
            "get": {
                "description": "Counts a walk and leads to the destination. A worn out signpost answers 410.",
                "responses": {"302": leads, "404": NO, "410": NO},
            },
        },
    }


class Signposts:
    """Signposts. `flaw` names what is wrong."""

    def __init__(self, flaw: str = "") -> None:
        self.flaw, self.signposts, self.walks = flaw, dict[str, Node](), dict[str, int]()
        self.seen: dict[str, str] = {}

    def __call__(self, ask: Ask) -> Answer:
        kind, *rest = ask.path.strip("/").split("/")
        if not rest:
            return self.all(ask)
        found = self.signposts.get(rest[0])
        if found is None:
            return Answer(404)
        if kind == "go":
            return self.walk(rest[0], found)
        if ask.method == "PATCH":
            found |= sent(ask)
        if ask.method == "DELETE":
            del self.signposts[rest[0]]
            if self.flaw != "left":
                self.walks.pop(rest[0], None)
            return Answer(204)
        return Answer(200, self.shown(found))

    def shown(self, signpost: Node) -> Node:
        return {**signpost, "walks": self.walks.get(signpost["word"], 0)}

    def all(self, ask: Ask) -> Answer:
        if ask.method == "GET":
            return Answer(200, [self.shown(each) for each in self.signposts.values()])
        made = {"most_walks": None, **sent(ask)}
        if made["word"] in self.signposts:
            return Answer(409)
        self.signposts[made["word"]] = made
        return Answer(201, self.shown(made))

    def walk(self, word: str, signpost: Node) -> Answer:
        most, done = signpost["most_walks"], self.walks.get(word, 0)
        if most is not None and done >= most + (self.flaw == "one more"):
            return Answer(410)
        self.walks[word] = done + (0 if self.flaw == "uncounted" and done else 1)
        to = self.seen.setdefault(word, signpost["destination"]) if self.flaw == "cached" else signpost["destination"]
        return Answer(302, None, (("Location", to.rstrip("/") if self.flaw == "cut" else to),))


def test_a_correct_server_of_used_items_has_no_findings(tmp_path: Path) -> None:
    assert set() == verdicts(tmp_path, signposts_document(), Signposts(), *CHECKS)


@pytest.mark.parametrize(
    ("flaw", "check"),
    [
        ("one more", "limited-use"),
        ("uncounted", "counted-use"),
        ("cached", "redirect"),
        ("left", "recreated-state"),
    ],
    ids=["one use too many", "only the first is counted", "the old address is kept", "uses outlive the item"],
)
def test_a_defect_of_a_use_is_a_failure(tmp_path: Path, flaw: str, check: str) -> None:
    assert (check, "failure") in verdicts(tmp_path, signposts_document(), Signposts(flaw), *CHECKS)


def test_the_number_of_members_limits_no_other_operation(tmp_path: Path) -> None:
    """What a number limits is said by the document: here nothing says that closing happens so often."""
    document = signposts_document()
    document["/signposts/{word}/close"] = {
        "parameters": [path_parameter("word", WORD)],
        "post": {"description": "Closes the signpost.", "responses": answers(SIGNPOST) | {"404": NO}},
    }
    del document["/go/{word}"]

    assert set() == verdicts(tmp_path, document, Signposts(), "limited-use", "counted-use")
