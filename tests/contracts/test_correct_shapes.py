"""More shapes of correct servers: states that forbid a DELETE, full owners, fields that change by themselves."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, Small, Things, path_parameter, sent, things_document, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

NO: Node = {"description": "no"}
WINE: Node = {**TEXT, "maxLength": 60}


class Barrels:
    """Barrels that cannot be scrapped while there is wine in them; `is_stuck`: nor without."""

    def __init__(self, *, is_stuck: bool = False) -> None:
        self.items: dict[int, Node] = {}
        self.next, self.is_stuck = 0, is_stuck

    def __call__(self, ask: Ask) -> Answer:
        if ask.path == "/barrels":
            return self._all(ask)
        one = re.fullmatch(r"/barrels/(\d+)", ask.path)
        if one is None or int(one[1]) not in self.items:
            return Answer(404)
        if ask.method == "DELETE":
            if self.is_stuck or self.items[int(one[1])].get("wine"):
                return Answer(409)
            del self.items[int(one[1])]
            return Answer(204)
        return Answer(200, self.items[int(one[1])]) if ask.method == "GET" else Answer(405)

    def _all(self, ask: Ask) -> Answer:
        if ask.method == "GET":
            return Answer(200, list(self.items.values()))
        body = sent(ask)
        if ask.method != "POST" or body.get("wood") not in ("oak", "acacia"):
            return Answer(400)
        self.next += 1
        self.items[self.next] = {**body, "id": self.next}
        return Answer(201, self.items[self.next])


def barrels_document() -> Node:
    fields: Node = {"wood": {"enum": ["oak", "acacia"]}, "wine": WINE}
    new: Node = {"type": "object", "required": ["wood"], "properties": fields}
    barrel: Node = {"type": "object", "required": ["id", "wood"], "properties": {"id": {"type": "integer"}, **fields}}
    return {
        "/barrels": {
            "get": {"responses": answers({"type": "array", "items": barrel})},
            "post": {"requestBody": takes(new), "responses": answers(barrel, "201") | {"400": NO}},
        },
        "/barrels/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(barrel) | {"404": NO}},
            "delete": {"responses": {"204": {"description": "gone"}, "404": NO, "409": NO}},
        },
    }


@pytest.mark.parametrize(("is_stuck", "expected"), [(False, set()), (True, {("delete", "warning")})])
def test_a_documented_conflict_of_a_delete_is_a_warning_if_nothing_can_be_deleted_and_else_nothing(
    tmp_path: Path, is_stuck: bool, expected: set[tuple[str, str]]
) -> None:
    checks = ("delete", "lifecycle", "concurrent-deletes")

    assert expected == verdicts(tmp_path, barrels_document(), Barrels(is_stuck=is_stuck), *checks)


class Parcels:
    """Parcels with numbered events: two each, for then it is delivered."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.events: list[list[Node]] = []

    def __call__(self, ask: Ask) -> Answer:
        if ask.path == "/parcels":
            if ask.method == "POST":
                self.names.append(str(sent(ask).get("name")))
                self.events.append([])
            parcels = [{"id": number, "name": name} for number, name in enumerate(self.names)]
            return Answer(201, parcels[-1]) if ask.method == "POST" else Answer(200, parcels)
        named = re.fullmatch(r"/parcels/(\d+)(/events)?(?:/(\d+))?", ask.path)
        if named is None or int(named[1]) >= len(self.events):
            return Answer(404)
        events = self.events[int(named[1])]
        if not named[2]:
            return Answer(200, {"id": int(named[1]), "name": self.names[int(named[1])]})
        if named[3]:
            return Answer(200, events[int(named[3]) - 1]) if 0 < int(named[3]) <= len(events) else Answer(404)
        return Answer(200, events) if ask.method == "GET" else self._add(events, sent(ask))

    @staticmethod
    def _add(events: list[Node], body: Node) -> Answer:
        if body.get("kind") not in ("delivered", "collected"):
            return Answer(400)
        if len(events) == 2:
            return Answer(409)
        events.append({"note": "", **body, "nr": len(events) + 1})
        return Answer(201, events[-1])


def parcels_document() -> Node:
    fields: Node = {"kind": {"enum": ["delivered", "collected"]}, "note": TEXT}
    new: Node = {"type": "object", "required": ["kind"], "properties": fields}
    event: Node = {"type": "object", "required": ["nr", "kind"], "properties": {"nr": {"type": "integer"}, **fields}}
    named: Node = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}
    parcel: Node = {**named, "properties": {"id": {"type": "integer"}, "name": TEXT}}
    number, nr = (path_parameter(name, {"type": "integer"}) for name in ("parcelId", "nr"))
    return {
        "/parcels": {
            "get": {"responses": answers({"type": "array", "items": parcel})},
            "post": {"requestBody": takes(named), "responses": answers(parcel, "201")},
        },
        "/parcels/{parcelId}": {"parameters": [number], "get": {"responses": answers(parcel) | {"404": NO}}},
        "/parcels/{parcelId}/events": {
            "parameters": [number],
            "get": {"responses": answers({"type": "array", "items": event}) | {"404": NO}},
            "post": {
                "requestBody": takes(new),
                "responses": answers(event, "201") | {"400": NO, "404": NO, "409": NO},
            },
        },
        "/parcels/{parcelId}/events/{nr}": {
            "parameters": [number, nr],
            "get": {"responses": answers(event) | {"404": NO}},
        },
    }


def test_items_with_the_same_number_below_two_owners_are_not_compared(tmp_path: Path) -> None:
    found = verdicts(tmp_path, parcels_document(), Parcels(), "listed", "unpaged-list")

    assert set() == found


