"""Tables that show their columns: in another order, with ids, at the next place, and shorter in the list."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
INDEX: Node = {"type": "integer", "minimum": 0}
COLUMN: Node = {"type": "object", "properties": {"id": TEXT, "name": TEXT, "index": INDEX}}
NEW_COLUMN: Node = {"type": "object", "required": ["name"], "properties": {"name": TEXT, "index": INDEX}}
TABLE: Node = {
    "type": "object",
    "properties": {"id": TEXT, "name": TEXT, "is_shared": {"type": "boolean"}, "columns": {"type": "array"}},
}
NEW: Node = {
    "type": "object",
    "required": ["name", "columns"],
    "properties": {
        "name": TEXT,
        "is_shared": {"type": "boolean"},
        "columns": {
            "type": "array",
            "items": {"type": "object", "required": ["name"], "properties": {"name": TEXT}},
            "example": [{"name": "email"}, {"name": "age"}],
        },
    },
}
TABLE_ID, COLUMN_ID = path_parameter("table_id"), path_parameter("column_id")
BAD: Node = {"400": NO, "403": NO}
PATHS: Node = {
    "/tables": {
        "get": {"responses": answers({"type": "array", "items": TABLE})},
        "post": {"requestBody": takes(NEW), "responses": answers(TABLE, "201") | BAD},
    },
    "/tables/{table_id}": {"parameters": [TABLE_ID], "get": {"responses": answers(TABLE) | {"404": NO}}},
    "/tables/{table_id}/columns": {
        "parameters": [TABLE_ID],
        "get": {"responses": answers({"type": "array", "items": COLUMN}) | {"404": NO}},
        "post": {"requestBody": takes(NEW_COLUMN), "responses": answers(COLUMN, "201") | BAD | {"404": NO}},
    },
    "/tables/{table_id}/columns/{column_id}": {
        "parameters": [TABLE_ID, COLUMN_ID],
        "get": {"responses": answers(COLUMN) | {"404": NO}},
        "delete": {"responses": {"204": NO, "404": NO}},
    },
}


class Tables:
    """Tables with columns. `flaw` names what is wrong."""

    def __init__(self, flaw: str = "") -> None:
        self.flaw = flaw
        self.tables: dict[str, Node] = {}
        self.columns: dict[str, list[Node]] = {}
        self.number = 0

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/tables(?:/(\w+)(/columns(?:/(\w+))?)?)?", ask.path)
        if match is None or (match[1] and match[1] not in self.tables):
            return Answer(404)
        body, table = sent(ask), match[1] or ""
        if not table:
            return (
                self._made(body) if ask.method == "POST" else Answer(200, [self._listed(each) for each in self.tables])
            )
        if not match[2]:
            return Answer(200, self._shown(table))
        if not match[3]:
            return self._extended(table, body) if ask.method == "POST" else Answer(200, self._sorted(table))
        found = [each for each in self.columns[table] if each["id"] == match[3]]
        if found and ask.method == "DELETE":
            self.columns[table].remove(found[0])
        return Answer(404) if not found else Answer(204) if ask.method == "DELETE" else Answer(200, found[0])

    def _made(self, body: Node) -> Answer:
        columns = body.get("columns")
        if not isinstance(body.get("name"), str) or type(body.get("is_shared", False)) is not bool:
            return Answer(400)
        if not isinstance(columns, list) or not all(self._is_column(each) for each in columns):
            return Answer(400)
        if "is_shared" in body and self.flaw in ("forbids", "refuses"):
            return Answer(403 if self.flaw == "forbids" else 400)
        id = self._id("t")
        self.tables[id], self.columns[id] = {**body, "id": id}, []
        for each in columns[: 1 if self.flaw == "loses" else None]:
            self.columns[id].append(self._column(id, each))
        return Answer(201, self._shown(id))

    def _extended(self, table: str, body: Node) -> Answer:
        index = body.get("index", 0)
        if not self._is_column(body) or type(index) is not int or index < 0:
            return Answer(400)
        self.columns[table].append(self._column(table, body))
        if self.flaw == "spreads":
            for other in self.columns.keys() - {table}:
                self.columns[other].append(self.columns[table][-1])
        return Answer(201, self.columns[table][-1])

    def _is_column(self, body: Any) -> bool:
        return isinstance(body, dict) and isinstance(body.get("name"), str)

    def _column(self, table: str, body: Node) -> Node:
        last = len(self.columns[table])
        index = body.get("index", last) + 7 if self.flaw == "moves" else min(body.get("index", last), last)
        return {"name": body["name"], "id": self._id("c"), "index": index}

    def _id(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number:06}"

    def _sorted(self, table: str) -> list[Node]:
        return sorted(self.columns[table], key=lambda each: str(each["name"]))

    def _shown(self, table: str) -> Node:
        return {**self.tables[table], "columns": self._sorted(table)}

    def _listed(self, table: str) -> Node:
        columns = [{name: each[name] for name in ("id", "name")} for each in self._sorted(table)]
        if self.flaw == "lists others":
            columns = [{**each, "name": "other"} for each in columns]
        return {**self.tables[table], "columns": columns}


CHECKS = ("create", "read-back", "listed", "edge-input", "optional-fields", "other-owners-unchanged", "lifecycle")


@pytest.mark.parametrize(
    ("flaw", "found"),
    [
        ("", set()),
        ("forbids", set()),
        ("refuses", {"optional-fields"}),
        ("loses", {"create", "read-back", "edge-input", "lifecycle"}),
        ("moves", {"create", "edge-input"}),
        ("spreads", {"other-owners-unchanged"}),
        ("lists others", {"listed"}),
    ],
)
def test_what_a_list_of_objects_shows_is_compared_by_its_objects(tmp_path: Path, flaw: str, found: set[str]) -> None:
    seen = verdicts(tmp_path, PATHS, Tables(flaw), *CHECKS)

    assert found <= {check for check, verdict in seen if verdict == "failure"}
    assert bool(found) is bool({check for check, verdict in seen if verdict == "failure"})
