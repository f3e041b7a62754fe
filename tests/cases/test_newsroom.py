"""Who asks, threads, numbers of items in replies, and errors in the media type that the client accepts."""

from __future__ import annotations

from tests.cases.conftest import Serve
from tests.client import Client


def _stories(serve: Serve) -> Client:
    api = serve("newsroom")
    api.post("/users", json={"name": "Ada"})
    api.post("/users", json={"name": "Bo"})
    for body in ({"text": "a"}, {"text": "b"}, {"text": "re", "reply_to": 1}, {"text": "re 2", "reply_to": 1}):
        api.post("/stories", json=body)
    return api


def test_who_asks_is_a_user_and_the_author_of_what_is_made(serve: Serve) -> None:
    api = _stories(serve)
    ada = {"id": 1, "name": "Ada"}

    assert ada == api.get("/users/me").json()
    assert [ada, ada] == [api.get(f"/stories/{id}").json()["author"] for id in (1, 3)]
    assert 404 == serve("newsroom").get("/users/me").status_code


def test_what_is_made_below_a_user_is_owned_by_that_user(serve: Serve) -> None:
    assert 2 == _stories(serve).post("/users/2/drafts", json={"text": "x"}).json()["owner_id"]


def test_each_list_has_the_order_of_its_own_sentence_and_replies_are_left_out(serve: Serve) -> None:
    api = _stories(serve)

    assert [2, 1] == [each["id"] for each in api.get("/stories").json()["stories"]]
    assert [3, 4] == [each["id"] for each in api.get("/stories/1/replies").json()["stories"]]
    assert 2 == api.get("/stories/1").json()["replies_count"]


def test_before_leads_to_older_items_where_the_newest_come_first(serve: Serve) -> None:
    api = _stories(serve)
    found = [api.get(f"/stories?{query}").json()["stories"] for query in ("before=2", "after=1")]

    assert [[1], [2]] == [[each["id"] for each in shown] for shown in found]


def test_numbers_count_what_is_stored(serve: Serve) -> None:
    api = _stories(serve)
    api.patch("/stories/2", json={"read": True})

    assert {"total": 4, "read": 1, "users": 2} == api.get("/stories/stats").json()
    assert ({"count": 3}, 3) == (api.get("/stories/unread-count").json(), api.get("/stories").json()["unreadCount"])


def test_a_sentence_adds_a_parameter_to_a_number(serve: Serve) -> None:
    api = _stories(serve)
    before = api.get("/stories/1").json()["copies"]

    assert before + 5 == api.patch("/stories/1/copies?amount=5").json()["copies"]
    assert before + 5 == api.get("/stories/1").json()["copies"]


def test_a_documented_last_modified_is_the_time_of_the_last_update(serve: Serve) -> None:
    assert "Thu, 01 Jan 2026 00:00:00 GMT" == _stories(serve).get("/stories/1").headers["last-modified"]


def test_an_error_is_in_a_media_type_that_the_client_accepts(serve: Serve) -> None:
    api = serve("newsroom")
    replies = [api.post("/stories", json={}, headers={"accept": f"application/{each}"}) for each in ("xml", "json")]

    assert ("<fault>" in replies[0].text, "message" in replies[1].json()) == (True, True)


def test_an_object_gets_the_defaults_of_its_own_kind(serve: Serve) -> None:
    made = serve("newsroom").post("/forms", json={"fields": [{"kind": "text"}, {"kind": "stars"}]}).json()
    assert [{"kind": "text", "lines": 1}, {"kind": "stars", "steps": 5}] == made["fields"]
