"""Cases about items that no request created, with `--materialize`."""

from __future__ import annotations

from uuid import UUID

from tests.cases.conftest import Serve


def test_51_an_item_is_not_completed_by_the_reply_of_a_delete(serve: Serve) -> None:
    api = serve("51-materialize-kinds", materialize=True)

    assert (200, "file") == ((seen := api.get("/files/x")).status_code, seen.json()["type"])
    assert {"id": "x", "type": "file_deleted"} == api.delete("/files/x").json()
    assert 404 == api.get("/files/x").status_code


def test_52_a_single_item_that_a_post_creates_is_there(serve: Serve) -> None:
    api = serve("52-materialize-single", materialize=True)

    assert (200, "s") == ((seen := api.get("/spend_limit")).status_code, seen.json()["object"])
    assert {"object": "s.deleted", "deleted": True} == api.delete("/spend_limit").json()


def test_53_an_id_that_the_item_cannot_show_is_answered_with_one_that_it_can(serve: Serve) -> None:
    api = serve("53-materialize-uuid", materialize=True)

    shown = [api.get(f"/jobs/{id}") for id in ("job_id", "0c1d7a52-6a0e-4b3a-9a37-1f1f0d0a6a11")]

    assert [200, 200] == [each.status_code for each in shown]
    assert UUID(shown[0].json()["job_id"])
    assert "0c1d7a52-6a0e-4b3a-9a37-1f1f0d0a6a11" == shown[1].json()["job_id"]
