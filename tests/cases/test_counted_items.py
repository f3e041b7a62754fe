"""Numbers that count items by their name (`memberCount`), however the counted and the counting items are made."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.web.service import ServiceSettings
from tests.client import Client
from tests.web.document import answers, document, served, takes

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
GROUP = {"type": "object", "required": ["id"], "properties": {"id": NUMBER, "title": TEXT, "memberCount": NUMBER}}
MEMBER = {"type": "object", "required": ["userId"], "properties": {"userId": TEXT, "role": TEXT}}
GROUP_ID = {"name": "groupId", "in": "path", "required": True, "schema": NUMBER}
USER_ID = {"name": "userId", "in": "path", "required": True, "schema": TEXT}
DONE = {"204": {"description": "done"}}


def test_items_that_a_put_adds_are_counted(tmp_path: Path) -> None:
    sent = {"type": "object", "properties": {"title": TEXT}}
    written = document({
        "/groups": {"post": {"requestBody": takes(sent), "responses": answers(GROUP, "201")}},
        "/groups/{groupId}": {"parameters": [GROUP_ID], "get": {"responses": answers(GROUP)}},
        "/groups/{groupId}/members": {
            "parameters": [GROUP_ID],
            "get": {"responses": answers({"type": "array", "items": MEMBER})},
        },
        "/groups/{groupId}/members/{userId}": {
            "parameters": [GROUP_ID, USER_ID],
            "put": {"requestBody": takes({"type": "object", "properties": {"role": TEXT}}), "responses": DONE},
            "delete": {"responses": DONE},
        },
    })  # fmt: skip
    with Client(served(tmp_path, written)) as client:
        group = client.post("/groups", json={"title": "A"}).json()
        path, found = f"/groups/{group['id']}", [group["memberCount"]]
        for method, user in (("PUT", "kim"), ("PUT", "lee"), ("PUT", "kim"), ("DELETE", "lee")):
            client.request(method, f"{path}/members/{user}", json={"role": "x"} if method == "PUT" else None)
            found.append(client.get(path).json()["memberCount"])

    assert [0, 1, 2, 2, 1] == found


def test_items_that_exist_from_the_start_count_what_is_below(tmp_path: Path) -> None:
    written = document({
        "/groups": {"get": {"responses": answers({"type": "array", "items": GROUP})}},
        "/groups/{groupId}": {"parameters": [GROUP_ID], "get": {"responses": answers(GROUP)}},
        "/groups/{groupId}/members": {
            "parameters": [GROUP_ID],
            "get": {"responses": answers({"type": "array", "items": MEMBER})},
            "post": {"requestBody": takes(MEMBER), "responses": answers(MEMBER, "201")},
        },
    })  # fmt: skip
    with Client(served(tmp_path, written, settings=ServiceSettings(items=3))) as client:
        client.post("/groups/2/members", json={"userId": "kim"})
        groups = client.get("/groups").json()
        below = [len(client.get(f"/groups/{each['id']}/members").json()) for each in groups]

    assert below == [each["memberCount"] for each in groups]


def test_statistics_count_all_items_and_those_with_each_value(tmp_path: Path) -> None:
    status = {"type": "string", "enum": ["open", "closed"], "default": "open"}
    ticket = {"type": "object", "properties": {"id": NUMBER | {"readOnly": True}, "status": status}}
    by_value = {"type": "object", "additionalProperties": NUMBER}
    figures = {
        "type": "object",
        "required": ["total", "byStatus"],
        "properties": {"total": NUMBER, "byStatus": by_value},
    }
    written = document({
        "/tickets": {"post": {"requestBody": takes(ticket), "responses": answers(ticket, "201")}},
        "/tickets/stats": {"get": {"responses": answers(figures)}},
        "/tickets/{id}": {"parameters": [GROUP_ID | {"name": "id"}], "get": {"responses": answers(ticket)}},
    })  # fmt: skip
    with Client(served(tmp_path, written)) as client:
        none = client.get("/tickets/stats").json()
        for sent in ({}, {"status": "closed"}, {}):
            client.post("/tickets", json=sent)
        found = client.get("/tickets/stats").json()

    assert 0 == none["total"]
    assert {"total": 3, "byStatus": {"open": 2, "closed": 1}} == found


@pytest.mark.parametrize("item", ["/issues/{issueId}/comments/{commentId}", "/comments/{commentId}"])
def test_a_number_called_as_what_is_below_an_item_counts_it(tmp_path: Path, item: str) -> None:
    """As GitHub has `comments` of an issue; `points` with nothing of that name below are no count."""
    number = NUMBER | {"readOnly": True}
    issue = {"type": "object", "properties": {"id": number, "title": TEXT, "comments": number, "points": number}}
    comment = {"type": "object", "properties": {"id": number, "body": TEXT}}
    issue_id, comment_id = GROUP_ID | {"name": "issueId"}, GROUP_ID | {"name": "commentId"}
    below = [issue_id] if "issueId" in item else []
    written = document({
        "/issues": {"post": {"requestBody": takes(issue), "responses": answers(issue, "201")}},
        "/issues/{issueId}": {"parameters": [issue_id], "get": {"responses": answers(issue)}},
        "/issues/{issueId}/comments": {
            "parameters": [issue_id],
            "get": {"responses": answers({"type": "array", "items": comment})},
            "post": {"requestBody": takes(comment), "responses": answers(comment, "201")},
        },
        item: {"parameters": [*below, comment_id], "get": {"responses": answers(comment)}},
    })  # fmt: skip
    with Client(served(tmp_path, written)) as client:
        issues = [client.post("/issues", json={"title": title}).json() for title in ("a", "b")]
        client.post("/issues/1/comments", json={"body": "hi"})
        found = [client.get(f"/issues/{each['id']}").json() for each in issues]

    assert [0, 0, 1, 0] == [each["comments"] for each in (*issues, *found)]
    assert [each["points"] for each in issues] == [each["points"] for each in found]
