"""Parcels of a post office: lists in a described order, pages, searches, keys and reads do what the document says."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask, integer
from tests.web.document import Node, answers, takes

SIZES = ["small", "medium", "large"]
WORD: Node = {"type": "string", "minLength": 1, "maxLength": 60}
CODE: Node = {"type": "string", "pattern": "^[A-Za-z]{3,30}$"}
NEW: Node = {
    "type": "object",
    "required": ["code", "label", "size", "grams"],
    "additionalProperties": False,
    "properties": {
        "code": CODE, "label": WORD, "size": {"type": "string", "enum": SIZES},
        "grams": {"type": "integer", "minimum": 1, "maximum": 9000},
    },
}  # fmt: skip
SHOWN: Node = {
    **NEW,
    "required": ["id", "scans", *NEW["required"]],
    "properties": {"id": {"type": "integer"}, "scans": {"type": "integer"}, **NEW["properties"]},
}
PAGE: Node = {
    "type": "object",
    "required": ["total", "limit", "offset", "items"],
    "properties": {
        "total": {"type": "integer"}, "limit": {"type": "integer"}, "offset": {"type": "integer"},
        "items": {"type": "array", "items": SHOWN},
    },
}  # fmt: skip
EVENT: Node = {
    "type": "object",
    "required": ["id", "place"],
    "properties": {"id": {"type": "integer"}, "place": {"type": "string"}},
}
EVENTS: Node = {
    "type": "object",
    "required": ["events", "next_cursor"],
    "properties": {"events": {"type": "array", "items": EVENT}, "next_cursor": {"type": ["string", "null"]}},
}
NO: Node = {"description": "refused"}
SORTING = "`size` is the smallest first (small, medium, large), `-size` the largest first."


def query(name: str, schema: Node, text: str = "") -> Node:
    return {"name": name, "in": "query", "schema": schema, **({"description": text} if text else {})}


def written(sorting: str = SORTING) -> Node:
    limit = query("limit", {"type": "integer", "minimum": 1, "maximum": 50, "default": 20})
    return {
        "/parcels": {
            "post": {
                "description": "Codes are unique without regard to case: if `ab` exists, `AB` is refused with 409.",
                "requestBody": takes(NEW),
                "responses": answers(SHOWN, "201") | {"409": NO, "422": NO},
            },
            "get": {
                "parameters": [
                    query("sort", {"type": "string", "enum": ["size", "-size"]}, sorting),
                    query("q", WORD, "Any part of the label."),
                    limit,
                    query("offset", {"type": "integer", "minimum": 0, "default": 0}),
                ],
                "responses": answers(PAGE) | {"422": NO},
            },
        },
        "/parcels/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {
                "parameters": [query("scale", {"type": "integer", "minimum": 2, "maximum": 9}, "Shown times so much.")],
                "responses": answers(SHOWN) | {"404": NO, "422": NO},
            },
            "delete": {"responses": {"204": NO, "404": NO}},
        },
        "/parcels/{id}/scan": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "post": {
                "parameters": [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}],
                "responses": answers(EVENT, "201") | {"404": NO},
            },
        },
        "/parcels/{id}/events": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {
                "parameters": [limit, query("cursor", {"type": "string"}, "`next_cursor` of the page before.")],
                "responses": answers(EVENTS) | {"404": NO, "422": NO},
            },
        },
    }  # fmt: skip


@dataclass
class Parcels:
    """The service, with one flaw or none. Parcels of one size are in the order of `tie`."""

    flaw: str = ""
    tie: str = "id"
    items: dict[int, Node] = field(default_factory=dict)
    events: dict[int, list[Node]] = field(default_factory=dict)
    keys: dict[tuple[int, str], Node] = field(default_factory=dict)
    last: int = 0

    def __call__(self, ask: Ask) -> Answer:
        _, kind, *rest = ask.path.split("/")
        if kind != "parcels":
            return Answer(404)
        if not rest:
            return self._page(ask) if ask.method == "GET" else self._add(sent(ask))
        item = self.items.get(integer(rest[0]) or 0)
        if item is None:
            return Answer(404)
        if rest[1:] == ["scan"]:
            return self._scan(ask, item)
        if rest[1:] == ["events"]:
            return self._events(ask, item)
        if ask.method == "DELETE":
            del self.items[item["id"]]
            return Answer(204)
        return self._shown(ask, item)

    def _add(self, body: Node) -> Answer:
        is_text = all(isinstance(body.get(name), str) for name in ("code", "label"))
        if body.keys() != set(NEW["required"]) or not is_text or body["size"] not in SIZES:
            return Answer(422)
        if type(body["grams"]) is not int or not 0 < body["grams"] <= 9000 or not body["code"].isascii():
            return Answer(422)
        if not body["code"].isalpha() or not 2 < len(body["code"]) <= 30 or not 0 < len(body["label"]) <= 60:
            return Answer(422)
        same = str if self.flaw == "case" else str.casefold
        if any(same(body["code"]) == same(each["code"]) for each in self.items.values()):
            return Answer(409)
        self.last += 1
        self.items[self.last] = {"id": self.last, "scans": 0, **body}
        self.events[self.last] = []
        return Answer(201, self.items[self.last])

    def _page(self, ask: Ask) -> Answer:
        usual = "15" if self.flaw == "limit" else "20"
        limit, offset = (integer(ask.query.get(name, default)) for name, default in (("limit", usual), ("offset", "0")))
        sort, word = ask.query.get("sort", ""), ask.query.get("q")
        if limit is None or offset is None or not 0 < limit <= 50 or offset < 0 or sort not in ("", "size", "-size"):
            return Answer(422)
        found = [each for each in self.items.values() if word is None or self._has(each["label"], word)]
        if sort:
            order = sorted(SIZES) if self.flaw == "alphabet" else SIZES
            found.sort(key=lambda each: each[self.tie.lstrip("-")], reverse=self.tie[0] == "-")
            found.sort(key=lambda each: order.index(each["size"]), reverse=sort[0] == "-")
        page = {"total": len(found), "limit": limit, "offset": offset, "items": found[offset : offset + limit]}
        return Answer(200, page) if word != "" else Answer(422)

    def _has(self, label: str, word: str) -> bool:
        if self.flaw != "wildcard":
            return word in label
        return all(part in label for part in word.replace("%", " ").split())

    def _shown(self, ask: Ask, item: Node) -> Answer:
        times = integer(ask.query.get("scale", "1"))
        if times is None or ("scale" in ask.query and not 2 <= times <= 9):
            return Answer(422)
        shown = item if self.flaw == "scale" else dict(item)
        shown["grams"] *= times
        return Answer(200, shown)

    def _scan(self, ask: Ask, item: Node) -> Answer:
        key = (item["id"], ask.headers.get("idempotency-key", ""))
        if key in self.keys and key[1] and self.flaw != "key":
            return Answer(201, self.keys[key])
        item["scans"] += 1
        self.keys[key] = {"id": item["scans"], "place": "Kiel"}
        self.events[item["id"]].append(self.keys[key])
        return Answer(201, self.keys[key])

    def _events(self, ask: Ask, item: Node) -> Answer:
        limit, start = integer(ask.query.get("limit", "20")), integer(ask.query.get("cursor", "0"))
        if limit is None or start is None or not 0 < limit <= 50:
            return Answer(422)
        found = self.events[item["id"]]
        end = start + limit
        after = str(end + (self.flaw == "lost")) if end < len(found) else None
        return Answer(200, {"events": found[start:end], "next_cursor": after})


CHECKS = (
    "sort", "page-size-limits", "unique-in-any-case", "filter", "safe-read", "idempotency-key-of-action",
    "filled-pages", "paging", "sorted-ties",
)  # fmt: skip


@pytest.mark.parametrize(
    ("flaw", "check"),
    [
        ("", ""),
        ("alphabet", "sort"),
        ("limit", "page-size-limits"),
        ("case", "unique-in-any-case"),
        ("wildcard", "filter"),
        ("scale", "safe-read"),
        ("key", "idempotency-key-of-action"),
        ("lost", "filled-pages"),
    ],
)
def test_a_list_and_what_fills_it_are_as_described(flaw: str, check: str, tmp_path: Path) -> None:
    assert {(check, "failure")} - {("", "failure")} == verdicts(tmp_path, written(), Parcels(flaw), *CHECKS)


@pytest.mark.parametrize(
    "sentence",
    [
        "Sort by size: small < medium < large.",
        "From small, medium to large, or back with `-size`.",
        "`-size` begins with the largest first: large, medium, small.",
    ],
)
def test_an_order_of_values_is_read_in_several_ways(sentence: str, tmp_path: Path) -> None:
    assert set() == verdicts(tmp_path, written(sentence), Parcels(), "sort")
    assert {("sort", "failure")} == verdicts(tmp_path, written(sentence), Parcels("alphabet"), "sort")


@pytest.mark.parametrize("sentence", ["Sort by the size: one of small, medium, large.", "The field to sort by."])
def test_values_that_are_only_named_have_no_order(sentence: str, tmp_path: Path) -> None:
    assert set() == verdicts(tmp_path, written(sentence), Parcels("alphabet"), "sort")


@pytest.mark.parametrize(
    ("tie", "sentence"),
    [
        (
            "code",
            "`size` is the smallest first (small, medium, large). Parcels of equal size are in order of their codes.",
        ),
        ("-id", "`size` is the smallest first (small, medium, large); equal sizes are newest first."),
    ],
)
def test_items_of_one_value_have_the_described_order(tie: str, sentence: str, tmp_path: Path) -> None:
    assert set() == verdicts(tmp_path, written(sentence), Parcels(tie=tie), "sorted-ties", "sort")
    assert {("sorted-ties", "failure")} == verdicts(tmp_path, written(sentence), Parcels(tie="grams"), "sorted-ties")


def test_values_that_are_unique_beside_some_items_only_are_left_out(tmp_path: Path) -> None:
    document = written()
    document["/parcels"]["post"]["description"] = "Codes are unique within a van, and case-insensitive."

    assert set() == verdicts(tmp_path, document, Parcels("case"), "unique-in-any-case")
