"""Paths of real services: a new name in place of an id, two keys, a search that needs a word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
TEXT: Node = {"type": "string"}
WALLET: Node = {"type": "object", "required": ["id", "name"], "properties": {"id": TEXT, "name": TEXT}}
NEW: Node = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}
STATE = ("read-back", "listed", "delete", "lifecycle", "concurrent-deletes", "concurrent-creates", "unpaged-list")


def listing(schema: Node) -> Node:
    return answers({"type": "array", "items": schema})


class Wallets:
    """Wallets by id. `PUT /wallets/{new_name}` names the one of the caller, which is none of them."""

    def __init__(self) -> None:
        self.wallets: dict[str, Node] = {}
        self.made = 0

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/wallets(?:/([^/]+))?", ask.path)
        if match is None:
            return Answer(404)
        if match[1] is None and ask.method == "POST":
            if not isinstance(sent(ask).get("name"), str):
                return Answer(422)
            self.made += 1
            made = {"id": f"w{self.made}x", "name": sent(ask)["name"]}
            self.wallets[made["id"]] = made
            return Answer(201, made)
        if match[1] is None:
            return Answer(200, [*self.wallets.values()])
        if ask.method == "PUT":
            return Answer(200, {"id": "mine", "name": match[1]})
        if match[1] not in self.wallets:
            return Answer(404)
        return Answer(204) if self.wallets.pop(match[1]) else Answer(404)


def test_a_path_that_ends_with_a_new_name_is_about_no_item(tmp_path: Path) -> None:
    paths = {
        "/wallets": {
            "get": {"responses": listing(WALLET)},
            "post": {"requestBody": takes(NEW), "responses": answers(WALLET, "201") | {"422": NO}},
        },
        "/wallets/{new_name}": {"put": {"parameters": [path_parameter("new_name")], "responses": answers(WALLET)}},
        "/wallets/{wallet_id}": {
            "delete": {"parameters": [path_parameter("wallet_id")], "responses": {"204": NO, "404": NO}}
        },
    }

    assert set() == verdicts(tmp_path, paths, Wallets(), *STATE, "not-found")


TAG: Node = {"type": "object", "required": ["type", "value"], "properties": {"type": TEXT, "value": TEXT}}


def test_a_list_of_one_kind_above_two_keys_is_no_item(tmp_path: Path) -> None:
    both = [path_parameter("type"), path_parameter("value")]
    shown = {"type": "object", "properties": {"version": {"type": "integer"}, "tag": TAG}}
    tags = answers(
        {"type": "object", "properties": {"version": {"type": "integer"}, "tags": {"type": "array", "items": TAG}}}
    )
    paths = {
        "/tags": {
            "get": {"responses": tags},
            "post": {"requestBody": takes(TAG), "responses": answers(TAG, "201") | {"400": NO, "409": NO}},
        },
        "/tags/{type}": {"get": {"parameters": both[:1], "responses": tags}},
        "/tags/{type}/{value}": {
            "get": {"parameters": both, "responses": answers(shown) | {"404": NO}},
            "delete": {"parameters": both, "responses": {"200": NO, "404": NO}},
        },
    }
    kept: dict[tuple[str, ...], Node] = {}

    def serve(ask: Ask) -> Answer:
        _, *keys = ask.path.strip("/").split("/")
        if ask.method == "POST":
            tag = sent(ask)
            if not all(isinstance(tag.get(name), str) and tag[name] for name in ("type", "value")):
                return Answer(400)
            key = (tag["type"], tag["value"])
            return Answer(409) if key in kept else Answer(201, kept.setdefault(key, tag))
        if len(keys) < 2:
            found = [tag for key, tag in kept.items() if keys in ([], [key[0]])]
            return Answer(200, {"version": 1, "tags": found})
        if tuple(keys) not in kept:
            return Answer(404)
        return Answer(200, {"version": 1, "tag": kept[tuple(keys)]} if ask.method == "GET" else kept.pop(tuple(keys)))

    assert set() == verdicts(tmp_path, paths, serve, *STATE)


PERSON: Node = {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "integer"}, "name": TEXT}}


@pytest.mark.parametrize(("loses", "found"), [(False, set()), (True, {"failure"})])
def test_a_search_without_a_word_may_find_nothing_and_not_half_of_the_items(
    tmp_path: Path, loses: bool, found: set[str]
) -> None:
    one = {"parameters": [path_parameter("id", {"type": "integer"})]}
    person: Node = {"$ref": "#/components/schemas/Person"}
    all_of_them = {name: {"type": "array", "items": each} for name, each in {"staff": person, "roles": TAG}.items()}
    paths = {
        "/people": {
            "get": {"responses": answers({"type": "object", "properties": all_of_them})},
            "post": {"requestBody": takes(NEW), "responses": answers(person, "201") | {"422": NO}},
        },
        "/people/search": {
            "get": {"parameters": [{"name": "q", "in": "query", "schema": TEXT}], "responses": listing(person)}
        },
        "/people/{id}": {
            "get": {**one, "responses": answers(person) | {"404": NO}},
            "delete": {**one, "responses": {"204": NO, "404": NO}},
        },
    }
    kept: dict[str, Node] = {}
    made = iter(range(1, 100000))

    def serve(ask: Ask) -> Answer:
        id = ask.path.removeprefix("/people").strip("/")
        if ask.method == "POST":
            if not isinstance(sent(ask).get("name"), str):
                return Answer(422)
            number = next(made)
            return Answer(201, kept.setdefault(str(number), {"id": number, "name": sent(ask)["name"]}))
        if not id:
            return Answer(200, {"staff": [*kept.values()], "roles": []})
        if id == "search":
            word = ask.query.get("q", "")
            matching = [each for each in kept.values() if word in each["name"]]
            return Answer(200, matching[1:] if loses else matching if len(word) > 1 else [])
        if id not in kept:
            return Answer(404)
        return Answer(200, kept[id]) if ask.method == "GET" else Answer(204) if kept.pop(id) else Answer(404)

    seen = verdicts(tmp_path, paths, serve, *STATE, components={"schemas": {"Person": PERSON}})

    assert found == {verdict for _, verdict in seen}
