"""Cases about cursors: each is valid by its schemas, in the reply and as a parameter."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.conftest import Serve
from tests.client import Client


def _pages(api: Client, path: str, size: int) -> list[dict[str, Any]]:
    pages: list[dict[str, Any]] = []
    while not pages or "nextToken" in pages[-1]:
        token = {"nextToken": pages[-1]["nextToken"]} if pages else {}
        reply = api.get(path, params={"maxResults": size, **token})
        assert 200 == reply.status_code, reply.text
        pages.append(reply.json())
    return pages


@pytest.mark.parametrize("kind", ["", "/number", "/uuid", "/short", "/long", "/asked"])
def test_a_cursor_fits_its_schema_and_leads_through_all_items(serve: Serve, kind: str) -> None:
    api = serve("cursors")
    made = [api.post(f"{kind}/reports", json={"name": str(n)}).json() for n in range(15)]

    pages = _pages(api, f"{kind}/reports", 4)

    assert [4, 4, 4, 3] == [len(page["reports"]) for page in pages]
    assert made == [report for page in pages for report in page["reports"]]


def test_a_cursor_still_works_when_its_item_is_deleted(serve: Serve) -> None:
    api = serve("cursors")
    made = [api.post("/reports", json={"name": str(n)}).json() for n in range(4)]
    token = api.get("/reports?maxResults=2").json()["nextToken"]

    api.delete(f"/reports/{made[1]['id']}")

    assert made[2:] == api.get("/reports", params={"nextToken": token}).json()["reports"]
    assert [] == api.get("/reports", params={"nextToken": "AAAA"}).json()["reports"]


def test_a_page_without_a_valid_cursor_is_shown_without_one(serve: Serve) -> None:
    api = serve("cursors")
    made = [api.post("/never/reports", json={"name": str(n)}).json() for n in range(4)]

    assert {"reports": made[:2]} == api.get("/never/reports?maxResults=2").json()


def test_a_cursor_that_each_reply_must_show_leads_to_an_empty_page_at_the_end(serve: Serve) -> None:
    api = serve("cursors")
    empty = api.get("/required/reports").json()
    made = [api.post("/required/reports", json={"name": str(n)}).json() for n in range(3)]

    first = api.get("/required/reports?maxResults=2").json()
    second = api.get("/required/reports", params={"maxResults": 2, "nextToken": first["nextToken"]}).json()
    third = api.get("/required/reports", params={"maxResults": 2, "nextToken": second["nextToken"]}).json()

    assert [[], made[:2], made[2:], []] == [each["reports"] for each in (empty, first, second, third)]
    assert all(each["nextToken"] for each in (empty, first, second, third))


def test_a_cursor_that_may_be_null_is_null_at_the_end(serve: Serve) -> None:
    api = serve("cursors")
    made = [api.post("/nullable/reports", json={"name": str(n)}).json() for n in range(3)]

    first = api.get("/nullable/reports?maxResults=2").json()
    second = api.get("/nullable/reports", params={"maxResults": 2, "nextToken": first["nextToken"]}).json()

    assert (made[:2], made[2:], None) == (first["reports"], second["reports"], second["nextToken"])
