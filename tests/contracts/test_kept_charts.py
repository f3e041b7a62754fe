"""Charts of another server: a code becomes the id, each PUT is stamped, and an unknown id finds nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.contracts.test_choices_of_servers import expected_by
from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
FORMAT: Node = {"type": "string", "enum": ["png", "pbf", "webp"]}
FIELDS: Node = {"code": {"type": "string", "example": "NZ615"}, "title": TEXT, "format": FORMAT}
NEW: Node = {"type": "object", "required": ["code", "title", "format"], "properties": FIELDS}
SHOWN: Node = {
    "type": "object",
    "properties": {
        "id": TEXT,
        **FIELDS,
        "stamped": {"type": "string", "format": "date-time"},
        "seen": {"type": "integer"},
    },
}
PATHS: Node = {
    "/charts": {
        "get": {"responses": answers({"type": "array", "items": SHOWN})},
        "post": {"requestBody": takes(NEW), "responses": answers(SHOWN, "201") | {"400": NO}},
    },
    "/charts/{id}": {
        "parameters": [path_parameter("id")],
        "get": {"responses": answers(SHOWN) | {"404": NO}},
        "put": {"requestBody": takes(NEW), "responses": answers(SHOWN) | {"400": NO, "404": NO}},
        "delete": {"responses": {"204": NO, "404": NO}},
    },
}


class Charts:
    """Charts, by the id that `id_of` makes of a new one. `flaw` names what is wrong."""

    def __init__(self, id_of: Callable[[Node], str] = lambda body: str(body["code"]), flaw: str = "") -> None:
        self.id_of, self.flaw = id_of, flaw
        self.charts: dict[str, Node] = {}
        self.now = datetime(2026, 11, 30, tzinfo=UTC)

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/charts(?:/(.+))?", ask.path)
        if match is None:
            return Answer(404)
        if match[1] is None:
            return Answer(200, [*self.charts.values()]) if ask.method == "GET" else self._put(sent(ask), "", 201)
        if self.flaw.startswith("sql") and "%27" in match[1]:
            return Answer(200, next(iter(self.charts.values()), {}))
        if match[1] not in self.charts:
            return Answer(200, {}) if self.flaw.endswith("empty") and ask.method == "GET" else Answer(404)
        if ask.method == "DELETE":
            del self.charts[match[1]]
            return Answer(204)
        return self._put(sent(ask), match[1], 200) if ask.method == "PUT" else Answer(200, self.charts[match[1]])

    def _put(self, body: Node, id: str, status: int) -> Answer:
        is_valid = all(isinstance(body.get(name), str) for name in FIELDS) and body["format"] in FORMAT["enum"]
        if not is_valid or (id and self.flaw in ("closed", body["format"])):
            return Answer(400)
        self.now += timedelta(seconds=1)
        id = id or self.id_of(body)
        seen = self.charts.get(id, {}).get("seen", 0) + 1 if self.flaw == "counted" else 1
        stamp = {} if self.flaw == "counted" else {"stamped": self.now.isoformat()}
        self.charts[id] = {**{name: body[name] for name in FIELDS}, "id": id, "seen": seen, **stamp}
        return Answer(status, self.charts[id])


CREATES = ("identity", "concurrent-creates")


@pytest.mark.parametrize(
    ("server", "found"),
    [(Charts(), set()), (Charts(lambda body: "one"), {*CREATES})],
    ids=["its code", "one for all"],
)
def test_a_text_that_becomes_the_id_is_another_one_for_each_item(
    tmp_path: Path, server: Charts, found: set[str]
) -> None:
    assert found == {check for check, verdict in verdicts(tmp_path, PATHS, server, *CREATES) if verdict == "failure"}


def test_the_same_text_sent_in_a_sequence_of_requests_names_the_same_item(tmp_path: Path) -> None:
    assert set() == verdicts(tmp_path, PATHS, Charts(), "lifecycle")


@pytest.mark.parametrize(("flaw", "found"), [("", {("replace", "warning")}), ("counted", {("replace", "failure")})])
def test_a_put_may_be_stamped_and_not_be_counted(tmp_path: Path, flaw: str, found: set[tuple[str, str]]) -> None:
    assert found == verdicts(tmp_path, PATHS, Charts(flaw=flaw), "replace")


@pytest.mark.parametrize(
    ("flaw", "found"),
    [("", False), ("empty", False), ("sql", True), ("sql, empty", True)],
)
def test_an_empty_success_for_an_unknown_id_is_no_injection(tmp_path: Path, flaw: str, found: bool) -> None:
    assert found is (("injection", "failure") in verdicts(tmp_path, PATHS, Charts(flaw=flaw), "injection"))


@pytest.mark.parametrize(
    ("flaw", "expected"),
    [
        ("", set()),
        ("closed", set()),
        *((each, {f'a request with format "{each}", which `enum` allows, is accepted'}) for each in FORMAT["enum"]),
    ],
)
def test_a_put_that_refuses_every_body_refuses_no_single_value(tmp_path: Path, flaw: str, expected: set[str]) -> None:
    assert expected == {*expected_by(tmp_path, PATHS, Charts(flaw=flaw), "validation")}


def test_a_put_that_refuses_every_body_is_a_failure(tmp_path: Path) -> None:
    assert ["a valid PUT succeeds"] == expected_by(tmp_path, PATHS, Charts(flaw="closed"), "replace")


RAISED: Node = {"/sails": {"put": {"responses": answers({"type": "object"}) | {"400": NO}}}}


@pytest.mark.parametrize(
    ("statuses", "verdict"), [([400], "warning"), ([200, 400], "failure")], ids=["always", "sometimes"]
)
def test_what_never_succeeds_may_lack_something(tmp_path: Path, statuses: list[int], verdict: str) -> None:
    asked: list[Ask] = []

    def handle(ask: Ask) -> Answer:
        if ask.method != "PUT":
            return Answer(405, headers=(("Allow", "PUT"),))
        asked.append(ask)
        return Answer(statuses[len(asked) % len(statuses)], {})

    found = verdicts(tmp_path, RAISED, handle, "positive_data_acceptance")

    assert {("positive_data_acceptance", verdict)} == found


ZOOM: Node = {"type": "integer", "minimum": 0, "maximum": 30}
TILES: Node = {
    "type": "object",
    "required": ["kind"],
    "properties": {
        "kind": {"type": "string", "enum": ["tiles"]},
        "min_zoom": ZOOM,
        "max_zoom": {**ZOOM, "description": "MUST be >= min_zoom."},
    },
}
LAYERS: Node = {
    "type": "object",
    "required": ["kind", "layer"],
    "properties": {"kind": {"type": "string", "enum": ["layers"]}, "layer": TEXT},
}


@pytest.mark.parametrize("is_careless", [False, True])
def test_an_order_is_that_of_the_alternative_which_has_both_fields(tmp_path: Path, is_careless: bool) -> None:
    source: Node = {"type": "object", "required": ["name"], "properties": {"name": TEXT}, "oneOf": [TILES, LAYERS]}
    shown: Node = {"type": "object", "properties": {"id": {"type": "integer"}, "name": TEXT}}
    made: list[Node] = []

    def handle(ask: Ask) -> Answer:
        body = sent(ask)
        is_tiles = body.get("kind") == "tiles" and not is_careless
        if ask.method != "POST":
            return Answer(200, made)
        if is_tiles and body.get("min_zoom", 0) > body.get("max_zoom", 30):
            return Answer(400)
        made.append({"id": len(made) + 1, "name": body.get("name")})
        return Answer(201, made[-1])

    paths: Node = {
        "/sources": {
            "get": {"responses": answers({"type": "array", "items": shown})},
            "post": {"requestBody": takes(source), "responses": answers(shown, "201") | {"400": NO}},
        }
    }
    found = verdicts(tmp_path, paths, handle, "ordered-fields")

    assert ({("ordered-fields", "failure")} if is_careless else set()) == found
