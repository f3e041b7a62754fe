"""Subscriptions that were added by the admin API are those of all processes that share a store."""

from __future__ import annotations

from pathlib import Path

from tests.process import ROOT
from tests.sharing.conftest import AppClient, Open, Start
from tests.sharing.failing_store_app import UnwritableLog

DOCUMENT = ROOT / "examples/webhooks/orders.yaml"
SUBSCRIPTION = {"url": "http://127.0.0.1:9/hook", "events": ["order.created"]}


def listed(client: AppClient) -> list[str]:
    return [each["id"] for each in client.get("/_mock/subscriptions").json()]


def test_a_subscription_is_added_and_removed_for_all(open_handle: Open, start: Start) -> None:
    first, second = (start(open_handle(), document=DOCUMENT) for _ in range(2))
    one = first.post("/_mock/subscriptions", json=SUBSCRIPTION).json()["id"]
    two = second.post("/_mock/subscriptions", json=SUBSCRIPTION).json()["id"]

    assert [[one, two], [one, two]] == [listed(first), listed(second)]
    second.delete(f"/_mock/subscriptions/{one}")
    assert [[two], [two]] == [listed(first), listed(second)]


def test_a_process_that_starts_has_the_subscriptions_of_the_store(open_handle: Open, start: Start) -> None:
    first = start(open_handle(), document=DOCUMENT)
    added = first.post("/_mock/subscriptions", json=SUBSCRIPTION).json()["id"]
    namespace = first.app.namespaces.default
    assert namespace.shared is not None
    shared = namespace.shared
    # So that the next one starts from a snapshot:
    open_handle().save(shared.partition, shared.revision, shared.followed.snapshot())

    assert [added] == listed(start(open_handle(), document=DOCUMENT))


def test_a_request_that_is_not_kept_sends_no_webhook(tmp_path: Path, start: Start) -> None:
    full = tmp_path / "full"
    client = start(UnwritableLog(full, 0), document=DOCUMENT)
    client.post("/_mock/subscriptions", json=SUBSCRIPTION)
    full.touch()
    refused = client.post("/orders", json={"product": "book"})
    unsent = client.get("/_mock/deliveries").json()
    full.unlink()
    made = client.post("/orders", json={"product": "book"})

    assert ((503, []), 201) == ((refused.status_code, unsent), made.status_code)
    assert ["order.created"] == [each["event"] for each in client.get("/_mock/deliveries").json()]
