"""What a document says of values that are written anew, of null, of what is archived, and of totals and orders."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
LABEL: Node = {"type": "string", "minLength": 1, "maxLength": 40}
LIST: Node = {"type": "array", "maxItems": 5, "items": {"type": "string", "minLength": 1, "maxLength": 20}}
TEAM: Node = {"type": ["string", "null"], "enum": ["red", "blue", None]}
VALUES = ("create", "read-back", "update", "update-every-field", "validation", "edge-input", "text-preserved")
GONE = ("delete", "lifecycle", "use_after_free", "concurrent-deletes", "concurrent-update-and-delete")


def same(value: str) -> str:
    return value


def lower(value: str) -> str:
    return " ".join(value.lower().split())


class Pins:
    """Pins with a code, marks and a team.

    `writes` makes a text anew. With `keeps_null`, a PATCH with null changes nothing. With `archives`, DELETE sets
    `archived`, or `deleted_at` which only the list with `include_deleted` shows. `counted` are totals that stay
    as they were first counted. The list is sorted by id, and if it `sorts`, backwards for `-id`.
    """

    def __init__(
        self,
        writes: Callable[[str], str] = same,
        *,
        keeps_null: bool = False,
        archives: str = "",
        counts_once: bool = False,
        sorts: bool = False,
    ) -> None:
        self.writes, self.keeps_null, self.archives, self.counts_once = writes, keeps_null, archives, counts_once
        self.sorts = sorts
        self.pins: dict[int, Node] = {}
        self.counted: int | None = None

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/pins(?:/(\d{1,9}))?(/restore)?", ask.path)
        if match is None:
            return Answer(404)
        if ask.method == "PATCH" and not ask.raw.startswith(b"{"):
            return Answer(422)
        if match[1] is None:
            return self._list(ask) if ask.method == "GET" else self._create(sent(ask))
        pin = self.pins.get(int(match[1]))
        if pin is None or (pin.get("deleted_at") and not match[2]):
            return Answer(404)
        if match[2]:
            return Answer(200, pin | {"deleted_at": None})
        if ask.method == "DELETE":
            return self._delete(pin)
        return Answer(200, pin) if ask.method == "GET" else self._change(pin, sent(ask))

    def _delete(self, pin: Node) -> Answer:
        if self.archives:
            pin[self.archives] = True if self.archives == "archived" else "2026-01-01T00:00:00Z"
        else:
            del self.pins[pin["id"]]
        return Answer(204)

    def _list(self, ask: Ask) -> Answer:
        shown = [
            pin for pin in self.pins.values() if not pin.get("deleted_at") or ask.query.get("include_deleted") == "true"
        ]
        self.counted = self.counted if self.counted is not None and self.counts_once else len(shown)
        if ask.query.get("ordering") == "-id" and self.sorts:
            shown.reverse()
        start, size = int(ask.query.get("offset", "0")), int(ask.query.get("limit", "20"))
        return Answer(200, {"pins": shown[start : start + size], "total": self.counted})

    def _valid(self, body: Node, *needed: str) -> bool:
        code, marks, team = body.get("code", "x"), body.get("marks", []), body.get("team")
        texts = [code, *marks] if isinstance(marks, list) else [None]
        return (
            set(needed) <= set(body) <= {"code", "marks", "team"}
            and all(isinstance(each, str) and self.writes(each) for each in texts)
            and len(code) <= 40
            and len(marks) <= 5
            and all(len(each) <= 20 for each in marks)
            and team in ("red", "blue", None)
        )

    def _stored(self, body: Node) -> Node:
        new = dict(body)
        if "code" in body:
            new["code"] = self.writes(body["code"])
        if "marks" in body and self.writes is not same:
            new["marks"] = sorted({self.writes(each) for each in body["marks"]})
        return new

    def _create(self, body: Node) -> Answer:
        if not self._valid(body, "code"):
            return Answer(422)
        number = len(self.pins) + 1
        flags: Node = {"archived": False} if self.archives == "archived" else {}
        flags |= {"deleted_at": None} if self.archives == "deleted_at" else {}
        self.pins[number] = {"id": number, "marks": [], "team": None, **self._stored(body), **flags}
        return Answer(201, self.pins[number])

    def _change(self, pin: Node, body: Node) -> Answer:
        if not self._valid(body):
            return Answer(422)
        if pin.get("archived"):
            return Answer(409)
        pin |= {k: v for k, v in self._stored(body).items() if v is not None or not self.keeps_null}
        return Answer(200, pin)


def pins(
    code: str = "",
    marks: str = "",
    patch: str = "",
    delete: str = "",
    total: str = "",
    flag: Node | None = None,
    **more: Node,
) -> Node:
    """The paths, with these descriptions; `flag` has further properties of a pin, `more` further query parameters."""
    fields = {"code": {**LABEL, "description": code}, "marks": {**LIST, "description": marks}, "team": TEAM}
    shown = {"code": {"type": "string"}, "marks": {"type": "array", "items": {"type": "string"}}, "team": TEAM}
    pin = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, **shown, **(flag or {})}}
    new = {"type": "object", "additionalProperties": False, "properties": fields}
    count = {"type": "integer", "description": total}
    page = {"type": "object", "properties": {"pins": {"type": "array", "items": pin}, "total": count}}
    query = [
        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 50, "default": 20}},
        {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": 9999, "default": 0}},
        *({"name": name, "in": "query", **each} for name, each in more.items()),
    ]
    found: Node = {
        "/pins": {
            "get": {"parameters": query, "responses": answers(page)},
            "post": {
                "requestBody": takes(new | {"required": ["code"]}),
                "responses": answers(pin, "201") | {"422": NO},
            },
        },
        "/pins/{id}": {
            "parameters": [path_parameter("id", {"type": "integer", "minimum": 1})],
            "get": {"responses": answers(pin) | {"404": NO}},
            "patch": {
                "description": patch,
                "requestBody": takes(new),
                "responses": answers(pin) | {"404": NO, "409": NO, "422": NO},
            },
            "delete": {"description": delete, "responses": {"204": NO, "404": NO}},
        },
    }
    if flag and "deleted_at" in flag:
        restored = {"summary": "Restores a deleted pin", "responses": answers(pin) | {"404": NO}}
        found["/pins/{id}/restore"] = {"parameters": found["/pins/{id}"]["parameters"], "post": restored}
    return found


SAID = {
    "code": "Stored in lower case. Spaces around it are removed.",
    "marks": "Sorted, without duplicates, in lower case",
}


def lost(value: str) -> str:
    return value[:1].lower()


@pytest.mark.parametrize(
    ("said", "writes", "found"),
    [(SAID, lower, set()), ({}, lower, {"warning"}), (SAID, lost, {"failure"})],
    ids=["as it says", "unsaid", "lost"],
)
def test_a_value_that_is_written_anew_is_right_where_the_document_says_so(
    tmp_path: Path, said: dict[str, str], writes: Callable[[str], str], found: set[str]
) -> None:
    seen = verdicts(tmp_path, pins(**said), Pins(writes), *VALUES)

    # A text of blanks is refused, which is a warning of its own.
    worst = {verdict for check, verdict in seen if not said or (check, verdict) != ("text-preserved", "warning")}
    assert found == (worst & {"failure"} or worst)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Fields that are null or left out are not changed.", set()),
        ("Leaves a field as it is if it is not changed, ignores null.", set()),
        (
            "Null clears a field, and what is left out is not changed.",
            {("update", "failure"), ("edge-input", "failure")},
        ),
        ("", {("update", "failure"), ("edge-input", "failure")}),
    ],
)
def test_null_may_change_nothing_where_the_document_says_so(
    tmp_path: Path, said: str, found: set[tuple[str, str]]
) -> None:
    assert found == verdicts(tmp_path, pins(patch=said), Pins(keeps_null=True), "update", "edge-input")


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("Archives a pin. It can still be read, and stays archived.", set()),
        ("Archive a pin; an archived pin is still shown.", set()),
        ("Deletes a pin.", {"failure"}),
    ],
)
def test_a_delete_that_archives_leaves_the_item_where_the_document_says_so(
    tmp_path: Path, said: str, verdict: set[str]
) -> None:
    shown = {"archived": {"type": "boolean", "readOnly": True}}

    seen = verdicts(tmp_path, pins(delete=said, flag=shown), Pins(archives="archived"), *GONE)

    assert verdict == {each for _, each in seen} & {"failure"}
    assert bool(verdict) == bool(seen)


def test_a_list_may_show_what_is_deleted_to_who_asks_for_it(tmp_path: Path) -> None:
    shown = {"deleted_at": {"type": ["string", "null"], "format": "date-time", "readOnly": True}}
    asked = {"schema": {"type": "boolean", "default": False}}

    seen = verdicts(tmp_path, pins(flag=shown, include_deleted=asked), Pins(archives="deleted_at"), "delete")

    assert set() == seen


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Approximate number of matches", set()),
        ("Counted once a minute, so it may lag behind", set()),
        ("", {"failure"}),
    ],
)
def test_a_total_need_not_be_exact_where_the_document_says_so(tmp_path: Path, said: str, found: set[str]) -> None:
    seen = verdicts(tmp_path, pins(total=said), Pins(counts_once=True), "paging", "default-page-size")

    assert found == {verdict for _, verdict in seen}


@pytest.mark.parametrize(
    ("listed", "sorts", "found"),
    [({}, True, set()), ({}, False, {"warning"}), ({"enum": ["code", "-code", "-id"]}, True, {"failure"})],
    ids=["by another field", "by none", "a list of fields"],
)
def test_a_field_that_we_choose_to_sort_by_may_be_ignored(
    tmp_path: Path, listed: Node, sorts: bool, found: set[str]
) -> None:
    order = {"description": "Which field to use when ordering the results.", "schema": {"type": "string", **listed}}

    seen = verdicts(tmp_path, pins(ordering=order), Pins(sorts=sorts), "sort")

    assert found == {verdict for _, verdict in seen}
