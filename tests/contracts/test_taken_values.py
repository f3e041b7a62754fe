"""Sentences that say which values no two items share, and bodies that differ from those of all other items."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from contracts.client.changed_values import changed_value
from contracts.client.text_forms import similar_texts
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

NO: Node = {"description": "no"}
ADDRESS = re.compile(r"[a-z0-9.-]+@[a-z0-9-]+(\.[a-z]+)+", re.IGNORECASE)
SENTENCES = {
    "no two": ("No two members have the same e-mail address; a second one is refused.", "400"),
    "in use": ("An email that is in use is refused with 409.", "409"),
    "taken": ("", "409"),
}


class Members:
    """Members with e-mail addresses of a strict form; no two are the same."""

    def __init__(self, status: int, bug: str = "") -> None:
        self.items: dict[int, Node] = {}
        self.next, self.status, self.bug = 0, status, bug

    def __call__(self, ask: Ask) -> Answer:
        one = re.fullmatch(r"/members/(\d+)", ask.path)
        if ask.path == "/members":
            return Answer(200, list(self.items.values())) if ask.method == "GET" else self._save(ask, 0)
        if one is None or int(one[1]) not in self.items:
            return Answer(404)
        if ask.method == "DELETE":
            del self.items[int(one[1])]
            return Answer(204)
        return self._save(ask, int(one[1])) if ask.method == "PUT" else Answer(200, self.items[int(one[1])])

    def _save(self, ask: Ask, id: int) -> Answer:
        body = sent(ask)
        if set(body) != {"email"} or not ADDRESS.fullmatch(str(body["email"])):
            return Answer(400)
        is_free = self.bug == ("update" if id else "create")
        if not is_free and any(key != id and each["email"] == body["email"] for key, each in self.items.items()):
            return Answer(self.status)
        self.next += not id
        self.items[id or self.next] = {**body, "id": id or self.next}
        return Answer(200 if id else 201, self.items[id or self.next])


def members_document(how: str) -> Node:
    said, status = SENTENCES[how]
    email: Node = {**TEXT, "format": "email", "maxLength": 60}
    new: Node = {"type": "object", "required": ["email"], "additionalProperties": False, "properties": {"email": email}}
    member: Node = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "email": TEXT}}
    refusals = {"400": NO, status: {"description": "The email is taken by another member"} if how == "taken" else NO}
    changes = answers(member) | {"404": NO, "400": NO} | ({} if status == "400" else {status: NO})
    return {
        "/members": {
            "get": {"responses": answers({"type": "array", "items": member})},
            "post": {"description": said, "requestBody": takes(new), "responses": answers(member, "201") | refusals},
        },
        "/members/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(member) | {"404": NO}},
            "put": {"requestBody": takes(new), "responses": changes},
            "delete": {"responses": {"204": {"description": "gone"}, "404": NO}},
        },
    }


CHECKS = ("unique", "duplicates-allowed", "update", "lifecycle", "whole-update", "create", "order", "unpaged-list")


@pytest.mark.parametrize("how", SENTENCES)
@pytest.mark.parametrize(("bug", "expected"), [("", set()), ("create", {"unique"}), ("update", {"unique"})])
def test_a_value_that_two_items_may_not_share_is_refused_by_a_create_and_an_update(
    tmp_path: Path, how: str, bug: str, expected: set[str]
) -> None:
    found = verdicts(tmp_path, members_document(how), Members(int(SENTENCES[how][1]), bug), *CHECKS)

    assert {(check, "failure") for check in expected} == found


@pytest.mark.parametrize("text", ["ada.hopper@example.com", "https://example.com/a", "www.example.com"])
def test_another_text_has_the_form_of_the_first(text: str, tmp_path: Path) -> None:
    file = tmp_path / "members.json"
    file.write_text('{"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}, '
                    '"components": {"schemas": {"Text": {"type": "string"}}}}')  # fmt: skip
    schemas = contracts.of(file).schemas
    others = [*similar_texts(text), changed_value(schemas, "/components/schemas/Text", text)]

    assert text not in others
    if "@" in text:
        assert all(each.endswith("@example.com") and ADDRESS.fullmatch(each) for each in others)
    elif "://" in text:
        assert all(each.startswith("https://example.com/a") for each in others)
    else:
        assert all(each.endswith("www.example.com") for each in others)


@pytest.mark.parametrize(("said", "is_unique"), [
    ("The email is taken", True),
    ("The email is taken by another member", True),
    ("The email is taken on one of the days", False),
    ("The email is in use at that time", False),
    ("The email was booked during these hours", False),
])  # fmt: skip
def test_a_value_that_is_taken_at_some_time_only_may_be_shared(tmp_path: Path, said: str, is_unique: bool) -> None:
    paths = members_document("taken")
    paths["/members"]["post"]["responses"]["409"] = {"description": said}
    file = tmp_path / "members.json"
    file.write_text(json.dumps(document(paths)))

    assert is_unique == bool(contracts.of(file).behaviour.resources["member"].unique)
