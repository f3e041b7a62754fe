"""The check `owner-histories`: what an owner shows depends on the items below it, not on how they came to be so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NUMBER: Node = {"type": "integer"}
NO: Node = {"404": {"description": "no"}}
GRAMS: Node = {"type": "integer", "minimum": 1, "maximum": 5000}


def whole(**properties: Node) -> Node:
    return {"type": "object", "required": list(properties), "properties": properties}


SHELF = whole(id=NUMBER, label=TEXT, total_grams=NUMBER)
JAR = whole(id=NUMBER, grams=GRAMS, on_display={"type": "boolean"})
NEW_JAR = {"type": "object", "required": ["grams"], "properties": {"grams": GRAMS}}
SUMMARY = whole(count=NUMBER, heaviest={"type": "integer", "nullable": True}, ever_added=NUMBER)


def shelves() -> Node:
    """The paths of shelves with jars. Only jars on display are counted."""
    shelf, jar = path_parameter("shelf", NUMBER), path_parameter("jar", NUMBER)
    return {
        "/shelves": {
            "get": {"responses": answers({"type": "array", "items": SHELF})},
            "post": {"requestBody": takes(whole(label=TEXT)), "responses": answers(SHELF, "201")},
        },
        "/shelves/{shelf}": {"parameters": [shelf], "get": {"responses": answers(SHELF) | NO}},
        "/shelves/{shelf}/summary": {"parameters": [shelf], "get": {"responses": answers(SUMMARY) | NO}},
        "/shelves/{shelf}/jars": {
            "parameters": [shelf],
            "get": {"responses": answers({"type": "array", "items": JAR}) | NO},
            "post": {"requestBody": takes(NEW_JAR), "responses": answers(JAR, "201") | NO},
        },
        "/jars/{jar}": {
            "parameters": [jar],
            "get": {"responses": answers(JAR) | NO},
            "patch": {"requestBody": takes(NEW_JAR), "responses": answers(JAR) | NO},
            "delete": {"responses": {"204": {"description": "gone"}} | NO},
        },
        "/jars/{jar}/display": {"parameters": [jar], "post": {"responses": answers(JAR) | NO}},
    }


class Shelves:
    """The server. `broken` is what it does wrong."""

    def __init__(self, broken: str = "") -> None:
        self.broken, self.last = broken, 0
        self.shelves: dict[int, Node] = {}
        self.jars: dict[int, Node] = {}
        self.kept: dict[int, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/(shelves|jars)(?:/(\d+)(?:/(summary|jars|display))?)?", ask.path)
        if match is None:
            return Answer(404)
        if not match[2]:
            return self._shelf_list(ask) if match[1] == "shelves" else Answer(404)
        one = (self.shelves if match[1] == "shelves" else self.jars).get(int(match[2]))
        if one is None:
            return Answer(404)
        return self._of_shelf(one, match[3], ask) if match[1] == "shelves" else self._of_jar(one, match[3], ask)

    def _shelf_list(self, ask: Ask) -> Answer:
        if ask.method == "GET":
            return Answer(200, [self._shown(each) for each in self.shelves.values()])
        self.last += 1
        self.shelves[self.last] = {"id": self.last, "label": str(sent(ask).get("label")), "ever": 0, "stale": None}
        return Answer(201, self._shown(self.shelves[self.last]))

    def _of_shelf(self, shelf: Node, below: str | None, ask: Ask) -> Answer:
        if below == "summary":
            return Answer(200, self._summary(shelf))
        if below == "jars":
            return self._jars(shelf, ask)
        return Answer(200, self._shown(shelf)) if ask.method == "GET" else Answer(405)

    def _jars(self, shelf: Node, ask: Ask) -> Answer:
        if ask.method == "GET":
            return Answer(200, [_jar(each) for each in self._on(shelf, is_shown=False)])
        self.last += 1
        new = {"id": self.last, "shelf": shelf["id"], "grams": sent(ask).get("grams"), "on_display": False}
        self.jars[self.last] = new
        shelf["ever"] += 1
        self.kept.pop(shelf["id"], None)
        return Answer(201, _jar(new))

    def _of_jar(self, jar: Node, below: str | None, ask: Ask) -> Answer:
        shelf = self.shelves[jar["shelf"]]
        if below == "display":
            jar["on_display"] = True
            self.kept.pop(shelf["id"], None)
        elif ask.method == "PATCH":
            before = self._total(shelf)
            jar["grams"] = sent(ask).get("grams", jar["grams"])
            shelf["stale"] = before if self.broken == "total of before the update" else None
        elif ask.method == "DELETE":
            del self.jars[jar["id"]]
            if self.broken != "summary of before the deletion":
                self.kept.pop(shelf["id"], None)
            return Answer(204)
        return Answer(200, _jar(jar))

    def _on(self, shelf: Node, *, is_shown: bool) -> list[Node]:
        jars = [each for each in self.jars.values() if each["shelf"] == shelf["id"]]
        return [each for each in jars if each["on_display"] or not is_shown]

    def _total(self, shelf: Node) -> int:
        return sum(each["grams"] for each in self._on(shelf, is_shown=True))

    def _shown(self, shelf: Node) -> Node:
        total = self._total(shelf) if shelf["stale"] is None else shelf["stale"]
        return {"id": shelf["id"], "label": shelf["label"], "total_grams": total}

    def _summary(self, shelf: Node) -> Node:
        jars = self._on(shelf, is_shown=True)
        new = {"count": len(jars), "heaviest": max((each["grams"] for each in jars), default=None)}
        kept = self.kept.setdefault(shelf["id"], new | {"ever_added": shelf["ever"]})
        return kept if self.broken == "summary of before the deletion" else new | {"ever_added": shelf["ever"]}


def _jar(jar: Node) -> Node:
    return {"id": jar["id"], "grams": jar["grams"], "on_display": jar["on_display"]}


@pytest.mark.parametrize(
    ("broken", "found"),
    [("", set()), ("total of before the update", {"failure"}), ("summary of before the deletion", {"failure"})],
)
def test_figures_of_an_owner_follow_the_items_that_there_are(tmp_path: Path, broken: str, found: set[str]) -> None:
    seen = verdicts(tmp_path, shelves(), Shelves(broken), "owner-histories")

    assert found == {verdict for check, verdict in seen if check == "owner-histories" and verdict == "failure"}
