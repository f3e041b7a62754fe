"""The `Link` header of each page is followed and judged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.contracts.books import Books, Query, check
from tests.contracts.test_foreign_shapes import TEXT, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes


class LinkedBooks(Books):
    """Books whose pages link to the first, the previous, the next and the last page."""

    def enveloped(self, page: Any, facts: Mapping[str, Any], total: int, query: Query) -> tuple[Any, dict[str, str]]:
        """The page with its links. `bug` says what is wrong with them."""
        number, size = int(query.get("page", 1)), int(query.get("per_page", 10))
        last = total // size if self.bug == "last page lost" else -(-total // size)
        numbers = {"first": 1, "last": last + (self.bug == "beyond the last")}
        if number < last and not (self.bug == "first page ends" and number == 1):
            numbers["next"] = number + 1 + (self.bug == "next skips a page")
        if number > 1 and self.bug != "no way back":
            numbers["prev"] = number - 1
        links = (f'</books?page={to}&per_page={size}>; rel="{relation}"' for relation, to in numbers.items())
        return page, {"Link": ", ".join(links), "X-Total-Count": str(total)}


@pytest.mark.parametrize("bug", ["", "no way back"])
def test_right_links_have_no_findings(tmp_path: Path, bug: str) -> None:
    result = check(tmp_path, only=["page-links"], style="page", app=LinkedBooks("page", bug))

    assert [] == [(found.expected, found.seen) for found in result.findings]
    assert "passed" == result.outcomes["GET /books", "page-links"]


@pytest.mark.parametrize("bug", ["last page lost", "first page ends", "next skips a page", "beyond the last"])
def test_a_link_that_is_missing_or_leads_elsewhere_is_a_failure(tmp_path: Path, bug: str) -> None:
    result = check(tmp_path, only=["page-links"], style="page", app=LinkedBooks("page", bug))

    assert {("page-links", "failure")} == {(found.check, found.verdict) for found in result.findings}


class FilteredBooks(Books):
    """Books whose links keep the query parameters of the request, without those in `lost`."""

    def __init__(self, lost: tuple[str, ...] = ()) -> None:
        super().__init__("page")
        self.lost = lost

    def enveloped(self, page: Any, facts: Mapping[str, Any], total: int, query: Query) -> tuple[Any, dict[str, str]]:
        """The page with a link to the next one."""
        kept = {name: value for name, value in query.items() if name not in self.lost}
        address = "/books?" + urlencode({**kept, "page": int(query.get("page", 1)) + 1})
        link = {"Link": f'<{address}>; rel="next"'} if facts["next"] else {}
        return page, {**link, "X-Total-Count": str(total)}


FILTERS = [("q", {"type": "string"}), ("title", {"type": "string"}), ("year", {"type": "integer"})]


@pytest.mark.parametrize(("name", "schema"), FILTERS)
@pytest.mark.parametrize("is_kept", [True, False])
def test_a_link_that_loses_the_filter_is_a_failure(tmp_path: Path, name: str, schema: Any, *, is_kept: bool) -> None:
    app = FilteredBooks(() if is_kept else (name,))
    result = check(tmp_path, only=["page-links"], style="page", app=app, queries={name: schema})

    found = {(found.check, found.verdict) for found in result.findings}
    assert (set() if is_kept else {("page-links", "failure")}) == found


class Cards:
    """Cards with labels, and links between the pages; `loses`: without the label that they were asked with."""

    def __init__(self, *, loses: bool) -> None:
        self.items: list[Node] = []
        self.loses = loses

    def __call__(self, ask: Ask) -> Answer:
        if ask.method == "POST":
            self.items.append({"id": len(self.items) + 1, **sent(ask)})
            return Answer(201, self.items[-1])
        label, page, size = ask.query.get("label"), int(ask.query.get("page", 1)), int(ask.query.get("per_page", 10))
        found = [each for each in self.items if label is None or label in each.get("labels", [])]
        query = {"page": page + 1, "per_page": size} | ({"label": label} if label and not self.loses else {})
        link = [("link", f'</cards?{urlencode(query)}>; rel="next"')] if page * size < len(found) else []
        return Answer(200, found[(page - 1) * size : page * size], headers=tuple(link))


def cards() -> Node:
    labels: Node = {"type": "array", "items": {"type": "string", "pattern": "^[a-z]+$"}}
    new: Node = {"type": "object", "required": ["text"], "properties": {"text": TEXT, "labels": labels}}
    card: Node = {**new, "required": ["id"], "properties": {"id": {"type": "integer"}, **new["properties"]}}
    sizes: Node = {
        "page": {"type": "integer", "minimum": 1},
        "per_page": {"type": "integer", "minimum": 1, "maximum": 50},
    }
    label: Node = {"name": "label", "in": "query", "description": "Only cards with this label.", "schema": TEXT}
    queries = [{"name": name, "in": "query", "schema": schema} for name, schema in sizes.items()] + [label]
    listed = answers({"type": "array", "items": card})
    listed["200"]["headers"] = {"Link": {"schema": TEXT}}
    return {
        "/cards": {
            "get": {"parameters": queries, "responses": listed},
            "post": {"requestBody": takes(new), "responses": answers(card, "201")},
        }
    }


@pytest.mark.parametrize("loses", [False, True])
def test_a_link_that_loses_a_label_among_several_is_a_failure(tmp_path: Path, loses: bool) -> None:
    found = verdicts(tmp_path, cards(), Cards(loses=loses), "page-links")

    assert found == ({("page-links", "failure")} if loses else set())
