"""A key makes a create safe to repeat; lists of ids name items that exist; a revision counts the changes."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from tests.cases.conftest import Serve
from tests.client import Client


@pytest.fixture
def post(serve: Serve) -> Client:
    """The mock with two stamps."""
    api = serve("repeated-creates")
    for motif in ("owl", "fox"):
        api.post("/stamps", json={"motif": motif})
    return api


def _card(api: Client, text: str, key: str) -> httpx.Response:
    return api.post("/cards", json={"text": text}, headers={"Idempotency-Key": key})


def test_a_create_that_is_repeated_with_its_key_makes_nothing_more(post: Client) -> None:
    first = _card(post, "Hi", "a")

    assert (201, first.json()) == (_card(post, "Hi", "a").status_code, _card(post, "Hi", "a").json())
    assert 1 == len(post.get("/cards").json())
    assert 2 == _card(post, "Hi", "b").json()["id"]
    assert 422 == _card(post, "Ho", "a").status_code
    assert 2 == len(post.get("/cards").json())


def test_a_revision_counts_the_changes_and_a_header_says_when(post: Client) -> None:
    assert 1 == _card(post, "Hi", "a").json()["revision"]
    assert [2, 3] == [post.put("/cards/1", json={"text": text}).json()["revision"] for text in ("Ho", "Hu")]

    shown = post.get("/cards/1")
    assert 3 == shown.json()["revision"]
    assert shown.json()["updatedAt"][:19] == parsedate_to_datetime(shown.headers["last-modified"]).isoformat()[:19]


def test_a_response_is_in_the_language_that_was_asked_for(post: Client) -> None:
    def language(**headers: str) -> str:
        return post.post("/cards", json={"text": "Hi"}, headers=headers).headers["content-language"]

    assert ("de", "en") == (language(**{"Accept-Language": "de, en;q=0.5"}), language())


def test_what_an_action_is_told_is_kept_under_its_own_name(post: Client) -> None:
    _card(post, "Hi", "a")
    returned = post.post("/cards/1/return", json={"remark": "moved"}).json()

    assert ("returned", "moved") == (returned["status"], returned["returnRemark"])
    assert returned == post.get("/cards/1").json()


def test_a_new_item_has_the_members_whose_ids_were_sent(post: Client) -> None:
    album = post.post("/albums", json={"label": "Best", "stamp_ids": [2, 1]}).json()

    assert ["fox", "owl"] == [stamp["motif"] for stamp in post.get("/albums/1/stamps").json()]
    assert 2 == post.get("/albums/1").json()["stamp_count"]
    assert {"id", "label", "stamp_count"} == album.keys()
    assert [] == post.post("/albums", json={"label": "None"}).json().get("stamps", [])


@pytest.mark.parametrize("path", ["/albums", "/letters"])
def test_an_unknown_id_is_refused_where_a_sentence_says_so(post: Client, path: str) -> None:
    reply: Any = post.post(path, json={"stamp_ids": [1, 99]})

    assert 422 == reply.status_code
    assert 404 == post.get(f"{path}/1").status_code


def test_a_list_of_ids_shows_the_items(post: Client) -> None:
    letter = post.post("/letters", json={"stamp_ids": [2]}).json()

    assert [{"id": 2, "motif": "fox"}] == letter["stamps"]


def test_a_list_shows_its_own_path(post: Client) -> None:
    assert {"object": "list", "data": [], "has_more": False, "url": "/letters"} == post.get("/letters?x=1").json()


def test_a_repeated_key_gets_its_item_whatever_became_of_the_one_above(serve: Serve) -> None:
    api = serve("replayed")
    api.post("/tabs", json={"total_cents": 900})

    def pay(key: str) -> httpx.Response:
        return api.post("/tabs/1/payments", json={"cents": 5}, headers={"idempotency-key": key})

    paid = pay("one")
    assert (201, "open") == (paid.status_code, api.get("/tabs/1").json()["status"])
    assert 200 == api.post("/tabs/1/settle").status_code
    assert (201, paid.json()) == (pay("one").status_code, pay("one").json())
    assert 409 == pay("two").status_code


def test_a_parameter_sorts_by_a_property_whose_name_has_a_unit_too(serve: Serve) -> None:
    api = serve("replayed")
    for cents in (200, 400, 100, 300):
        api.post("/tabs", json={"total_cents": cents})

    assert [400, 300, 200, 100] == [tab["total_cents"] for tab in api.get("/tabs", params={"sort": "-total"}).json()]
