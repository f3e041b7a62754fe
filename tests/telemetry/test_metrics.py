"""What Prometheus reads at `/_mock/metrics`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

import mockserver
from mockserver.telemetry.metrics import Metrics
from mockserver.web.app import Sandbox
from tests.client import Client
from tests.process import ROOT

PETSTORE = ROOT / "docs/petstore.yaml"
TOM = {"name": "Tom", "kind": "cat"}


@pytest.fixture
def sandbox() -> Sandbox:
    sandbox = mockserver.create_app(PETSTORE, seed=1, journal=10)
    metrics = Metrics(sandbox.control)
    sandbox.control.metrics = lambda: (metrics.exposed(), metrics.content_type)
    sandbox.observe(metrics)
    return sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    with Client(sandbox) as client:
        yield client


def values(client: Client) -> dict[str, float]:
    """The value of each sample by its name with its labels, as `name{service="…"}`."""
    families = text_string_to_metric_families(client.get("/_mock/metrics").text)
    return {
        f"{each.name} {' '.join(each.labels[name] for name in sorted(each.labels))}".strip(): each.value
        for family in families
        for each in family.samples
    }


def test_requests_are_counted_by_service_operation_method_and_status(client: Client) -> None:
    client.post("/pets", json=TOM)
    client.get("/pets")
    client.get("/pets")

    found = values(client)

    assert 2 == found["mockserver_requests_total GET listPets petstore 200"]
    assert 1 == found["mockserver_requests_total POST createPet petstore 201"]
    assert 2 == found["mockserver_request_duration_seconds_count listPets petstore"]
    assert found["mockserver_request_duration_seconds_sum listPets petstore"] > 0


def test_refusals_are_counted_by_kind_and_step_and_their_faults_by_keyword(client: Client) -> None:
    client.post("/pets", json={"name": 5, "kind": "cow"})
    client.get("/pets/999")

    found = values(client)

    assert 1 == found["mockserver_refusals_total invalid createPet petstore body"]
    assert 1 == found["mockserver_refusals_total missing getPet petstore handler"]
    assert 1 == found["mockserver_validation_faults_total enum body createPet petstore"]
    assert 1 == found["mockserver_validation_faults_total type body createPet petstore"]


def test_what_is_stored_is_counted_when_it_is_asked_for(client: Client) -> None:
    client.post("/pets", json=TOM)
    client.get("/pets", headers={"Mock-Namespace": "other"})

    found = values(client)

    assert 1 == found["mockserver_items pet petstore"]
    assert 2 == found["mockserver_namespaces"]
    assert 2 == found["mockserver_journal_entries"]


def test_methods_that_clients_make_up_are_one_series(client: Client) -> None:
    for number in range(5):
        client.request(f"MADEUP{number}", "/pets")

    found = values(client)

    assert 5 == sum(value for name, value in found.items() if name.startswith("mockserver_requests_total other"))


def test_requests_to_the_admin_api_are_not_counted(client: Client) -> None:
    client.get("/_mock/state")

    assert not [name for name in values(client) if name.startswith("mockserver_requests_total")]


def test_a_sandbox_without_metrics_says_how_to_get_them() -> None:
    with Client(mockserver.create_app(PETSTORE)) as client:
        reply = client.get("/_mock/metrics")

    assert (409, "this sandbox keeps no metrics; start it with --metrics") == (
        reply.status_code,
        reply.json()["detail"],
    )
