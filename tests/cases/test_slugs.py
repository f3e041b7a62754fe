"""A slug that a client leaves out is made of the title."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_a_slug_is_made_of_the_title_and_is_not_used_twice(serve: Serve) -> None:
    api = serve("slugs")
    made = [api.post("/rooms", json={"title": title}).json()["slug"] for title in ("Blue Hall!", "blue hall", "Attic")]

    assert ["blue-hall", "blue-hall-2", "attic"] == made
    assert {"slug": "blue-hall-2", "title": "blue hall"} == api.get("/rooms/blue-hall-2").json()


def test_a_slug_that_a_client_sends_is_kept_although_only_replies_call_it_read_only(serve: Serve) -> None:
    assert "b" == serve("slugs").post("/rooms", json={"title": "Blue", "slug": "b"}).json()["slug"]
