"""`Content-Range` says which items of all a page has: the mock sends it, and the check reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.client import Client
from tests.contracts.test_foreign_shapes import NEW, THING, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, served, takes

NUMBER: Node = {"type": "integer", "minimum": 0}


def paged(example: str = "", parameter: str = "offset") -> Node:
    """Things with a list in pages, whose only total is in `Content-Range`."""
    header: Node = {"schema": {"type": "string", **({"example": example} if example else {})}}
    shown = answers({"type": "array", "items": THING})
    shown["200"]["headers"] = {"Content-Range": header}
    query = [{"name": name, "in": "query", "schema": {**NUMBER, "maximum": 50}} for name in ("limit", parameter)]
    return {
        "/things": {
            "get": {"parameters": query, "responses": shown},
            "post": {"requestBody": takes(NEW), "responses": answers(THING, "201")},
        }
    }


class Pages:
    """Things in pages. `beyond` makes the total too high, `shifted` the range; `base` is the number of the first."""

    def __init__(self, *, beyond: int = 0, shifted: int = 0, base: int = 0) -> None:
        self.beyond, self.shifted, self.base = beyond, shifted, base
        self.things: list[Node] = []

    def __call__(self, ask: Ask) -> Answer:
        if ask.method == "POST":
            if not isinstance(sent(ask).get("name"), str):
                return Answer(400)
            self.things.append({"id": len(self.things) + 1, "name": sent(ask)["name"]})
            return Answer(201, self.things[-1])
        start, size = int(ask.query.get("offset", 0)), int(ask.query.get("limit", 20))
        page = self.things[start : start + size]
        first = start + self.base
        last = first + len(page) - 1 + (self.shifted if start else 0)
        where = f"{first}-{last}" if page else "*"
        return Answer(200, page, headers=(("content-range", f"things {where}/{len(self.things) + self.beyond}"),))


@pytest.mark.parametrize(
    ("server", "found"),
    [
        (Pages(), set()),
        (Pages(base=1), set()),
        (Pages(beyond=1), {("paging", "failure")}),
        (Pages(shifted=1), {("paging", "failure")}),
    ],
    ids=["from 0", "from 1", "wrong total", "wrong range"],
)
def test_the_range_and_the_total_of_each_page_are_compared(
    tmp_path: Path, server: Pages, found: set[tuple[str, str]]
) -> None:
    assert found == verdicts(tmp_path, paged("things 0-9/57"), server, "paging")


@pytest.mark.parametrize(
    ("example", "shown"),
    [
        ("things 0-9/57", ["things 0-1/3", "things 2-2/3", "things */3"]),
        ("0-24/319", ["0-1/3", "2-2/3", "*/3"]),
        ("", ["items 0-1/3", "items 2-2/3", "items */3"]),
    ],
)
def test_the_mock_sends_the_range_with_the_unit_of_the_example(tmp_path: Path, example: str, shown: list[str]) -> None:
    app = served(tmp_path, {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paged(example)})
    with Client(app) as client:
        for name in ("one", "two", "three"):
            client.post("/things", json={"name": name})
        seen = [client.get("/things", params={"limit": 2, "offset": n}).headers["content-range"] for n in (0, 2, 4)]

    assert shown == seen
