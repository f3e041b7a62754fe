"""Cases about lists that select by ids, whatever the type of the parameter."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2, 3]), ("ids=1,3", [1, 3]), ("ids=3,%201,1", [1, 3]), ("ids=2", [2]), ("ids=9", []), ("ids=x,2", [2]),
        ("id=2", [2]), ("id=9", []), ("customer_id=7", [1, 3]), ("customer_ids=7,8", [1, 2, 3]),
        ("customer_ids=8", [2]), ("ids=1,2&customer_id=7", [1]), ("ids=1,2&subject=a", [1]), ("subject=a,b", []),
        ("ids=", [1, 2, 3]), ("ids=1&ids=3", [1, 3]), ("ids[]=1&ids[]=3", [1, 3]), ("ids=1,2&ids=3", [1, 2, 3]),
        ("ticket_ids=1,3", [1, 3]), ("ticket_ids=1&ticket_ids=2", [1, 2]), ("customer_ids=7&customer_ids=8", [1, 2, 3]),
    ],
)  # fmt: skip
def test_texts_select_by_ids_that_are_numbers(serve: Serve, query: str, found: list[int]) -> None:
    api = serve("filters-by-ids")
    for subject, customer in (("a", 7), ("b", 8), ("c", 7)):
        api.post("/tickets", json={"subject": subject, "customer_id": customer})

    assert found == [each["id"] for each in api.get(f"/tickets?{query}").json()["tickets"]]


@pytest.mark.parametrize(("query", "found"), [("ids=1,3", [1, 3]), ("ids=1&ids=3", [1, 3]), ("ids=9", [])])
def test_a_list_of_texts_selects_by_ids_that_are_numbers(serve: Serve, query: str, found: list[int]) -> None:
    api = serve("filters-by-ids")
    for subject in "abc":
        api.post("/notes", json={"subject": subject})

    assert found == [each["id"] for each in api.get(f"/notes?{query}").json()]


def test_a_text_selects_by_ids_that_are_texts(serve: Serve) -> None:
    api = serve("filters-by-ids")
    made = [api.post("/keys", json={"label": label}).json() for label in "abc"]

    assert [made[0], made[2]] == api.get(f"/keys?ids={made[2]['id']},{made[0]['id']}").json()
    assert [made[2]] == api.get(f"/keys?ids={made[2]['id']},{made[0]['id']}&label=c").json()
