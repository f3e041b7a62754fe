"""Tables of a database as PostgREST describes and serves them; the requests are those of Supabase's clients."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve
from tests.client import Client

SHOW = {"Prefer": "return=representation"}
ONE = {"Accept": "application/vnd.pgrst.object+json"}
ROWS = [
    {"task": "milk", "priority": 3, "tags": ["a", "b"]},
    {"task": "bread", "is_complete": True},
    {"task": "Beer", "priority": 1, "tags": ["b"]},
]


def _todos(serve: Serve) -> Client:
    api = serve("postgrest")
    assert 201 == api.post("/todos", json=ROWS).status_code
    return api


def _ids(api: Client, query: str) -> list[int]:
    shown = api.get(f"/todos?{query}", headers={"Prefer": "count=exact"})
    assert 200 == shown.status_code, shown.text
    return [each["id"] for each in shown.json()]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("id=eq.1", [1]),
        ("id=neq.1", [2, 3]),
        ("id=in.(1,3)", [1, 3]),
        ("id=not.in.(1,3)", [2]),
        ("id=gte.2&id=not.eq.9&order=id.desc", [3, 2]),
        ('task=in.(milk,"Beer")', [1, 3]),
        ("task=ilike.*b*", [2, 3]),
        ("task=like.b*d", [2]),
        ("is_complete=is.true", [2]),
        ("is_complete=eq.false", [1, 3]),
        ("priority=is.null", [2]),
        ("priority=not.is.null", [1, 3]),
        ("tags=cs.{a,b}", [1]),
        ("tags=ov.{a,b}", [1, 3]),
        ("order=priority.desc.nullslast,id.asc", [1, 3, 2]),
        ("limit=1&offset=1", [2]),
    ],
)
def test_the_value_of_a_column_has_an_operator(serve: Serve, query: str, expected: list[int]) -> None:
    assert expected == _ids(_todos(serve), query)


def test_a_filter_without_an_operator_is_refused(serve: Serve) -> None:
    refused = _todos(serve).get("/todos?id=1")

    assert (400, True) == (refused.status_code, "begins with an operator" in refused.text)


def test_a_page_says_which_rows_of_all_it_has(serve: Serve) -> None:
    api = _todos(serve)

    assert "1-1/3" == api.get("/todos?limit=1&offset=1").headers["content-range"]
    assert "*/0" == api.get("/todos?id=eq.9").headers["content-range"]


def test_a_write_shows_the_rows_if_the_client_prefers_it(serve: Serve) -> None:
    api = serve("postgrest")

    silent, shown = (api.post("/todos", json={"task": "a"}, headers=each) for each in ({}, SHOW))

    assert (201, b"") == (silent.status_code, silent.content)
    assert (201, [{"id": 2, "task": "a", "is_complete": False}]) == (shown.status_code, shown.json())


def test_a_patch_and_a_delete_are_about_the_rows_that_the_query_selects(serve: Serve) -> None:
    api = _todos(serve)

    assert (204, b"") == ((done := api.patch("/todos?id=eq.1", json={"task": "oat milk"})).status_code, done.content)
    shown = api.patch("/todos?priority=not.is.null", json={"is_complete": True}, headers=SHOW).json()
    assert [("oat milk", True), ("Beer", True)] == [(each["task"], each["is_complete"]) for each in shown]
    assert [] == api.patch("/todos?id=eq.9", json={"task": "x"}, headers=SHOW).json()
    assert [2] == [each["id"] for each in api.delete("/todos?task=eq.bread", headers=SHOW).json()]
    assert 204 == api.delete("/todos?id=eq.3").status_code
    assert [1] == _ids(api, "")


def test_one_row_has_a_media_type_of_its_own(serve: Serve) -> None:
    api = _todos(serve)

    assert "bread" == api.get("/todos?id=eq.2", headers=ONE).json()["task"]
    assert [406, 406] == [api.get(f"/todos?{query}", headers=ONE).status_code for query in ("id=eq.9", "id=gt.1")]


def test_a_key_that_is_there_is_refused_or_merged(serve: Serve) -> None:
    api = _todos(serve)
    row = {"id": 1, "task": "oat milk"}

    assert 409 == api.post("/todos", json=row).status_code
    merged = api.post("/todos", json=row, headers={"Prefer": "resolution=merge-duplicates,return=representation"})
    assert [{**row, "is_complete": False}] == merged.json()
    assert [1, 2, 3] == sorted(_ids(api, ""))
