"""Letters with a search, a filter and replies: what the document says holds for both, and at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import path_parameter, sent
from tests.planted_bugs.server import Answer, Ask, Server, elsewhere, integer
from tests.web.document import Node, answers, document, takes

NO: Node = {"description": "no"}
TEXT: Node = {"type": "string", "minLength": 1, "maxLength": 80}
NEW: Node = {
    "type": "object",
    "required": ["subject", "text", "urgent"],
    "properties": {"subject": TEXT, "text": TEXT, "urgent": {"type": "boolean"}},
}
COUNT: Node = {"type": "integer", "description": "Number of replies of the letter.", "readOnly": True}
LETTER: Node = {
    "type": "object",
    "required": ["id", "reply_count", "stamps", *NEW["required"]],
    "properties": {"id": {"type": "integer"}, "stamps": {"type": "integer"}, "reply_count": COUNT, **NEW["properties"]},
}
WRITTEN: Node = {"type": "object", "required": ["text"], "properties": {"text": TEXT}}
REPLY: Node = {"type": "object", "required": ["id", "text"], "properties": {"id": {"type": "integer"}, "text": TEXT}}


def letters_document() -> Node:
    letter = path_parameter("letter_id", {"type": "integer"})
    queries = [
        {"name": "q", "in": "query", "schema": TEXT},
        {"name": "urgent", "in": "query", "schema": {"type": "boolean"}},
    ]
    paths: Node = {
        "/letters": {
            "post": {"requestBody": takes(NEW), "responses": answers(LETTER, "201") | {"422": NO}},
            "get": {"parameters": queries, "responses": answers({"type": "array", "items": LETTER})},
        },
        "/letters/{letter_id}": {"parameters": [letter], "get": {"responses": answers(LETTER) | {"404": NO}}},
        "/letters/{letter_id}/stamp": {"parameters": [letter], "post": {"responses": answers(LETTER) | {"404": NO}}},
        "/letters/{letter_id}/replies": {
            "parameters": [letter],
            "post": {"requestBody": takes(WRITTEN), "responses": answers(REPLY, "201") | {"404": NO, "422": NO}},
            "get": {"responses": answers({"type": "array", "items": REPLY}) | {"404": NO}},
        },
    }
    return document(paths)


class Letters(Server):
    """The service. With the flaw `or` a word in the text counts without the filter; with `lost` replies are counted by
    reading the number, waiting, and writing it."""

    def __init__(self, flaw: str = "") -> None:
        super().__init__()
        self.flaw = flaw
        self.letters: dict[int, Node] = {}
        self.replies: dict[int, list[Node]] = {}

    async def answer(self, ask: Ask) -> Answer:
        _, _, *rest = ask.path.split("/")
        if not rest:
            return self._list(ask) if ask.method == "GET" else self._add(sent(ask))
        letter = self.letters.get(integer(rest[0]) or 0)
        if letter is None:
            return Answer(404)
        if not rest[1:]:
            return Answer(200, letter)
        if rest[1] == "stamp":
            return await self._stamp(letter)
        if ask.method == "GET":
            return Answer(200, self.replies[letter["id"]])
        return await self._reply(letter, sent(ask).get("text"))

    def _add(self, body: Node) -> Answer:
        texts = [body.get("subject"), body.get("text")]
        is_text = all(isinstance(each, str) and 0 < len(each) <= 80 for each in texts)
        if not is_text or not isinstance(body.get("urgent"), bool):
            return Answer(422)
        id = len(self.letters) + 1
        self.letters[id] = {"id": id, "reply_count": 0, "stamps": 0, **{name: body[name] for name in NEW["required"]}}
        self.replies[id] = []
        return Answer(201, self.letters[id])

    def _list(self, ask: Ask) -> Answer:
        word, urgent = ask.query.get("q", ""), ask.query.get("urgent")
        return Answer(200, [each for each in self.letters.values() if self._fits(each, word, urgent)])

    def _fits(self, letter: Node, word: str, urgent: str | None) -> bool:
        is_kept = urgent is None or letter["urgent"] is (urgent == "true")
        if self.flaw == "or" and word:
            return word in letter["text"] or (word in letter["subject"] and is_kept)
        return (word in letter["text"] or word in letter["subject"]) and is_kept

    async def _stamp(self, letter: Node) -> Answer:
        known = letter["stamps"]
        if self.flaw != "once":
            await elsewhere()
            letter["stamps"] = (known if self.flaw == "stale" else letter["stamps"]) + 1
        return Answer(200, letter)

    async def _reply(self, letter: Node, text: object) -> Answer:
        if not isinstance(text, str) or not 0 < len(text) <= 80:
            return Answer(422)
        self.replies[letter["id"]].append({"id": len(self.replies[letter["id"]]) + 1, "text": text})
        reply, known = self.replies[letter["id"]][-1], letter["reply_count"]
        await elsewhere()
        letter["reply_count"] = known + 1 if self.flaw == "lost" else len(self.replies[letter["id"]])
        return Answer(201, reply)


def checked(folder: Path, flaw: str) -> CheckResult:
    file = folder / "letters.json"
    file.write_text(json.dumps(letters_document()))
    with Target.asgi(Letters(flaw), []) as target:
        return run_checks(
            contracts.of(file), target, only=["search-with-filter", "concurrent-count", "concurrent-action"]
        )


def test_a_service_that_applies_both_and_counts_all_passes(tmp_path: Path) -> None:
    result = checked(tmp_path, "")

    assert () == tuple(result.findings)
    assert "passed" == result.outcomes["GET /letters", "search-with-filter"]
    assert "passed" == result.outcomes["POST /letters/{letter_id}/replies", "concurrent-count"]
    assert "passed" == result.outcomes["POST /letters/{letter_id}/stamp", "concurrent-action"]


def test_a_request_that_raises_nothing_is_no_count(tmp_path: Path) -> None:
    result = checked(tmp_path, "once")

    assert () == tuple(result.findings)
    assert "no figure" in result.outcomes["POST /letters/{letter_id}/stamp", "concurrent-action"]


@pytest.mark.parametrize(
    ("flaw", "check"), [("or", "search-with-filter"), ("lost", "concurrent-count"), ("stale", "concurrent-action")]
)
def test_a_filter_that_a_search_drops_and_a_lost_count_are_failures(flaw: str, check: str, tmp_path: Path) -> None:
    result = checked(tmp_path, flaw)

    assert {(check, "failure")} == {(each.check, each.verdict) for each in result.findings}
