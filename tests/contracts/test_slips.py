"""A correct server whose rules compare items: the length of a boat with that of its slip, and one code with another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
CODE = "[A-D]-[0-9]{1,2}"
LENGTH: Node = {"type": "number", "minimum": 1, "maximum": 80}
TAG: Node = {"headers": {"ETag": {"schema": TEXT}}}


class Slips:
    """Slips with a code of their own, and boats in them, which are not longer than the slip.

    With the `flaw` "tags" the current tag is refused, too.
    """

    def __init__(self, flaw: str = "") -> None:
        self.items: dict[int, Node] = {}
        self.boats: dict[int, list[Node]] = {}
        self.flaw = flaw

    def __call__(self, ask: Ask) -> Answer:
        if ask.path == "/slips":
            return self._all(ask)
        one = re.fullmatch(r"/slips/(\d+)(/boats)?", ask.path)
        if one is None or int(one[1]) not in self.items:
            return Answer(404)
        return self._boats(ask, int(one[1])) if one[2] else self._one(ask, int(one[1]))

    def _all(self, ask: Ask) -> Answer:
        if ask.method == "GET":
            start, asked = ask.query.get("cursor", "c-0"), ask.query.get("limit", "20")
            if not re.fullmatch(r"c-\d+", start) or not re.fullmatch(r"[1-9]\d?|100", asked):
                return Answer(400)
            first, limit = int(start.removeprefix("c-")), int(asked)
            found = [*self.items.values()][first : first + limit]
            more = f"c-{first + limit}" if first + limit < len(self.items) else None
            return Answer(200, {"items": found, "next_cursor": more})
        body = sent(ask)
        if not self._is_valid(body):
            return Answer(400)
        if any(each["code"] == body["code"] for each in self.items.values()):
            return Answer(409)
        number = len(self.items) + 1
        self.items[number], self.boats[number] = body | {"id": number}, []
        return Answer(201, self.items[number])

    def _is_valid(self, body: Node) -> bool:
        length = body.get("length")
        is_length = isinstance(length, int | float) and not isinstance(length, bool) and 1 <= length <= 80
        is_code = isinstance(body.get("code"), str) and re.fullmatch(CODE, body["code"]) is not None
        return body.keys() == {"code", "length"} and is_code and is_length

    def _one(self, ask: Ask, number: int) -> Answer:
        item = self.items[number]
        tag = f'"{item["code"]}-{item["length"]}"'
        if ask.method == "GET":
            return Answer(200, item, headers=(("etag", tag),))
        body, asked = sent(ask), ask.headers.get("if-match", tag)
        if not self._is_valid(body):
            return Answer(400)
        if asked != tag or (self.flaw == "tags" and "if-match" in ask.headers):
            return Answer(412)
        if body["code"] != item["code"] and any(each["code"] == body["code"] for each in self.items.values()):
            return Answer(409)
        item.update(body)
        return Answer(200, item)

    def _boats(self, ask: Ask, number: int) -> Answer:
        boats, body = self.boats[number], sent(ask)
        if ask.method == "GET":
            return Answer(200, boats)
        name, length = body.get("name"), body.get("length")
        is_text = isinstance(name, str) and 1 <= len(name) <= 40
        is_length = isinstance(length, int | float) and not isinstance(length, bool) and 1 <= length <= 80
        if body.keys() != {"name", "length"} or not is_text or not is_length:
            return Answer(400)
        if length > self.items[number]["length"]:  # type: ignore[operator]  # it is a number, as is seen above
            return Answer(422)
        if any(each["name"] == name for each in boats):
            return Answer(409)
        boats.append({"id": len(boats) + 1, "name": name, "length": length})
        return Answer(201, boats[-1])


def slips() -> Node:
    def thing(**fields: Node) -> Node:
        return {"type": "object", "required": [*fields], "properties": fields, "additionalProperties": False}

    new = thing(code={**TEXT, "pattern": f"^{CODE}$", "example": "A-12"}, length=LENGTH)
    slip = thing(id={"type": "integer"}, **new["properties"])
    boat = thing(name={**TEXT, "minLength": 1, "maxLength": 40}, length=LENGTH)
    shown = thing(id={"type": "integer"}, **boat["properties"])
    page = thing(items={"type": "array", "items": slip}, next_cursor={"type": ["string", "null"]})
    query = [
        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}},
        {"name": "cursor", "in": "query", "schema": {**TEXT, "minLength": 1, "maxLength": 100}},
    ]
    match = {"name": "If-Match", "in": "header", "schema": TEXT}
    taken, bad = {"409": {"description": "another slip has this code"}}, {"400": NO}
    entered = "The boat must not be longer than the slip allows. A name can be entered only once in a slip."
    changed = answers(slip) | bad | taken | {"404": NO, "412": NO}
    refused = {"400": NO, "404": NO, "409": NO, "422": NO}
    return {
        "/slips": {
            "get": {"parameters": query, "responses": answers(page) | bad},
            "post": {"requestBody": takes(new), "responses": answers(slip, "201") | bad | taken},
        },
        "/slips/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": {"200": answers(slip)["200"] | TAG, "404": NO}},
            "put": {"parameters": [match], "requestBody": takes(new), "responses": changed},
        },
        "/slips/{id}/boats": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers({"type": "array", "items": shown}) | {"404": NO}},
            "post": {"description": entered, "requestBody": takes(boat), "responses": answers(shown, "201") | refused},
        },
    }


CHECKS = ("query-parameters", "repeated-request", "concurrent-once", "precondition", "validation", "edge-input")


@pytest.mark.parametrize(("flaw", "expected"), [("", set()), ("tags", {("precondition", "failure")})])
def test_what_other_items_forbid_is_no_failure(flaw: str, expected: set[tuple[str, str]], tmp_path: Path) -> None:
    assert expected == verdicts(tmp_path, slips(), Slips(flaw), *CHECKS)
