"""The admin API below `/_mock/` (health, state, reset, clock), and the served documents."""

from __future__ import annotations

from pathlib import Path

import pytest
from openapi_spec_validator import validate

import mockserver
from mockserver import vendor_files
from mockserver.web.admin import reference_page
from mockserver.web.admin.functions import FUNCTIONS
from mockserver.web.app import Sandbox
from tests.client import Client
from tests.web.conftest import ADMIN, LINEAR, SERVERS

HEADERS = {"Authorization": f"Bearer {ADMIN}"}


def test_health_lists_the_services_and_how_tools_are_synced(admin: Client) -> None:
    health = admin.get("/_mock/health").json()

    assert ("ok", 7) == (health["status"], health["seed"])
    assert (5, "simulated") == (health["services"]["basedash"]["operations"], health["services"]["basedash"]["sync"])


def test_the_state_shows_items_and_facts_by_tenant_and_masks_secrets(admin: Client) -> None:
    admin.post(SERVERS, json={**LINEAR, "headers": [{"name": "X-Key", "value": "hush"}]})

    reply = admin.get("/_mock/state")
    [item] = reply.json()["basedash"]["org_abc123"]["mcp-server"]

    assert "hush" not in reply.text
    assert ("Linear", "********") == (item["displayName"], item["headers"])
    assert "trialStartedAt" in reply.json()["basedash"]["org_abc123"]["facts"]


def test_the_trial_starts_once_for_an_organization(admin: Client) -> None:
    admin.post(SERVERS, json=LINEAR)
    first = admin.get("/_mock/state").json()["basedash"]["org_abc123"]["facts"]
    admin.post(SERVERS, json=LINEAR)

    assert first == admin.get("/_mock/state").json()["basedash"]["org_abc123"]["facts"]


def test_a_reset_deletes_all_tenants_or_one(admin: Client) -> None:
    other = SERVERS.replace("org_abc123", "org_2")
    for address in (SERVERS, other):
        admin.post(address, json=LINEAR)

    admin.post("/_mock/reset", params={"service": "basedash", "tenant": "org_2"})
    assert (1, 0) == (len(admin.get(SERVERS).json()["data"]), len(admin.get(other).json()["data"]))

    assert 200 == admin.post("/_mock/reset", params={"tenant": "org_without_items"}).status_code
    assert 1 == len(admin.get(SERVERS).json()["data"])

    admin.post("/_mock/reset")
    assert {"basedash": {}} == admin.get("/_mock/state").json()


@pytest.mark.parametrize(
    ("method", "path", "status", "word"),
    [
        ("GET", "/_mock/reset", 405, "POST"),
        ("GET", "/_mock/state?service=stripe", 404, "basedash"),
        ("GET", "/_mock/state?servce=basedash", 400, "service"),
        ("POST", "/_mock/clock?advance=soon", 400, "advance"),
        ("GET", "/_mock/nothing", 404, "nothing"),
    ],
)
def test_a_wrong_request_gets_an_error_with_what_is_allowed(
    admin: Client, method: str, path: str, status: int, word: str
) -> None:
    reply = admin.request(method, path)

    assert status == reply.status_code
    assert word in reply.text


def test_the_clock_can_be_advanced_with_a_seed(admin: Client) -> None:
    before = admin.post("/_mock/clock", params={"advance": 0}).json()["now"]

    assert 60 <= admin.post("/_mock/clock", params={"advance": 60}).json()["now"] - before < 61


def test_state_and_reset_need_the_token_when_there_is_one() -> None:
    app = mockserver.create_app("basedash", token="open-sesame")

    with Client(app) as client:
        assert 200 == client.get("/_mock/health").status_code
        assert 401 == client.get("/_mock/state").status_code
        refused = client.post("/_mock/reset", headers={"Authorization": "Bearer wrong"})
        assert (401, True) == (refused.status_code, "this is not the token" in refused.json()["detail"])
        assert 200 == client.get("/_mock/state", headers={"Authorization": "Bearer open-sesame"}).status_code


@pytest.mark.parametrize("vendor", vendor_files.names())
def test_each_document_is_served_as_published_with_the_url_of_the_mock(vendor: str) -> None:
    with Client(mockserver.create_app(), "http://localhost:8080") as client:
        document = client.get(f"/{vendor}/openapi.json").json()
        page = client.get(f"/{vendor}/docs")

    validate(document)
    assert document["servers"][0]["url"].startswith(f"http://localhost:8080/{vendor}")
    assert not [key for key in document if key.startswith("x-")]
    assert (200, True) == (page.status_code, document["info"]["title"] in page.text)


def test_a_single_document_is_also_mounted_at_the_root(sandbox: Sandbox) -> None:
    with Client(sandbox, headers=HEADERS) as client:
        created = client.post(SERVERS.removeprefix("/basedash"), json=LINEAR).json()["data"]

        assert created["id"] == client.get(SERVERS).json()["data"][0]["id"]
        assert 200 == client.get("/openapi.json").status_code


def test_a_document_has_the_scheme_that_a_proxy_on_this_machine_forwards(admin: Client) -> None:
    [server] = admin.get("/basedash/openapi.json", headers={"X-Forwarded-Proto": "https"}).json()["servers"]

    assert "https://sandbox/basedash" == server["url"]


def test_the_page_of_the_admin_api_is_generated_from_its_document() -> None:
    page = (Path(__file__).parents[2] / "docs" / "admin-api.md").read_text("utf-8").splitlines()

    assert list(reference_page.page()) == page


def test_every_operation_of_the_admin_api_has_its_function(admin: Client) -> None:
    paths = admin.get("/_mock/openapi.json").json()["paths"]
    operations = [operation for item in paths.values() for operation in item.values()]

    assert {each["operationId"] for each in operations if "operationId" in each} == set(FUNCTIONS)