class Ageing(Things):
    """Things that show the seconds on a clock. Each write takes one second; so does each sleep."""

    def __init__(self) -> None:
        super().__init__(rule=lambda body: isinstance(body.get("note", ""), str))
        self.seconds = 0.0

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def _one(self, method: str, id: int, body: Node) -> Answer:
        self.seconds += method in ("PUT", "PATCH")
        if not self.rule(body):
            return Answer(400)
        answer = super()._one(method, id, {name: value for name, value in body.items() if name != "age"})
        return Answer(answer.status, {**answer.body, "age": self.seconds}) if isinstance(answer.body, dict) else answer


def test_a_field_that_goes_on_changing_is_not_changed_by_a_refused_request(tmp_path: Path) -> None:
    service = Ageing()
    text = json.dumps(document(things_document()))
    text = text.replace('"name": {"type": "string"}', '"name": {"type": "string"}, "note": {"type": "string"}')
    (tmp_path / "test.json").write_text(text, encoding="utf-8")
    with Target.asgi(Small(service), [], sleep=service.sleep) as target:
        result = run_checks(contracts.of(tmp_path / "test.json"), target, only=["refusal-without-effect"])

    assert [] == [each.seen for each in result.findings]
    assert "passed" in result.outcomes.values()


def test_a_credential_that_is_also_listed_as_a_parameter_is_left_out_of_a_request_without_one(tmp_path: Path) -> None:
    key: Node = {"name": "X-Key", "in": "header", "required": True, "schema": TEXT}
    get: Node = {"security": [{"key": []}], "parameters": [key], "responses": answers(TEXT) | {"401": NO}}
    schemes: Node = {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "x-key"}}}

    def handle(ask: Ask) -> Answer:
        key = ask.headers.get("x-key", "")
        return Answer(200, "me") if key and "contract-check" not in key else Answer(401)

    assert set() == verdicts(
        tmp_path, {"/me": {"get": get}}, handle, "authentication", secret="of-ada", components=schemes
    )


def test_yaml_whose_schema_is_a_text_may_be_any_yaml(tmp_path: Path) -> None:
    paths: Node = {"/spec": {"get": {"responses": answers(TEXT, kind="text/x-yaml")}}}

    def handle(ask: Ask) -> Answer:
        return Answer(200 if ask.method == "GET" else 405, "swagger: 2.0\n", (("allow", "GET"),), "text/x-yaml")

    assert set() == verdicts(tmp_path, paths, handle, "response_schema_conformance", "document")


def test_a_format_that_is_not_enforced_is_a_warning_of_both_parts(tmp_path: Path) -> None:
    kernel: Node = {"name": "kernel", "in": "query", "schema": {"type": "string", "format": "uuid"}}
    paths: Node = {"/path": {"get": {"parameters": [kernel], "responses": answers({"type": "object"}) | {"400": NO}}}}
    found = verdicts(tmp_path, paths, lambda ask: Answer(200, {}), "query-parameters", "negative_data_rejection")

    assert {("query-parameters", "warning"), ("negative_data_rejection", "warning")} <= found
    assert ("query-parameters", "failure") not in found


@pytest.mark.parametrize(("documented", "expected"), [({"501": NO}, "warning"), ({}, "failure")])
def test_a_create_that_needs_a_missing_backend_is_a_warning_where_the_document_says_so(
    tmp_path: Path, documented: Node, expected: str
) -> None:
    paths = things_document()
    paths["/things"]["post"]["responses"] |= documented

    def handle(ask: Ask) -> Answer:
        return Answer(501) if ask.method == "POST" else Answer(200, []) if ask.path == "/things" else Answer(404)

    assert ("create", expected) in verdicts(tmp_path, paths, handle, "create")


@pytest.mark.parametrize(
    ("secret", "status", "expected"), [("wrong", 403, "warning"), ("wrong", 200, "failure"), ("", 403, "failure")]
)
def test_403_for_a_wrong_credential_is_no_failure_where_the_document_lists_it(
    tmp_path: Path, secret: str, status: int, expected: str
) -> None:
    get: Node = {"security": [{"key": []}], "responses": answers(TEXT) | {"401": NO, "403": NO}}
    schemes: Node = {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}}

    def handle(ask: Ask) -> Answer:
        given = ask.headers.get("authorization", "").lower()
        if given == "bearer of-ada":
            return Answer(200, "me")
        return Answer(status if bool(given) is bool(secret) else 401, "no", (("www-authenticate", "Bearer"),))

    found = verdicts(tmp_path, {"/me": {"get": get}}, handle, "authentication", secret="of-ada", components=schemes)

    assert {("authentication", expected)} == found


@pytest.mark.parametrize(("shows_ids", "expected"), [(False, set()), (True, {("listed", "failure")})])
def test_a_list_whose_items_show_no_id_says_nothing_about_single_items(
    tmp_path: Path, shows_ids: bool, expected: set[tuple[str, str]]
) -> None:
    """With ids, the same list is one that does not show what was created."""
    paths, made = things_document(), Things()
    entry: Node = {"type": "object", "properties": {"name": TEXT, **({"id": {"type": "integer"}} if shows_ids else {})}}
    paths["/things"]["get"]["responses"] = answers({"type": "array", "items": entry})

    def handle(ask: Ask) -> Answer:
        if (ask.method, ask.path) != ("GET", "/things"):
            return made(ask)
        return Answer(200, [{"name": "one"} | ({"id": 10_000 + number} if shows_ids else {}) for number in range(3)])

    assert expected == verdicts(tmp_path, paths, handle, "listed")
