"""A vote names one of the options of its poll, which no list but the poll itself shows."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
NUMBER: Node = {"type": "integer"}
OPTION: Node = {"type": "object", "required": ["id", "label"], "properties": {"id": NUMBER, "label": TEXT}}
OPTIONS: Node = {"type": "array", "items": OPTION}
POLL: Node = {
    "type": "object",
    "required": ["id", "question", "options"],
    "properties": {"id": NUMBER, "question": TEXT, "options": OPTIONS},
}
LABELS: Node = {"type": "array", "minItems": 2, "maxItems": 4, "items": TEXT}
NEW_POLL: Node = {"type": "object", "required": ["question", "options"],
                  "properties": {"question": TEXT, "options": LABELS}}  # fmt: skip
VOTE: Node = {"type": "object", "required": ["id", "option_id", "voter"],
              "properties": {"id": NUMBER, "option_id": NUMBER, "voter": TEXT}}  # fmt: skip
NEW_VOTE: Node = {"type": "object", "required": ["option_id", "voter"],
                  "properties": {"option_id": NUMBER, "voter": TEXT}}  # fmt: skip
PATHS: Node = {
    "/polls": {
        "get": {"responses": answers({"type": "array", "items": POLL})},
        "post": {"requestBody": takes(NEW_POLL), "responses": answers(POLL, "201") | {"400": NO}},
    },
    "/polls/{poll_id}": {
        "parameters": [path_parameter("poll_id", NUMBER)],
        "get": {"responses": answers(POLL) | {"404": NO}},
        "delete": {"responses": {"204": NO, "404": NO}},
    },
    "/polls/{poll_id}/votes": {
        "parameters": [path_parameter("poll_id", NUMBER)],
        "get": {"responses": answers({"type": "array", "items": VOTE}) | {"404": NO}},
        "post": {"requestBody": takes(NEW_VOTE), "responses": answers(VOTE, "201") | {"400": NO, "404": NO}},
    },
}


class Polls:
    """Polls with votes for their own options. `forgets`: a vote is not stored."""

    def __init__(self, *, forgets: bool = False) -> None:
        self.forgets = forgets
        self.polls: dict[int, Node] = {}
        self.votes: dict[int, list[Node]] = {}
        self.ids = count(101)

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/polls(?:/(\d{1,9})(/votes)?)?", ask.path)
        body = sent(ask) if ask.raw[:1] == b"{" else {}
        if match is None:
            return Answer(404)
        if match[1] is None:
            return self.open(body) if ask.method == "POST" else Answer(200, [*self.polls.values()])
        number = int(match[1])
        if number not in self.polls:
            return Answer(404)
        if match[2]:
            return self.vote(number, body) if ask.method == "POST" else Answer(200, self.votes[number])
        return Answer(204) if ask.method == "DELETE" and self.polls.pop(number) else Answer(200, self.polls.get(number))

    def open(self, body: Node) -> Answer:
        labels = body.get("options")
        is_list = isinstance(labels, list) and 2 <= len(labels) <= 4 and all(isinstance(each, str) for each in labels)
        if not is_list or not isinstance(body.get("question"), str):
            return Answer(400)
        number = next(self.ids)
        options = [{"id": next(self.ids), "label": each} for each in labels or ()]
        self.polls[number] = {"id": number, "question": body["question"], "options": options}
        self.votes[number] = []
        return Answer(201, self.polls[number])

    def vote(self, number: int, body: Node) -> Answer:
        known = [each["id"] for each in self.polls[number]["options"]]
        option = body.get("option_id")
        if isinstance(option, bool) or option not in known or not isinstance(body.get("voter"), str):
            return Answer(400)
        vote = {"id": next(self.ids), "option_id": option, "voter": body["voter"]}
        self.votes[number] += [] if self.forgets else [vote]
        return Answer(201, vote)


@pytest.mark.parametrize(("forgets", "found"), [(False, set()), (True, {("listed", "failure")})])
def test_a_vote_names_an_option_of_its_poll(tmp_path: Path, forgets: bool, found: set[tuple[str, str]]) -> None:
    seen = verdicts(tmp_path, PATHS, Polls(forgets=forgets), "create", "listed", "validation", "concurrent-creates")

    assert found == {each for each in seen if each[0] == "listed"}
    assert forgets or not seen
