"""Talks with a few seats and guests who wait: the check `repeated-put` sends the same PUT again."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask, integer
from tests.web.document import Node, answers, takes

SAID = "Gives the guest a seat or puts it at the end of the queue. Idempotent: a guest who is there stays where he is."
COUNT: Node = {"type": "integer", "minimum": 1, "maximum": 99}
NEW: Node = {
    "type": "object",
    "required": ["name", "seats"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "seats": COUNT,
    },
}
TALK: Node = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, **NEW["properties"]}}
GUEST: Node = {
    "type": "object",
    "required": ["guest", "place"],
    "properties": {"guest": {"type": "string"}, "place": {"type": ["integer", "null"]}},
}
NO: Node = {"description": "no"}


def written(text: str = SAID) -> Node:
    talk, guest = (
        path_parameter("id", {"type": "integer"}),
        path_parameter("guest", {"type": "string", "pattern": "^g[0-9]{3,9}$"}),
    )
    return {
        "/talks": {"post": {"requestBody": takes(NEW), "responses": answers(TALK, "201") | {"422": NO}}},
        "/talks/{id}": {"parameters": [talk], "get": {"responses": answers(TALK) | {"404": NO}}},
        "/talks/{id}/guests": {
            "parameters": [talk],
            "get": {"responses": answers({"type": "array", "items": GUEST}) | {"404": NO}},
        },
        "/talks/{id}/guests/{guest}": {
            "parameters": [talk, guest],
            "put": {"description": text, "responses": answers(GUEST) | answers(GUEST, "201") | {"404": NO, "422": NO}},
            "get": {"responses": answers(GUEST) | {"404": NO}},
            "delete": {"responses": {"204": NO, "404": NO}},
        },
    }  # fmt: skip


@dataclass
class Talks:
    """The service. With the flaw `place` a guest who waits goes to the end; with `list` only the list shows it so."""

    flaw: str = ""
    talks: dict[int, Node] = field(default_factory=dict)
    guests: dict[int, list[str]] = field(default_factory=dict)

    def __call__(self, ask: Ask) -> Answer:
        _, _, *rest = ask.path.split("/")
        if not rest:
            return self._add(sent(ask))
        talk = self.talks.get(integer(rest[0]) or 0)
        if talk is None:
            return Answer(404)
        if rest[1:] == ["guests"]:
            return Answer(200, [self._guest(talk, each) for each in self.guests[talk["id"]]])
        return self._of_guest(ask.method, talk, rest[2]) if rest[1:] else Answer(200, talk)

    def _add(self, body: Node) -> Answer:
        if not isinstance(body.get("name"), str) or type(body.get("seats")) is not int or not 0 < body["seats"] < 100:
            return Answer(422)
        id = len(self.talks) + 1
        self.talks[id], self.guests[id] = {"id": id, "name": body["name"], "seats": body["seats"]}, []
        return Answer(201, self.talks[id])

    def _guest(self, talk: Node, name: str) -> Node:
        waiting = self.guests[talk["id"]].index(name) + 1 - talk["seats"]
        return {"guest": name, "place": waiting if waiting > 0 and self.flaw != "list" else None}

    def _of_guest(self, method: str, talk: Node, name: str) -> Answer:
        present = self.guests[talk["id"]]
        if method == "PUT":
            is_new = name not in present
            if not is_new and self.flaw and present.index(name) >= talk["seats"]:
                present.remove(name)
            if name not in present:
                present.append(name)
            return Answer(201 if is_new else 200, self._guest(talk, name))
        if name not in present:
            return Answer(404)
        if method == "DELETE":
            present.remove(name)
            return Answer(204)
        return Answer(200, self._guest(talk, name))


@pytest.mark.parametrize(("flaw", "found"), [("", set()), ("place", {"failure"}), ("list", {"failure"})])
def test_a_put_that_is_sent_again_moves_nobody(flaw: str, found: set[str], tmp_path: Path) -> None:
    seen = verdicts(tmp_path, written(), Talks(flaw), "repeated-put")

    assert {("repeated-put", verdict) for verdict in found} == seen


def test_without_a_sentence_it_is_a_warning(tmp_path: Path) -> None:
    seen = verdicts(tmp_path, written("Gives the guest a seat."), Talks("place"), "repeated-put")

    assert {("repeated-put", "warning")} == seen
