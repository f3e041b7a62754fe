"""Cases about lists in items whose entries are other items: the genres of a song, the members of a band."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cases.conftest import Serve
from tests.client import Client


def _api(serve: Serve) -> Client:
    """A client of a service with three genres."""
    api = serve("many-to-many")
    for name in ("jazz", "funk", "soul"):
        api.post("/genres", json={"name": name})
    return api


def _song(api: Client, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = api.post("/songs", json={"title": "Tune", **fields}).json()
    return made


def _genres(api: Client, song: int) -> list[str]:
    return [each["name"] for each in api.get(f"/songs/{song}").json()["genres"]]


def test_a_put_to_the_path_of_an_entry_adds_an_item_once_and_a_delete_takes_it(serve: Serve) -> None:
    api = _api(serve)
    _song(api, genreIds=[1, 2])

    added = [api.put("/songs/1/genres/3") for _ in range(2)]
    after = _genres(api, 1)
    removed = [api.delete("/songs/1/genres/2").status_code for _ in range(2)]

    assert [(204, None), (204, None)] == [(each.status_code, each.headers.get("location")) for each in added]
    assert ["jazz", "funk", "soul"] == after
    assert ([204, 404], ["jazz", "soul"]) == (removed, _genres(api, 1))
    assert [{"id": 1, "name": "jazz"}, {"id": 3, "name": "soul"}] == api.get("/songs/1").json()["genres"]
    assert [1, 0, 1] == [each["songCount"] for each in api.get("/genres").json()]


def test_an_unknown_item_is_not_added(serve: Serve) -> None:
    api = _api(serve)
    before = _song(api)

    statuses = [api.put(path).status_code for path in ("/songs/1/genres/9", "/songs/9/genres/1")]

    assert ([404, 404], before) == (statuses, api.get("/songs/1").json())
    assert [] == before["genres"]


def test_a_put_adds_to_a_list_of_ids_and_to_a_list_of_texts(serve: Serve) -> None:
    api = _api(serve)
    _song(api, moods=["calm"])
    band = api.post("/bands", json={"name": "Trio"}).json()

    moods = [api.put(f"/songs/1/moods/{mood}").json()["moods"] for mood in ("dark", "calm")]
    ids = [api.put(f"/bands/1/genres/{id}").status_code for id in (2, 3, 2, 9)]
    after = api.get("/bands/1").json()

    assert [["calm", "dark"], ["calm", "dark"]] == moods
    assert ["dark"] == api.delete("/songs/1/moods/calm").json()["moods"]
    assert ([], [204, 204, 204, 404], [2, 3]) == (band["genreIds"], ids, after["genreIds"])
    assert [204, 404] == [api.delete("/bands/1/genres/2").status_code for _ in range(2)]
    assert [3] == api.get("/bands/1").json()["genreIds"]


@pytest.mark.parametrize("is_in_path", [True, False])
def test_a_post_adds_the_item_with_the_id_in_its_path_or_body(serve: Serve, is_in_path: bool) -> None:
    api = _api(serve)
    ada = api.post("/musicians", json={"fullName": "Ada"}).json()
    made = api.post("/bands", json={"name": "Trio"}).json()

    def add(id: str) -> int:
        path, sent = (f"/bands/1/members/{id}", None) if is_in_path else ("/bands/1/members", {"musicianId": id})
        return int(api.post(path, json=sent).status_code)

    statuses = [add(ada["id"]), add(ada["id"]), add("0b3a5c1e-0000-4000-8000-000000000000")]

    assert ([], [200 if is_in_path else 204] * 2 + [404]) == (made["members"], statuses)
    assert [ada] == api.get("/bands/1").json()["members"]
    assert [204, 404] == [api.delete(f"/bands/1/members/{ada['id']}").status_code for _ in range(2)]
    assert [] == api.get("/bands/1").json()["members"]


def test_an_entry_is_changed_by_what_names_it_though_no_request_adds_one(serve: Serve) -> None:
    api = _api(serve)
    api.post("/bands", json={"name": "Trio", "guests": ["lee@example.com", "kim@example.com"]})

    answered = api.put("/bands/1/guests/lee@example.com", json={"answer": "yes"})
    unknown = api.put("/bands/1/guests/ash@example.com", json={"answer": "yes"})

    assert (200, 404) == (answered.status_code, unknown.status_code)
    assert {"lee@example.com": "yes"}.items() <= {
        each["email"]: each["answer"] for each in answered.json()["guests"]
    }.items()
    assert answered.json() == api.get("/bands/1").json()


def test_a_deleted_item_leaves_the_lists_from_which_a_sentence_says_it_is_taken(serve: Serve) -> None:
    api = _api(serve)
    first, second = (_song(api, genreIds=ids)["id"] for ids in ([1, 2], [2]))
    api.post("/bands", json={"name": "Trio"})
    api.put("/bands/1/genres/2")

    assert 204 == api.delete("/genres/2").status_code

    assert (["jazz"], []) == (_genres(api, first), _genres(api, second))
    assert [1, 0] == [each["songCount"] for each in api.get("/genres").json()]
    assert [2] == api.get("/bands/1").json()["genreIds"]  # the sentence is about songs


@pytest.mark.parametrize(
    ("sentence", "is_taken"),
    [
        ("Deletes the genre and takes it off every song.", True),
        ("The genre is removed from all songs.", True),
        ("Remove it from all songs first.", False),
        ("Does not remove it from any song.", False),
        ("Deletes the genre with all of its songs.", False),
    ],
)
def test_a_sentence_of_a_delete_says_whether_an_item_leaves_lists(
    serve: Serve, tmp_path: Path, sentence: str, is_taken: bool
) -> None:
    api = serve("many-to-many", behaviour=(_saying(tmp_path, "$.paths['/genres/{genreId}'].delete", sentence),))
    api.post("/genres", json={"name": "jazz"})
    _song(api, genreIds=[1])

    api.delete("/genres/1")

    assert ([] if is_taken else ["jazz"]) == _genres(api, 1)


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Names of genres. A song must have all of them.", [2]),
        ("All of these.", [2]),
        ("Songs with all genres named here.", [2]),
        ("Only songs that match every genre.", [2]),
        ("Songs that have any of these genres, not all of them.", [1, 2, 3]),
        ("Returns songs with all details.", [1, 2, 3]),
        ("Genres to look for.", [1, 2, 3]),
    ],
)
def test_a_sentence_says_that_items_have_all_values_of_a_repeated_filter(
    serve: Serve, tmp_path: Path, sentence: str, found: list[int]
) -> None:
    api = serve("many-to-many", behaviour=(_saying(tmp_path, "$.paths['/songs'].get.parameters[0]", sentence),))
    for name in ("jazz", "funk", "hip hop, new"):
        api.post("/genres", json={"name": name})
    for ids in ([1], [1, 2], [2], [3]):
        _song(api, genreIds=ids)

    listed = api.get("/songs?genre=jazz&genre=funk").json()

    assert found == [each["id"] for each in listed]
    assert [1, 2] == [each["id"] for each in api.get("/songs?genre=jazz").json()]
    assert [4] == [each["id"] for each in api.get("/songs?genre=hip%20hop,%20new").json()]
    assert 4 == len(api.get("/songs").json())


@pytest.mark.parametrize(("query", "found"), [("1,2", [2]), ("2", [2, 3]), ("1&genreIds=2", [2]), ("", [1, 2, 3])])
def test_all_of_several_ids_may_be_a_text_with_commas(
    serve: Serve, tmp_path: Path, query: str, found: list[int]
) -> None:
    asked = {"name": "genreIds", "in": "query", "description": "All of these.", "schema": {"type": "string"}}
    shown = {"genreIds": {"type": "array", "items": {"type": "integer"}}}
    overlay = _overlay(
        tmp_path,
        {"target": "$.paths['/songs'].get", "update": {"parameters": [asked]}},
        {"target": "$.components.schemas.Song", "update": {"properties": shown}},
    )
    api = serve("many-to-many", behaviour=(overlay,))
    for name in ("jazz", "funk"):
        api.post("/genres", json={"name": name})
    for ids in ([1], [1, 2], [2]):
        _song(api, genreIds=ids)

    assert found == [each["id"] for each in api.get(f"/songs?genreIds={query}").json()]


def _saying(folder: Path, target: str, sentence: str) -> Path:
    return _overlay(folder, {"target": target, "update": {"description": sentence}})


def _overlay(folder: Path, *actions: dict[str, Any]) -> Path:
    written = folder / "overlay.yaml"
    made = {"overlay": "1.0.0", "info": {"title": "Said", "version": "1"}, "actions": actions}
    written.write_text(json.dumps(made), encoding="utf-8")
    return written
