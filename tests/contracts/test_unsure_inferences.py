"""What is only inferred is no failure: a PUT of parts, a forbidden place, the letters of ids, an issued token."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.client.user import User
from contracts.conformance.engine_credentials import can_omit
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import Small, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

NO: Node = {"description": "no"}
TEXT: Node = {"type": "string", "minLength": 1, "maxLength": 60}


class Kites:
    """Kites by id. PUT replaces the whole kite; with `keeps`, it changes what is given."""

    def __init__(self, *, keeps: bool) -> None:
        self.keeps = keeps
        self.kites: dict[int, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/kites(?:/(\d{1,9}))?", ask.path)
        if match is None:
            return Answer(404)
        if ask.method in ("POST", "PUT") and not self._valid(ask):
            return Answer(422)
        if match[1] is None:
            return self._create(sent(ask)) if ask.method == "POST" else Answer(200, [*self.kites.values()])
        number = int(match[1])
        if number not in self.kites:
            return Answer(404)
        if ask.method == "DELETE":
            del self.kites[number]
            return Answer(204)
        if ask.method == "PUT":
            kept = self.kites[number] if self.keeps else self._blank(number)
            self.kites[number] = kept | sent(ask)
        return Answer(200, self.kites[number])

    def _blank(self, number: int) -> Node:
        return {"id": number, "name": self.kites.get(number, {}).get("name", ""), "color": "", "tail": ""}

    def _create(self, body: Node) -> Answer:
        number = len(self.kites) + 1
        self.kites[number] = self._blank(number) | body
        return Answer(201, self.kites[number])

    def _valid(self, ask: Ask) -> bool:
        known = {"color", "tail"} | ({"name"} if ask.method == "POST" else set())
        body, needed = sent(ask), {"name"} if ask.method == "POST" else set()
        texts = all(isinstance(each, str) and 1 <= len(each) <= 60 for each in body.values())
        return ask.raw.startswith(b"{") and needed <= set(body) <= known and texts


def kites(said: str) -> Node:
    shown = {"id": {"type": "integer"}, **{key: {"type": "string"} for key in ("name", "color", "tail")}}
    kite = {"type": "object", "required": ["id", "name"], "properties": shown}
    parts = {"color": TEXT, "tail": TEXT}
    new = {"type": "object", "additionalProperties": False, "required": ["name"], "properties": {"name": TEXT, **parts}}
    change = {"type": "object", "additionalProperties": False, "properties": parts}
    return {
        "/kites": {
            "get": {"responses": answers({"type": "array", "items": kite})},
            "post": {"requestBody": takes(new), "responses": answers(kite, "201") | {"422": NO}},
        },
        "/kites/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(kite) | {"404": NO}},
            "put": {
                "description": said,
                "requestBody": takes(change),
                "responses": answers(kite) | {"404": NO, "422": NO},
            },
            "delete": {"responses": {"204": NO, "404": NO}},
        },
    }


PARTS = ("update", "empty-update", "lost-update")


@pytest.mark.parametrize(
    ("said", "keeps", "found"),
    [("", True, set()), ("", False, {"warning"}), ("Changes only the given fields.", False, {"failure"})],
    ids=["keeps", "replaces", "replaces against the document"],
)
def test_a_put_without_required_fields_may_replace_the_item_unless_a_sentence_says_otherwise(
    tmp_path: Path, said: str, keeps: bool, found: set[str]
) -> None:
    seen = verdicts(tmp_path, kites(said), Kites(keeps=keeps), *PARTS)

    assert found == {verdict for _, verdict in seen}


def test_nothing_is_said_of_a_create_that_is_forbidden_below_an_item_of_others(tmp_path: Path) -> None:
    hall = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}
    seat = {"type": "object", "required": ["id", "row"], "properties": {"id": {"type": "string"}, "row": TEXT}}
    new = {"type": "object", "required": ["row"], "properties": {"row": TEXT}}
    paths = {
        "/halls": {"get": {"responses": answers({"type": "array", "items": hall})}},
        "/halls/{hallId}": {
            "parameters": [path_parameter("hallId")],
            "get": {"responses": answers(hall) | {"404": NO}},
        },
        "/halls/{hallId}/seats": {
            "parameters": [path_parameter("hallId")],
            "get": {"responses": answers({"type": "array", "items": seat}) | {"404": NO}},
            "post": {"requestBody": takes(new), "responses": answers(seat, "201") | {"403": NO, "404": NO, "422": NO}},
        },
    }

    def halls(ask: Ask) -> Answer:
        steps = ask.path.strip("/").split("/")
        if steps[0] != "halls" or steps[1:2] not in ([], ["main"]):
            return Answer(404)
        if ask.method == "POST":
            return Answer(403)
        one = {"id": "main", "name": "Main hall"}
        return Answer(200, [[one], one, []][len(steps) - 1])

    assert set() == verdicts(tmp_path, paths, halls, "create", "validation", "lifecycle", "optional-fields")


def test_an_id_that_clients_choose_may_need_plain_letters(tmp_path: Path) -> None:
    label = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}
    paths = {
        "/labels": {
            "get": {"responses": answers({"type": "array", "items": label})},
            "post": {"requestBody": takes(label), "responses": answers(label, "201") | {"400": NO, "409": NO}},
        },
        "/labels/{name}": {
            "parameters": [path_parameter("name")],
            "get": {"responses": answers(label) | {"404": NO}},
            "delete": {"responses": {"204": NO, "404": NO}},
        },
    }
    kept: dict[str, Node] = {}

    def labels(ask: Ask) -> Answer:
        _, _, name = ask.path.lstrip("/").partition("/")
        if ask.method == "POST":
            name = sent(ask).get("name", "")
            if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9_.-]{1,60}", name):
                return Answer(400)
            if name in kept:
                return Answer(409)
            kept[name] = {"name": name}
            return Answer(201, kept[name])
        if not name:
            return Answer(200, [*kept.values()])
        if name not in kept:
            return Answer(404)
        return Answer(204) if ask.method == "DELETE" and kept.pop(name) else Answer(200, kept.get(name))

    assert {"warning"} == {verdict for _, verdict in verdicts(tmp_path, paths, labels, "text-preserved")}


def test_the_name_of_a_token_is_not_taken_for_the_token(tmp_path: Path) -> None:
    token = {
        "type": "object",
        "required": ["secret", "name"],
        "properties": {"secret": {"type": "string"}, "name": TEXT, "url": {"type": "string"}},
    }
    new = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}
    paths = {
        "/invites/tokens": {
            "get": {"responses": answers({"type": "array", "items": token})},
            "post": {"requestBody": takes(new), "responses": answers(token, "201") | {"400": NO}},
        },
        "/invites/tokens/{token}": {
            "parameters": [path_parameter("token")],
            "get": {"responses": answers(token) | {"404": NO}},
        },
    }
    kept: dict[str, Node] = {}

    def tokens(ask: Ask) -> Answer:
        secret = ask.path.removeprefix("/invites/tokens").strip("/")
        if ask.method == "POST":
            if not isinstance(sent(ask).get("name"), str):
                return Answer(400)
            made = {"secret": f"s{len(kept)}", "name": sent(ask)["name"], "url": f"https://a.example/s{len(kept)}"}
            kept[made["secret"]] = made
            return Answer(201, made)
        if secret:
            return Answer(200, kept[secret]) if secret in kept else Answer(404)
        return Answer(200, [*kept.values()])

    assert set() == verdicts(tmp_path, paths, tokens, "read-back", "lifecycle", "listed", "not-found")


@pytest.mark.parametrize(("name", "verdict"), [("stable", "warning"), ("stable_id", "warning"), ("size", "failure")])
def test_a_filter_by_another_item_may_refuse_an_unknown_id(tmp_path: Path, name: str, verdict: str) -> None:
    number = {"type": "integer", "minimum": 1, "maximum": 9999}
    stable = {"type": "object", "required": ["id"], "properties": {"id": number, "name": {"type": "string"}}}
    ride = {"type": "object", "required": ["id"], "properties": {"id": number, "day": {"type": "string"}}}
    chosen = {"name": name, "in": "query", "schema": number}
    paths = {
        "/stables": {"get": {"responses": answers({"type": "array", "items": stable})}},
        "/stables/{id}": {
            "parameters": [path_parameter("id", number)],
            "get": {"responses": answers(stable) | {"404": NO}},
        },
        "/rides": {
            "get": {"parameters": [chosen], "responses": answers({"type": "array", "items": ride}) | {"400": NO}}
        },
    }

    def rides(ask: Ask) -> Answer:
        if ask.path == "/rides":
            return Answer(200, []) if ask.query.get(name) in (None, "1") else Answer(400)
        one = {"id": 1, "name": "North"}
        return (
            Answer(200, {"/stables": [one], "/stables/1": one}[ask.path])
            if ask.path in ("/stables", "/stables/1")
            else Answer(404)
        )

    assert {("positive_data_acceptance", verdict)} == verdicts(tmp_path, paths, rides, "positive_data_acceptance")


@pytest.mark.parametrize(
    ("others", "found"), [(503, set()), (501, set()), (200, {("authentication", "failure")})], ids=["off", "none", "on"]
)
def test_nothing_is_said_of_the_authentication_of_what_is_switched_off(
    tmp_path: Path, others: int, found: set[tuple[str, str]]
) -> None:
    tip = {"type": "object", "properties": {"height": {"type": "integer"}}}
    get = {"responses": answers(tip) | {"401": NO}, "security": [{"key": []}]}
    schemes = {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "x-key"}}}

    def explorer(ask: Ask) -> Answer:
        is_known = ask.headers.get("x-key") == "of-ada"
        return Answer(others, {"height": 1}) if is_known or others != 200 else Answer(503)

    seen = verdicts(tmp_path, {"/tip": {"get": get}}, explorer, "authentication", secret="of-ada", components=schemes)

    assert found == {each for each in seen if each[0] == "authentication"}


@pytest.mark.parametrize(("is_checked", "found"), [(True, set()), (False, {"failure"})])
def test_of_a_user_with_two_credentials_both_are_invalid(tmp_path: Path, is_checked: bool, found: set[str]) -> None:
    get = {"responses": answers({"type": "object"}) | {"401": NO}, "security": [{"key": []}]}
    schemes = {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "x-key"}}}
    (tmp_path / "test.json").write_text(json.dumps(document({"/purse": {"get": get}}, components=schemes)))
    headers = (("Authorization", "Bearer token-of-ada"), ("X-Key", "key-of-ada"))
    ada = User("ada", headers=headers, secret="token-of-ada", other_secrets=("key-of-ada",))

    def purse(ask: Ask) -> Answer:
        is_known = ask.headers.get("x-key") == "key-of-ada" or not is_checked
        return Answer(200, {}) if is_known else Answer(401, None, (("www-authenticate", "Key"),))

    contract = contracts.of(tmp_path / "test.json")
    with Target.asgi(Small(purse), [ada]) as target:
        result = run_checks(contract, target, only=["authentication"])

    assert found == {each.verdict for each in result.findings}
    assert not can_omit(contract, ada)  # the further one is in no form that Schemathesis knows
    assert can_omit(contract, replace(ada, headers=headers[:1], secret="", other_secrets=()))
