"""References in the replies of a public document lead to items, all through its operations."""

from __future__ import annotations

import asyncio

import mockserver
from mockserver import ServiceSettings
from tests.client import Client
from tests.joins.run import joins_of
from tests.package import APIS_GURU, unpacked


def test_what_the_replies_of_gitea_refer_to_is_there() -> None:
    """Its repositories are listed at eight paths, and read at two others; its users are made at a third."""
    joins = asyncio.run(joins_of(unpacked(APIS_GURU) / "api" / "gitea.io.json", items=5))

    assert len(joins.found) > 4000
    assert len(joins.missing) < 0.05 * len(joins.found), joins.missing[:5]
    assert joins.refused < 0.1 * joins.replies


def test_an_item_in_place_of_one_that_is_shown_as_deleted_is_joined() -> None:
    """The `account` of a fee of Stripe is an account, or a deleted one with other properties."""
    file = unpacked(APIS_GURU) / "api" / "stripe.com.json"
    settings = ServiceSettings(items=5, authenticate=False)
    with Client(mockserver.create_app(file, seed=1, settings=settings)) as client:
        shown = client.get("/v1/application_fees")

    assert 200 == shown.status_code
    assert 5 == len(shown.json()["data"])
