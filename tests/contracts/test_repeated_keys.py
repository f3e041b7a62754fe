"""What may be missing after a create: the item of a reply repeated for a key, or what a new item has not yet."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.conformance.schemathesis_run import conform
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import Small, path_parameter
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

NUMBER: Node = {"type": "integer"}
THING: Node = {"type": "object", "required": ["id"], "properties": {"id": NUMBER}}
GONE: Node = {"204": {"description": "gone"}, "404": {"description": "no"}}


def things_document(*, has_keys: bool) -> Node:
    """A document whose creates take one of two idempotency keys, if they take any."""
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "schema": {"type": "string", "enum": ["a", "b"]},
    }
    create = {"requestBody": takes({"type": "object"}), "responses": answers(THING, "201") | {"400": GONE["404"]}}
    one = {"parameters": [path_parameter("id", NUMBER)], "get": {"responses": answers(THING) | {"404": GONE["404"]}}}
    return document(
        {
            "/things": {"post": {**create, "parameters": [key] if has_keys else []}},
            "/things/{id}": {**one, "delete": {"responses": GONE}},
        }
    )


class Things:
    """A server that repeats its reply for a key, or that stores nothing."""

    def __init__(self, *, stores: bool) -> None:
        self.stores, self.last = stores, 0
        self.things: set[int] = set()
        self.replies: dict[str, int] = {}

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/things(?:/(-?\d+))?", ask.path)
        if match is None:
            return Answer(404)
        if match[1] is None:
            return self._create(ask) if ask.method == "POST" else Answer(405, headers=(("allow", "POST"),))
        if ask.method not in ("GET", "DELETE"):
            return Answer(405, headers=(("allow", "GET, DELETE"),))
        id = int(match[1])
        if id not in self.things:
            return Answer(404)
        if ask.method == "DELETE":
            self.things.discard(id)
            return Answer(204)
        return Answer(200, {"id": id})

    def _create(self, ask: Ask) -> Answer:
        key = ask.headers.get("idempotency-key", "")
        if not ask.raw.startswith(b"{"):
            return Answer(400)
        if key in self.replies:
            return Answer(201, {"id": self.replies[key]})
        self.last += 1
        if self.stores:
            self.things.add(self.last)
        if key:
            self.replies[key] = self.last
        return Answer(201, {"id": self.last})


@pytest.mark.parametrize(("has_keys", "stores", "expected"), [(True, True, set()), (False, False, {"failure"})])
def test_an_item_of_a_repeated_reply_may_be_deleted(
    tmp_path: Path, has_keys: bool, stores: bool, expected: set[str]
) -> None:
    file = tmp_path / "things.json"
    file.write_text(json.dumps(things_document(has_keys=has_keys)))
    with Target.asgi(Small(Things(stores=stores)), []) as target:
        result = conform(contracts.of(file), target, only=["ensure_resource_availability"])

    assert expected == {each.verdict for each in result.findings}


@pytest.mark.parametrize(("stores", "expected"), [(True, set()), (False, {"failure"})])
def test_a_new_item_need_not_have_its_single_thing(tmp_path: Path, stores: bool, expected: set[str]) -> None:
    written = things_document(has_keys=False)
    note = {"parameters": [path_parameter("id", NUMBER)], "get": {"responses": answers(THING) | {"404": GONE["404"]}}}
    written["paths"]["/things/{id}/note"] = note
    file = tmp_path / "things.json"
    file.write_text(json.dumps(written))

    with Target.asgi(Small(Things(stores=stores)), []) as target:
        result = conform(contracts.of(file), target, only=["ensure_resource_availability"])

    assert expected == {each.verdict for each in result.findings}
    assert "GET /things/{id}/note" not in {each.operation for each in result.findings}
