"""The document of the admin API, as a running sandbox publishes it: its examples are its own services and items."""

from __future__ import annotations

import mockserver
from tests.client import Client
from tests.process import ROOT

SHOP = str(ROOT / "docs" / "shop.yaml")
TOKEN = {"Authorization": "Bearer secret"}
READ = (
    "/behaviour/{service}", "/resources/{service}/{resource}", "/operations/{service}?operation={operationId}",
    "/requests/{number}", "/requests/{number}/why", "/state/{service}/{resource}", "/state/{service}/{resource}/{id}",
    "/state/{service}/{resource}/{id}/versions",
)  # fmt: skip
"""What needs the name of something to be read."""


def examples(client: Client, **headers: str) -> dict[str, object]:
    """The examples of the parameters by their names in the components."""
    parameters = client.get("/_mock/openapi.json", headers=headers).json()["components"]["parameters"]
    return {name: each["example"] for name, each in parameters.items() if "example" in each}


def test_the_examples_lead_to_something() -> None:
    with Client(mockserver.create_app(SHOP, seed=1, journal=10)) as client:
        client.post("/customers", json={"name": "Ada"})
        found = {name.removesuffix("Name"): str(value) for name, value in examples(client).items()}
        values = {**found, "id": found["itemId"]}
        replies = {path: client.get("/_mock" + path.format_map(values)) for path in READ}

    assert {} == {path: reply.text for path, reply in replies.items() if not reply.is_success}
    assert "Ada" == replies["/state/{service}/{resource}/{id}"].json()["name"]


def test_before_anything_is_stored_or_asked_there_is_no_number_and_a_usual_id() -> None:
    with Client(mockserver.create_app(SHOP, seed=1, journal=10)) as client:
        assert {"serviceName": "shop", "resource": "customer", "itemId": "1"}.items() <= examples(client).items()
        assert "number" not in examples(client)


def test_who_has_no_token_sees_no_examples() -> None:
    with Client(mockserver.create_app(SHOP, token="secret")) as client:
        assert {} == examples(client)
        assert "shop" == examples(client, **TOKEN)["serviceName"]


def test_a_resource_with_tenants_is_no_example() -> None:
    with Client(mockserver.create_app("basedash", journal=10)) as client:
        assert {} == examples(client)


def test_a_header_that_is_no_name_of_a_namespace_is_refused_by_every_operation() -> None:
    sent = {"method": "GET", "target": "/customers"}
    with Client(mockserver.create_app(SHOP, journal=10)) as client:
        for wrong in ({"Mock-Namespace": "a b"}, {"baggage": "mock-namespace=" + "x" * 129}):
            replies = [client.post("/_mock/send", json=sent, headers=wrong), client.get("/_mock/har", headers=wrong)]
            assert [409, 400] == [each.status_code for each in replies]  # what cannot be sent is a conflict
