"""References in the replies of a public document lead to items, all through its operations."""

from __future__ import annotations

import asyncio

import pytest

import mockserver
from mockserver import ServiceSettings
from mockserver.contract import ReadingOptions
from tests.client import Client
from tests.joins.run import joins_of
from tests.package import APIS_GURU, unpacked


def test_what_the_replies_of_gitea_refer_to_is_there() -> None:
    """Its repositories are listed at eight paths, and read at two others; its users are made at a third."""
    joins = asyncio.run(joins_of(unpacked(APIS_GURU) / "api" / "gitea.io.json", items=5))

    assert len(joins.found) > 4000
    assert len(joins.missing) < 0.05 * len(joins.found), joins.missing[:5]
    assert joins.refused < 0.1 * joins.replies


@pytest.mark.parametrize(
    ("document", "path", "status"),
    [
        # the `account` of a fee is an account, or a deleted one with other properties
        ("stripe.com", "/v1/application_fees", 200),
        # a reply refers to items of a kind that is not stored
        ("mcw.edu", "/rgdws/ontology/term/kernel", 404),
        # an example has properties that its schema does not name, in an object of another type
        ("lyft.com", "/v1/rides", 200),
        # the id in the path is a list
        ("zalando.com", "/categories/delta-garden", 404),
        ("daniweb.com", "/connect/api/v4/users/350", 404),
        # what shows one item has no value in its path
        ("visagecloud.com", "/rest/v1.1/classifier/svm/status", 200),
        # the entries of a filter that is a list may be `all`
        ("anchore.io", "/subscriptions", 200),
        # a reply is a list of items of another kind
        ("getgo.com/gotowebinar", "/G2W/rest/organizers/351/webinars/1/sessions/5", 200),
    ],
)
def test_items_of_a_public_document_are_joined(document: str, path: str, status: int) -> None:
    file = unpacked(APIS_GURU) / "api" / f"{document}.json"
    settings = ServiceSettings(items=5, authenticate=False, validate=False)
    with Client(mockserver.create_app(file, seed=1, settings=settings, reading=ReadingOptions(lenient=True))) as client:
        shown = client.get(path)

    assert status == shown.status_code
    assert shown.json()
