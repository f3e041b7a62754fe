"""Filters whose parameters are called otherwise than the properties: a period, a flag, a bound, a sentence, labels."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve
from tests.client import Client

VEGA = {
    "star": "Vega", "seenAt": "2026-05-01T21:00:00Z", "bookingDate": "2026-04-01", "isPublic": True, "magnitude": 0,
    "apertureMillimetres": 80, "minGuests": 1, "maxGuests": 4, "tags": ["blue"], "labels": {"dome": "north"},
}  # fmt: skip
ALGOL = {
    "star": "Algol", "seenAt": "2026-06-01T21:00:00Z", "bookingDate": "2026-05-02", "isPublic": False, "magnitude": 6.5,
    "apertureMillimetres": 200, "minGuests": 3, "maxGuests": 9, "tags": ["red", "double"], "labels": {"dome": "south"},
}  # fmt: skip
MIRA = {
    "star": "Mira", "seenAt": "2026-07-01T21:00:00Z", "bookingDate": "2026-06-03", "isPublic": True, "magnitude": 9,
    "apertureMillimetres": 300, "minGuests": 5, "maxGuests": 6, "tags": ["red"],
    "labels": {"dome": "north", "draft": "yes"},
}  # fmt: skip


@pytest.fixture
def api(serve: Serve) -> Client:
    api = serve("observatory")
    for star in (VEGA, ALGOL, MIRA):
        assert 201 == api.post("/observations", json=star).status_code
    return api


@pytest.mark.parametrize(
    ("query", "stars"),
    [
        ("startTime=2026-05-15T00:00:00Z&endTime=2026-06-15T00:00:00Z", "Algol"),
        ("startTime=2026-05-15T00:00:00Z", "Algol Mira"),
        ("BookedFrom=2026-05-01&BookedTo=2026-05-31", "Algol"),
        ("publicOnly=true", "Vega Mira"),
        ("publicOnly=false", "Vega Algol Mira"),
        ("minAperture=200", "Algol Mira"),
        ("guests=4", "Vega Algol"),
        ("guests=5", "Algol Mira"),
        ("faint=true", "Algol Mira"),
        ("faint=false", "Vega Algol Mira"),
        ("tags=red", "Algol Mira"),
        ("tags=double,red", "Algol"),
        ("filter=magnitude gt 6 and isPublic eq true", "Mira"),
        ("labelSelector=dome=north", "Vega Mira"),
        ("labelSelector=dome=north,draft", "Mira"),
        ("labelSelector=!draft,dome in (north, south)", "Vega Algol"),
        ("labelSelector=dome!=north", "Algol"),
        ("labelSelector=draft notin (yes)", "Vega Algol"),
        ("fieldSelector=star=Mira,isPublic=true", "Mira"),
        ("direction=desc", "Mira Algol Vega"),
    ],
)
def test_a_list_has_what_its_parameter_asks_for(api: Client, query: str, stars: str) -> None:
    found = api.get("/observations", params=dict(each.split("=", 1) for each in query.split("&"))).json()

    assert stars == " ".join(each["star"] for each in found)


def test_a_selector_that_is_none_is_refused(api: Client) -> None:
    assert 400 == api.get("/observations", params={"labelSelector": "dome=(north"}).status_code
