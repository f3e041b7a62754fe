"""The check `filter`: where case does not matter, a search finds texts with capital letters too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

SONG: Node = {"type": "object", "required": ["id", "title"], "properties": {"id": {"type": "integer"}, "title": TEXT}}
NEW: Node = {"type": "object", "required": ["title"], "properties": {"title": TEXT}}
SEARCH: Node = {
    "name": "q",
    "in": "query",
    "description": "Only songs whose title contains this text. Upper and lower case do not matter.",
    "schema": TEXT,
}


class Songs:
    """The server. If it `lowers` only what is asked for, it finds no title with a capital letter."""

    def __init__(self, *, lowers_only_query: bool) -> None:
        self.lowers_only_query = lowers_only_query
        self.songs: list[Node] = []

    def __call__(self, ask: Ask) -> Answer:
        if ask.path != "/songs":
            return Answer(404)
        if ask.method == "POST":
            title = sent(ask).get("title")
            if type(title) is not str:
                return Answer(400)
            self.songs.append({"id": len(self.songs) + 1, "title": title})
            return Answer(201, self.songs[-1])
        word = ask.query.get("q", "").lower()
        return Answer(200, [each for each in self.songs if word in self._compared(each)])

    def _compared(self, song: Node) -> str:
        return song["title"] if self.lowers_only_query else song["title"].lower()


@pytest.mark.parametrize(("is_wrong", "found"), [(False, set()), (True, {("filter", "failure")})])
def test_a_search_finds_capital_letters(tmp_path: Path, is_wrong: bool, found: set[tuple[str, str]]) -> None:
    listed = {"parameters": [SEARCH], "responses": answers({"type": "array", "items": SONG})}
    made = {"requestBody": takes(NEW), "responses": answers(SONG, "201") | {"400": {"description": "no"}}}

    seen = verdicts(tmp_path, {"/songs": {"get": listed, "post": made}}, Songs(lowers_only_query=is_wrong), "filter")

    assert found == {each for each in seen if each[1] == "failure"}
