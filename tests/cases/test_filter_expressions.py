"""Filter expressions of OData and SCIM, and the PATCH of SCIM."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.conftest import DOCUMENTS, Serve
from tests.client import Client
from tests.process import run

PRODUCTS = (
    {"Name": "Milk", "Price": 2.5, "Released": "2024-01-01", "Maker": {"City": "Rome"}},
    {"Name": "Bread", "Price": 4, "Released": "2025-01-01"},
    {"Name": "O'Neil", "Price": 1},
)

ADA = {
    "userName": "Ada",
    "active": True,
    "emails": [{"value": "a@x", "type": "work"}, {"value": "h@x", "type": "home"}],
}


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ("Name eq 'Milk'", [1]),
        ("Name eq 'milk'", []),
        ("Name ne 'Milk'", [2, 3]),
        ("Price gt 2", [1, 2]),
        ("Price ge 2.5 and Price lt 4", [1]),
        ("Released ge 2024-06-01", [2]),
        ("Released eq null", [3]),
        ("contains(Name,'i')", [1, 3]),
        ("startswith(Name,'B') or Maker/City eq 'Rome'", [1, 2]),
        ("not (Price gt 2)", [3]),
        ("Name eq 'O''Neil'", [3]),
        ("Name in ('Milk','Bread')", [1, 2]),
        ("(Price gt 2 or Price lt 2) and ID ne 2", [1, 3]),
    ],
)
def test_a_filter_of_odata_selects_items(serve: Serve, expression: str, ids: list[int]) -> None:
    api = serve("odata-queries")
    for product in PRODUCTS:
        api.post("/Products", json=product)

    shown = api.get("/Products", params={"$filter": expression, "$count": "true"}).json()

    assert (ids, len(ids)) == ([each["ID"] for each in shown["value"]], shown["@odata.count"])


@pytest.mark.parametrize("expression", ["Price zz 2", "(Price gt 2", "Price gt", "a eq 'b", "f(x) eq 2", "(" * 99])
def test_an_expression_that_cannot_be_read_is_refused(serve: Serve, expression: str) -> None:
    reply = serve("odata-queries").get("/Products", params={"$filter": expression})

    assert (400, True) == (reply.status_code, reply.json()["detail"].startswith("query $filter"))


def test_a_test_of_each_value_of_a_list_is_refused_as_not_supported(serve: Serve) -> None:
    reply = serve("odata-queries").get("/Products", params={"$filter": "Tags/any(t: t eq 'x')"})

    assert (400, True) == (reply.status_code, "tags/any is not supported" in reply.json()["detail"])


def test_what_of_odata_changes_nothing_is_said_at_start() -> None:
    done = run("infer", str(DOCUMENTS / "odata-queries.yaml"))

    assert "show every property and no more: GET /Products?$select" in done.stdout + done.stderr


def test_queries_of_odata_sort_and_page(serve: Serve) -> None:
    api = serve("odata-queries")
    for product in PRODUCTS:
        api.post("/Products", json=product)

    page = api.get("/Products?$top=1&$skip=1&$orderby=Price desc").json()

    assert ([1], 3) == ([each["ID"] for each in page["value"]], page["@odata.count"])


def user(api: Client) -> dict[str, Any]:
    made: dict[str, Any] = api.post("/Users", json=ADA, headers={"content-type": "application/scim+json"}).json()
    return made


@pytest.mark.parametrize(
    ("expression", "total"),
    [
        ('userName eq "ada"', 1),
        ('userName eq "bob"', 0),
        ('active eq true and userName sw "a"', 1),
        ('emails[type eq "work" and value co "@x"]', 1),
        ('emails[type eq "work"].value eq "h@x"', 0),
        ('emails co "h@"', 1),
        ("name.familyName pr", 0),
        ('urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ada"', 1),
    ],
)
def test_a_filter_of_scim_selects_items(serve: Serve, expression: str, total: int) -> None:
    api = serve("scim")
    user(api)

    assert total == api.get("/Users", params={"filter": expression}).json()["totalResults"]


@pytest.mark.parametrize(
    ("operation", "changed"),
    [
        ({"op": "replace", "path": "active", "value": False}, {"active": False}),
        ({"op": "Replace", "value": {"active": False, "userName": "x"}}, {"active": False, "userName": "x"}),
        ({"op": "add", "path": "name.givenName", "value": "A"}, {"name": {"givenName": "A"}}),
        ({"op": "add", "path": "emails", "value": [{"value": "n@x"}]}, {"emails": [*ADA["emails"], {"value": "n@x"}]}),
        (
            {"op": "replace", "path": 'emails[type eq "work"].value', "value": "n@x"},
            {"emails": [{"value": "n@x", "type": "work"}, ADA["emails"][1]]},
        ),
        ({"op": "remove", "path": 'emails[type eq "home"]'}, {"emails": ADA["emails"][:1]}),
    ],
)
def test_a_patch_of_scim_does_its_operations(serve: Serve, operation: dict[str, Any], changed: dict[str, Any]) -> None:
    api = serve("scim")
    before = user(api)
    headers = {"content-type": "application/scim+json"}

    shown = api.patch(f"/Users/{before['id']}", json={"Operations": [operation]}, headers=headers).json()

    assert before | changed == shown == api.get(f"/Users/{before['id']}").json()


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": 'emails[type eq "none"].value', "value": "n@x"},
        {"op": "replace", "path": "emails[type", "value": "n@x"},
        {"op": "replace", "path": "active", "value": "no"},
        {"op": "remove", "path": "userName"},
    ],
)
def test_a_patch_of_scim_that_leads_nowhere_changes_nothing(serve: Serve, operation: dict[str, Any]) -> None:
    api = serve("scim")
    before = user(api)

    reply = api.patch(
        f"/Users/{before['id']}",
        json={"Operations": [{"op": "replace", "path": "active", "value": False}, operation]},
        headers={"content-type": "application/scim+json"},
    )

    assert 400 == reply.status_code
    assert before == api.get(f"/Users/{before['id']}").json()
