"""The links of a response in the journal, as requests that follow it (OpenAPI 3.1 section 4.8.20)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mockserver
from tests.client import Client

DOCUMENT = Path(__file__).with_name("linked.yaml")


@pytest.fixture
def api() -> Iterator[Client]:
    with Client(mockserver.create_app(DOCUMENT, seed=1, journal=100)) as client:
        yield client


def links(api: Client, number: str) -> dict[str, Any]:
    """The links of a response by name."""
    return {each["name"]: each for each in api.get(f"/_mock/requests/{number}/links").json()}


def test_a_link_is_a_request_with_the_values_of_the_response(api: Client) -> None:
    made = api.post("/orders", json={"kind": "big"})
    found, id = links(api, made.headers["mock-request"]), made.json()["id"]

    assert ["order", "invoices", "rename", "seller"] == [*found]
    assert ("GET", f"/orders/{id}", "The order itself.") == (
        found["order"]["request"]["method"],
        found["order"]["request"]["target"],
        found["order"]["description"],
    )
    assert f"/invoices?state=open&order={id}" == found["invoices"]["request"]["target"]
    assert ["x-kind", "big order"] in found["invoices"]["request"]["headers"]
    assert {"kind": "renamed"} == found["rename"]["request"]["body"]["json"]
    assert ("$response.body#/seller is nothing in this response", None) == (
        found["seller"]["missing"],
        found["seller"]["request"],
    )


def test_what_a_link_fills_in_can_be_sent(api: Client) -> None:
    made = api.post("/orders", json={"kind": "big"}, headers={"Mock-Namespace": "mine"})
    wanted = links(api, made.headers["mock-request"])["order"]
    asked = {name: wanted["request"][name] for name in ("method", "target", "headers")}
    sent = api.post("/_mock/send", json={"service": wanted["service"], "operation": wanted["operation"], **asked})

    assert (200, made.json()) == (sent.json()["response"]["status"], sent.json()["response"]["body"]["json"])


def test_a_response_without_links_has_none(api: Client) -> None:
    number = api.post("/orders", json={"kind": 7}).headers["mock-request"]

    assert {} == links(api, number)
    assert 404 == api.get("/_mock/requests/999/links").status_code
