"""A small server in which tickets need an exhibition that is opened, and opening one needs a room."""

from __future__ import annotations

import re

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NUMBER: Node = {"type": "integer"}
NO: Node = {"description": "no"}

SENT: dict[str, Node] = {
    "exhibitions": {"title": TEXT},
    "rooms": {"label": TEXT, "floor": NUMBER, "lamp": {**TEXT, "description": "Only for a cellar, below floor 0."}},
    "tickets": {"holder": TEXT, "room_id": NUMBER},
}
"""What a client sends."""

SHOWN: dict[str, Node] = {
    "exhibitions": {
        "status": {"type": "string", "enum": ["planned", "open", "over"]},
        "ticket_count": {"type": "integer", "description": "The number of tickets of the exhibition"},
    },
    "rooms": {},
    "tickets": {},
}
"""What the server adds."""


def exhibition_document() -> Node:
    """The paths of the document."""
    paths: Node = {}
    for name, fields in SENT.items():
        needed = [each for each in fields if each != "lamp"]
        shown = {"id": NUMBER, **fields, **SHOWN[name]}
        item: Node = {"type": "object", "required": ["id", *needed, *SHOWN[name]], "properties": shown}
        base = "/exhibitions" if name == "exhibitions" else f"/exhibitions/{{id}}/{name}"
        above = [path_parameter("id", NUMBER)] if name != "exhibitions" else []
        new = {"type": "object", "required": needed, "properties": fields}
        refused = {"400": NO, "404": NO, "409": {"description": "The state of the exhibition does not allow it."}}
        paths[base] = {
            "parameters": above,
            "get": {"responses": answers({"type": "array", "items": item}) | {"404": NO}},
            "post": {"requestBody": takes(new), "responses": answers(item, "201") | refused},
        }
        if name == "exhibitions":
            paths[f"{base}/{{id}}"] = {
                "parameters": [path_parameter("id", NUMBER)],
                "get": {"responses": answers(item) | {"404": NO}},
                "delete": {"responses": {"204": NO, "404": NO}},
            }
            for action in ("close", "open"):
                paths[f"{base}/{{id}}/{action}"] = {
                    "parameters": [path_parameter("id", NUMBER)],
                    "post": {"responses": answers(item) | {"404": NO, "409": NO}},
                }
    return paths


class Exhibitions:
    """The server. `broken` is what it does wrong."""

    def __init__(self, broken: str = "") -> None:
        self.broken, self.last = broken, 0
        self.exhibitions: dict[int, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/exhibitions(?:/(\d+)(?:/(rooms|tickets|open|close))?)?", ask.path)
        if match is None:
            return Answer(404)
        if not match[1]:
            if ask.method == "GET":
                return Answer(200, [self._shown(each) for each in self.exhibitions.values()])
            return self._create(ask) if ask.method == "POST" else Answer(405)
        one = self.exhibitions.get(int(match[1]))
        if one is None:
            return Answer(404)
        if match[2] in ("open", "close"):
            return self._act(one, match[2]) if ask.method == "POST" else Answer(405)
        if match[2]:
            return self._below(one, match[2], ask)
        if ask.method == "DELETE":
            del self.exhibitions[one["id"]]
            return Answer(204)
        late = {"status": "planned"} if self.broken == "read is late" else {}
        return Answer(200, self._shown(one) | late) if ask.method == "GET" else Answer(405)

    def _shown(self, one: Node) -> Node:
        count = len(one["tickets"]) - (self.broken == "one ticket less" and bool(one["tickets"]))
        return {"id": one["id"], "title": one["title"], "status": one["status"], "ticket_count": count}

    def _create(self, ask: Ask) -> Answer:
        body = sent(ask)
        if type(body.get("title")) is not str:
            return Answer(400)
        self.last += 1
        new = {"id": self.last, "title": body["title"], "status": "planned", "rooms": [], "tickets": []}
        self.exhibitions[self.last] = new
        return Answer(201, self._shown(new))

    def _act(self, one: Node, action: str) -> Answer:
        if one["status"] != {"open": "planned", "close": "open"}[action] or not one["rooms"]:
            return Answer(409)
        one["status"] = {"open": "open", "close": "over"}[action]
        other = {"reply is late": {"status": "planned"}, "reply is of another one": {"id": 0, "status": "over"}}
        return Answer(200, self._shown(one) | other.get(self.broken, {}))

    def _below(self, one: Node, name: str, ask: Ask) -> Answer:
        if ask.method == "GET":
            return Answer(200, one[name])
        if ask.method != "POST":
            return Answer(405)
        body, kinds = sent(ask), {"string": str, "integer": int}
        known = SENT[name]
        needed = [each for each in known if each != "lamp"]
        if any(type(body.get(each)) is not kinds[known[each]["type"]] for each in needed):
            return Answer(400)
        if body.get("lamp") is not None and (type(body["lamp"]) is not str or body["floor"] >= 0):
            return Answer(400)
        if one["status"] != {"rooms": "planned", "tickets": "open"}[name]:
            return Answer(409)
        if name == "tickets" and body["room_id"] not in [each["id"] for each in one["rooms"]]:
            return Answer(400)
        self.last += 1
        new = {"id": self.last, **{each: body[each] for each in known if each in body}}
        is_lost = self.broken == "ticket lost" and name == "tickets" and bool(one["tickets"])
        one[name] += [] if is_lost else [new]
        return Answer(201, new)
