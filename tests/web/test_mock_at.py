"""`Mock-At`: a GET that reads what was stored after an earlier change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mockserver
from tests.client import Client

SHOP = Path(__file__).parents[2] / "docs/shop.yaml"
CUSTOMERS = "/_mock/state/shop/customer"


@pytest.fixture
def api() -> Iterator[Client]:
    with Client(mockserver.create_app(SHOP, seed=1, journal=5)) as client:
        yield client


def at(revision: int | str, **more: str) -> dict[str, str]:
    return {"Mock-At": str(revision), **more}


def revision(client: Client, namespace: str = "default") -> int:
    found: int = client.get(f"/_mock/namespaces/{namespace}").json()["revision"]
    return found


@given(steps=st.lists(st.sampled_from(["create", "change", "delete", "fail"]), max_size=20))
def test_the_past_is_what_lists_and_items_showed_then(steps: list[str]) -> None:
    with Client(mockserver.create_app(SHOP, seed=1, journal=100)) as api:
        seen = [api.get("/customers").content]
        for step in steps:
            found = api.get("/customers").json()
            if step in ("create", "fail"):
                api.post("/customers", json={"name": "Ann"} if step == "create" else {})
            elif found and step == "change":
                api.patch(f"{CUSTOMERS}/{found[-1]['id']}", json={"name": f"Bo {len(seen)}"})
            elif found:
                api.delete(f"{CUSTOMERS}/{found[0]['id']}")
            if revision(api) >= len(seen):
                seen.append(api.get("/customers").content)

        assert seen == [api.get("/customers", headers=at(n)).content for n in range(len(seen))]
        assert seen[-1] == api.get("/customers").content


def test_what_is_deleted_now_was_there_then(api: Client) -> None:
    made = api.post("/customers", json={"name": "Ann"}).json()
    api.delete(f"{CUSTOMERS}/{made['id']}")

    assert made == api.get(f"/customers/{made['id']}", headers=at(1)).json()
    assert [404, 404] == [api.get(f"/customers/{made['id']}", headers=at(n)).status_code for n in (0, 2)]


@pytest.mark.parametrize(
    ("method", "value", "words"),
    [
        ("GET", "8", "Mock-At: the revision 8 is not kept; there are 2 to 7"),
        ("GET", "1", "Mock-At: the revision 1 is not kept; there are 2 to 7"),
        ("GET", "yesterday", "Mock-At: 'yesterday' is no revision: give a number as in Mock-Revision"),
        ("GET", "-1", "Mock-At: '-1' is no revision"),
        ("GET", "9" * 5000, "is no revision"),
        ("POST", "7", "Mock-At: the past can only be read, by GET and HEAD, not changed by POST"),
    ],
)
def test_a_revision_that_there_is_not_and_a_write_are_refused(api: Client, method: str, value: str, words: str) -> None:
    for number in range(7):
        api.post("/customers", json={"name": str(number)})
    body: Any = {"name": "x"} if method == "POST" else None
    refused = api.request(method, "/customers", json=body, headers=at(value))

    assert 400 == refused.status_code
    assert words in refused.text
    assert 7 == len(api.get("/customers").json())


def test_without_a_log_of_changes_no_revision_is_kept() -> None:
    with Client(mockserver.create_app(SHOP)) as api:
        refused = api.get("/customers", headers=at(0))

    assert (400, True) == (refused.status_code, "there are none: --journal 0" in refused.text)


def test_each_namespace_has_revisions_of_its_own(api: Client) -> None:
    api.post("/customers", json={"name": "Ann"}, headers={"Mock-Namespace": "one"})
    there = [len(api.get("/customers", headers=at(n, **{"Mock-Namespace": "one"})).json()) for n in (0, 1)]

    assert [0, 1] == there
    assert 400 == api.get("/customers", headers=at(1)).status_code


@pytest.mark.parametrize("back", ["reset", "reset?tenant=", "checkpoints/here/restore", "snapshot"])
def test_what_was_before_a_way_back_can_no_longer_be_read(api: Client, back: str) -> None:
    api.post("/customers", json={"name": "Ann"})
    api.post("/_mock/checkpoints/here")
    api.post("/customers", json={"name": "Bo"})
    before = revision(api)
    method, body = ("PUT", api.get("/_mock/snapshot").json()) if back == "snapshot" else ("POST", None)
    api.request(method, f"/_mock/{back}", json=body)
    now = api.get("/customers").json()

    assert before + 1 == revision(api)
    assert now == api.get("/customers", headers=at(before + 1)).json()
    assert 400 == api.get("/customers", headers=at(before)).status_code
    api.post("/customers", json={"name": "Cy"})
    assert now == api.get("/customers", headers=at(before + 1)).json()
