"""Shapes of real services: a start page at any path, kinds of items, global ids, values or null, other schemes."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from contracts.client.authentication import user_with_secret
from contracts.client.target import Target
from contracts.client.user import User
from contracts.model.ending_operations import is_left_out
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import Small, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

NO: Node = {"description": "no"}
TEXT: Node = {"type": "string"}
NUMBER: Node = {"type": "integer"}
PAGE = "<!doctype html><title>App</title>"
KEY: Node = {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "x-key"}}}
BOARD: Node = {"type": "object", "required": ["id"], "properties": {"id": NUMBER, "name": TEXT}}


def app(ask: Ask, *, is_open: bool) -> Answer:
    """Boards with numbers as ids, and the start page at any other path. If it `is_open`, it asks for no key."""
    match = re.fullmatch(r"/boards(?:/(\d{1,9})/report)?", ask.path)
    if match is None:
        return Answer(200, PAGE, media_type="text/html") if ask.method == "GET" else Answer(404, {})
    if not is_open and ask.headers.get("x-key") != "of-ada":
        return Answer(401, {}, (("www-authenticate", "Key"),))
    if ask.method != "GET":
        return Answer(405, {}, (("allow", "GET"),))
    return Answer(404, {}) if match[1] else Answer(200, [])


@pytest.mark.parametrize(("is_open", "found"), [(False, set()), (True, {("authentication", "failure")})])
def test_the_start_page_at_unknown_paths_is_no_response_of_an_operation(
    tmp_path: Path, is_open: bool, found: set[tuple[str, str]]
) -> None:
    limit = {"name": "limit", "in": "query", "schema": NUMBER}
    secured: Node = {"security": [{"key": []}], "parameters": [limit]}
    report = {"parameters": [path_parameter("id")]}
    paths = {
        "/boards": {"get": {**secured, "responses": answers({"type": "array", "items": BOARD}) | {"401": NO}}},
        "/boards/{id}/report": {**report, "get": {**secured, "responses": answers(BOARD) | {"401": NO, "404": NO}}},
        "/boards/{id}/copy": {**report, "post": {"responses": answers(BOARD, "201") | {"404": NO}}},
    }
    checks = ("authentication", "method-not-allowed", "ignored_auth", "unsupported_method")

    seen = verdicts(tmp_path, paths, lambda ask: app(ask, is_open=is_open), *checks, secret="of-ada", components=KEY)

    assert found == {each for each in seen if each[0] in checks[:2] or (not is_open and each[0] in checks)}


def kind(name: str, **fields: Node) -> Node:
    own = {"kind": {"const": name}, "name": TEXT, **fields}
    return {"type": "object", "required": ["kind", "name", *list(fields)[:1]], "properties": own}


SCORES: Node = {"type": "array", "items": TEXT, "minItems": 1}
RULE: Node = {"oneOf": [kind("list", values=SCORES), kind("range", low=NUMBER, high=NUMBER)]}
SHOWN: Node = {"allOf": [{"type": "object", "required": ["id"], "properties": {"id": NUMBER}}, RULE]}
OWN = {"list": ("values",), "range": ("low", "high")}


class Rules:
    """Rules of two kinds, which keep the fields of their kind. `drops` is one that is lost."""

    def __init__(self, drops: str = "") -> None:
        self.drops, self.rules = drops, list[Node]()

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/rules(?:/(\d{1,9}))?", ask.path)
        if match is None:
            return Answer(404)
        if match[1] is not None:
            number = int(match[1])
            return Answer(200, self.rules[number - 1]) if 0 < number <= len(self.rules) else Answer(404)
        if ask.method == "GET":
            return Answer(200, self.rules)
        body = sent(ask)
        if body.get("kind") not in OWN or not isinstance(body.get("name"), str):
            return Answer(422)
        kept = {name: body[name] for name in ("kind", "name", *OWN[body["kind"]]) if name in body}
        self.rules.append({name: value for name, value in kept.items() if name != self.drops})
        self.rules[-1]["id"] = len(self.rules)
        return Answer(201, self.rules[-1])


@pytest.mark.parametrize(("drops", "found"), [("", set()), ("values", {"failure"})])
def test_an_item_keeps_the_fields_of_its_own_kind_only(tmp_path: Path, drops: str, found: set[str]) -> None:
    paths = {
        "/rules": {
            "get": {"responses": answers({"type": "array", "items": SHOWN})},
            "post": {"requestBody": takes(RULE), "responses": answers(SHOWN, "201") | {"422": NO}},
        },
        "/rules/{id}": {
            "get": {"parameters": [path_parameter("id", NUMBER)], "responses": answers(SHOWN) | {"404": NO}}
        },
    }

    assert found == {verdict for _, verdict in verdicts(tmp_path, paths, Rules(drops), "create", "read-back")}


def encoded(number: int) -> str:
    return base64.b64encode(f"Label:{number}".encode()).decode()


@pytest.mark.parametrize(
    ("unknown", "found"), [(404, set()), (422, {("not-found", "warning")}), (200, {("not-found", "failure")})]
)
def test_an_unknown_global_id_has_the_form_of_a_known_one(
    tmp_path: Path, unknown: int, found: set[tuple[str, str]]
) -> None:
    label: Node = {"type": "object", "required": ["id"], "properties": {"id": TEXT, "name": TEXT}}
    new: Node = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}
    paths = {
        "/labels": {"post": {"requestBody": takes(new), "responses": answers(label, "201") | {"422": NO}}},
        "/labels/{id}": {
            "get": {"parameters": [path_parameter("id")], "responses": answers(label) | {"404": NO, "422": NO}}
        },
    }
    kept: dict[str, Node] = {}

    def labels(ask: Ask) -> Answer:
        if ask.method == "POST":
            id = encoded(len(kept) + 1)
            kept[id] = {"id": id, **sent(ask)}
            return Answer(201, kept[id])
        id = unquote(ask.path.rpartition("/")[2])
        try:
            is_known = base64.b64decode(id, validate=True).decode().startswith("Label:")
        except ValueError:
            is_known = False
        return Answer(200, kept[id]) if id in kept else Answer(unknown if is_known else 422, {"id": id})

    assert found == verdicts(tmp_path, paths, labels, "not-found")


@pytest.mark.parametrize(
    ("schema", "found"),
    [
        ({"type": "array", "items": TEXT}, set()),
        ({"type": "string", "format": "date-time"}, {"warning"}),
        ({"type": "integer"}, {"failure"}),
    ],
    ids=["a list", "a moment", "a number"],
)
def test_a_parameter_that_may_be_null_is_read_as_one_that_may_not(
    tmp_path: Path, schema: Node, found: set[str]
) -> None:
    parameter = {"name": "by", "in": "query", "schema": {"anyOf": [schema, {"type": "null"}]}}
    get = {"parameters": [parameter], "responses": answers({"type": "array", "items": BOARD}) | {"422": NO}}

    seen = verdicts(tmp_path, {"/boards": {"get": get}}, lambda ask: Answer(200, []), "query-parameters")

    assert found == {verdict for _, verdict in seen}


ROLES: Node = {"type": "object", "required": ["name", "role"],
               "properties": {"name": TEXT, "role": {"enum": ["SYSTEM", "ADMIN", "VIEWER"]}}}  # fmt: skip


def test_a_value_that_is_always_refused_is_no_fault_of_concurrent_requests(tmp_path: Path) -> None:
    member: Node = {"allOf": [BOARD, ROLES]}
    paths = {
        "/members": {
            "get": {"responses": answers({"type": "array", "items": member})},
            "post": {"requestBody": takes(ROLES), "responses": answers(member, "201") | {"422": NO}},
        },
        "/members/{id}": {
            "get": {"parameters": [path_parameter("id", NUMBER)], "responses": answers(member) | {"404": NO}}
        },
    }
    kept: list[Node] = []

    def members(ask: Ask) -> Answer:
        if ask.method == "POST":
            if sent(ask).get("role") not in ("ADMIN", "VIEWER"):
                return Answer(400)
            kept.append({**sent(ask), "id": len(kept) + 1})
            return Answer(201, kept[-1])
        id = ask.path.removeprefix("/members").strip("/")
        return Answer(200, kept) if not id else Answer(200, kept[int(id) - 1]) if id.isdigit() else Answer(404)

    assert set() == verdicts(tmp_path, paths, members, "concurrent-creates")


@pytest.mark.parametrize(
    ("scheme", "secret", "header"),
    [
        ("basic", "Token 5d5fde32", "Token 5d5fde32"),
        ("bearer", "Token 5d5fde32", "Token 5d5fde32"),
        ("basic", "ann:s3cret", "Basic YW5uOnMzY3JldA=="),
        ("bearer", "5d5fde32", "Bearer 5d5fde32"),
    ],
)
def test_a_credential_with_a_scheme_of_its_own_is_sent_as_it_is(
    tmp_path: Path, scheme: str, secret: str, header: str
) -> None:
    schemes: dict[str, Any] = {"securitySchemes": {"key": {"type": "http", "scheme": scheme}}}
    get = {"responses": answers(BOARD), "security": [{"key": []}]}
    (tmp_path / "a.json").write_text(json.dumps(document({"/me": {"get": get}}, components=schemes)))

    user = user_with_secret(contracts.of(tmp_path / "a.json"), "ann", secret)

    assert (("authorization", header),) == user.headers


def test_a_forged_token_beside_a_key_that_is_enough_says_nothing(tmp_path: Path) -> None:
    schemes = {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "x-key"}}}
    get = {"responses": answers({"type": "array", "items": BOARD}) | {"401": NO}, "security": [{"key": []}]}
    (tmp_path / "test.json").write_text(json.dumps(document({"/boards": {"get": get}}, components=schemes)))
    token = "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6ImFubiJ9.CqT8l9psJHZJ27gIYsOJpY2vr3ah4m6S1RLkLBm8JoA"
    ann = User("ann", (("Authorization", f"Bearer {token}"), ("X-Key", "of-ann")), secret=token)
    contract = contracts.of(tmp_path / "test.json")

    def boards(ask: Ask) -> Answer:
        return Answer(200, []) if ask.headers.get("x-key") == "of-ann" else Answer(401, {})

    with Target.asgi(Small(boards), [ann]) as target:
        found = run_checks(contract, target, only=["forged-token"])

    assert "further credential is enough" in str(found.outcomes)
    assert not found.findings


@pytest.mark.parametrize("path", ["/auth/logout", "/auth/logout/", "/session/sign-out", "/system/shutdown"])
def test_an_operation_that_ends_the_session_is_left_out_unless_it_is_named(path: str) -> None:
    assert is_left_out(f"POST {path}", [])
    assert not is_left_out(f"POST {path}", [f"POST {path}"])
    assert not is_left_out("POST /users/{id}/logout", [])


@pytest.mark.parametrize(("status", "found"), [(403, set()), (204, {"lifecycle"})], ids=["refuses", "says it did"])
def test_only_the_first_user_need_have_the_right_to_delete(tmp_path: Path, status: int, found: set[str]) -> None:
    new: Node = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}
    one = {"parameters": [path_parameter("id", NUMBER)]}
    paths = {
        "/boards": {
            "get": {"responses": answers({"type": "array", "items": BOARD})},
            "post": {"requestBody": takes(new), "responses": answers(BOARD, "201") | {"422": NO}},
        },
        "/boards/{id}": {
            "get": {**one, "responses": answers(BOARD) | {"404": NO}},
            "delete": {**one, "responses": {"204": NO, "403": NO, "404": NO}},
        },
    }
    (tmp_path / "test.json").write_text(json.dumps(document(paths, components=KEY, security=[{"key": []}])))
    contract = contracts.of(tmp_path / "test.json")
    kept: dict[str, Node] = {}
    made = iter(range(1, 100000))

    def boards(ask: Ask) -> Answer:
        id = ask.path.removeprefix("/boards").strip("/")
        if ask.method == "POST":
            number = next(made)
            return Answer(201, kept.setdefault(str(number), {"id": number, "name": sent(ask).get("name", "")}))
        if not id:
            return Answer(200, [*kept.values()])
        if id not in kept:
            return Answer(404)
        if ask.method == "DELETE":
            return Answer(status) if ask.headers.get("x-key") == "of-bob" else Answer(204 if kept.pop(id) else 404)
        return Answer(200, kept[id])

    users = [user_with_secret(contract, name, f"of-{name}") for name in ("ann", "bob")]
    with Target.asgi(Small(boards), users) as target:
        result = run_checks(contract, target, only=["lifecycle"])

    assert found == {each.check for each in result.findings}
