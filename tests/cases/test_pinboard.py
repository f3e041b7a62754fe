"""Operations on several items, copies, flags that are turned, and what is counted when a user chooses it."""

from __future__ import annotations

from typing import Any

from tests.cases.conftest import Serve
from tests.client import Client


def _pins(serve: Serve, *titles: str) -> Client:
    api = serve("pinboard")
    for title in titles:
        api.post("/pins", json={"title": title})
    return api


def _shown(api: Client, path: str, name: str) -> list[Any]:
    return [each[name] for each in api.get(path).json()]


def test_each_entry_of_a_batch_has_a_result_of_its_own(serve: Serve) -> None:
    api = _pins(serve, "a", "b")
    reply = api.patch("/pins", json=[{"id": 2, "title": "B"}, {"id": 9, "title": "x"}])

    assert (207, [(2, 200), (9, 404)]) == (
        reply.status_code,
        [(each["id"], each["status"]) for each in reply.json()],
    )
    assert ["error" in each for each in reply.json()] == [False, True]
    assert ["a", "B"] == _shown(api, "/pins", "title")


def test_all_items_are_marked_at_once_and_those_that_changed_are_counted(serve: Serve) -> None:
    api = _pins(serve, "a", "b")

    assert [{"updated": 2}, {"updated": 0}] == [api.post("/pins/mark-all-seen").json() for _ in range(2)]
    assert [True, True] == _shown(api, "/pins", "seen")
    assert None not in _shown(api, "/pins", "seen_at")


def test_a_list_of_ids_gives_items_their_positions(serve: Serve) -> None:
    api = _pins(serve, "a", "b", "c")
    before = _shown(api, "/pins", "position")

    assert 204 == api.put("/pins/reorder", json={"ids": [3, 1, 2]}).status_code
    assert ([0, 1, 2], [1, 2, 0]) == (before, _shown(api, "/pins", "position"))


def test_a_copy_has_what_clients_sent_and_is_listed(serve: Serve) -> None:
    api = serve("pinboard")
    api.post("/pins", json={"title": "a", "note": "n"})
    api.put("/pins/1/like")
    copy = api.post("/pins/1/duplicate")

    assert (201, 2, "a", "n", 0) == (
        copy.status_code,
        *(copy.json()[name] for name in ("id", "title", "note", "likes")),
    )
    assert copy.json() == api.get("/pins/2").json()
    assert 404 == api.post("/pins/7/duplicate").status_code


def test_a_flag_is_turned_each_time(serve: Serve) -> None:
    api = _pins(serve, "a")
    assert [True, False] == [api.post("/pins/1/toggle-fixed").json()["fixed"] for _ in range(2)]


def test_what_is_archived_is_left_out_and_has_the_time_of_that(serve: Serve) -> None:
    api = _pins(serve, "a", "b")
    archived = api.patch("/pins/1", json={"archived": True}).json()
    back = api.patch("/pins/1", json={"archived": False}).json()

    assert (True, None) == (archived["archived_at"] is not None, back["archived_at"])
    api.patch("/pins/2", json={"archived": True})
    assert ["a"] == _shown(api, "/pins", "title")


def test_a_like_counts_once_and_is_taken_back(serve: Serve) -> None:
    api = _pins(serve, "a")
    liked = [api.put("/pins/1/like").json()["likes"] for _ in range(2)]

    assert ([1, 1], 0) == (liked, api.delete("/pins/1/like").json()["likes"])


def test_a_sticker_begins_with_one_and_goes_with_the_last(serve: Serve) -> None:
    api = _pins(serve, "a")
    put = [api.put("/pins/1/stickers/%F0%9F%91%8D").json()["stickers"] for _ in range(2)]

    assert [[{"symbol": "👍", "count": 1}]] * 2 == put
    assert ([], []) == (
        api.delete("/pins/1/stickers/%F0%9F%91%8D").json()["stickers"],
        api.get("/pins/1").json()["stickers"],
    )


def test_a_vote_is_counted_by_the_choice_that_it_names(serve: Serve) -> None:
    api = serve("pinboard")
    made = api.post("/surveys", json={"text": "Lunch?", "choices": ["Soup", "Rice"]}).json()
    voted = api.post("/surveys/1/votes", json={"choiceId": 2}).json()

    assert [(1, "Soup", 0), (2, "Rice", 0)] == [(c["id"], c["text"], c["votes"]) for c in made["choices"]]
    assert ([0, 1], 2) == ([each["votes"] for each in voted["choices"]], voted["myVote"])
    assert voted == api.get("/surveys/1").json()
    assert 400 == api.post("/surveys/1/votes", json={"choiceId": 9}).status_code


def test_the_opposite_of_a_flag_and_a_range_in_an_object_narrow_a_list(serve: Serve) -> None:
    api = _pins(serve, "a")
    api.post("/pins/mark-all-seen")
    api.post("/pins", json={"title": "b"})
    api.patch("/pins/2", json={"title": "B"})

    assert ["B"] == _shown(api, "/pins?unseen=true", "title")
    assert [["B"], []] == [
        _shown(api, f"/pins?edited[gte]={day}T00:00:00Z", "title") for day in ("2026-01-01", "2027-01-01")
    ]


def test_what_is_below_an_item_is_deleted_with_it_and_a_word_selects_what_has_none_above(serve: Serve) -> None:
    api = _pins(serve, "top")
    api.post("/pins", json={"title": "inner", "parent_id": 1})

    assert [["top"], ["inner"]] == [_shown(api, f"/pins?parent_id={each}", "title") for each in ("top", "1")]
    api.delete("/pins/1")
    assert 404 == api.get("/pins/2").status_code
