"""The client of a sandbox as a user's program uses it. It is not run: mypy and pyright read it (tests/test_api.py).

A line with `type: ignore` must be wrong, and wrong in that way: both report an ignore that nothing needs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any, assert_type

import httpx

from mockserver.client import (
    AppliedOverride,
    AsyncNamespace,
    AsyncSandbox,
    CheckpointStatus,
    ClockTime,
    ItemVersion,
    JournalEntry,
    Namespace,
    NamespaceStatus,
    OverridePreview,
    PreviewedAnswer,
    RequestExplanation,
    Sandbox,
    SandboxError,
    SandboxHealth,
    SentWebhook,
    VerificationResult,
    WebhookSubscription,
)

sandbox = Sandbox("http://127.0.0.1:8080", token="secret", timeout=5)
assert_type(sandbox.health(), SandboxHealth)
assert_type(sandbox.namespaces(), list[NamespaceStatus])
assert_type(sandbox.requests(limit=3), list[JournalEntry])
Sandbox(8080)  # type: ignore[arg-type]

with sandbox.namespace() as ns:
    assert_type(ns, Namespace)
    assert_type(ns.base_url("shop"), str)
    assert_type(ns.client("shop"), httpx.Client)
    entries = ns.requests(operation="createCustomer", status="4XX", unmatched=False)
    assert_type(entries[0].status, int | None)
    assert_type(entries[0].request.body.json, Any)
    assert_type(ns.follow(since=1, seconds=1), Iterator[JournalEntry])
    assert_type(ns.why(entries[0]), RequestExplanation)
    ns.why(httpx.Response(200))
    ns.why("1")  # type: ignore[arg-type]
    ns.requests(operatoin="x")  # type: ignore[call-arg]
    assert_type(ns.verify("createCustomer", count=3, json={"name": "Ada"}, path="/customers"), VerificationResult)
    assert_type(ns.subscribe("http://127.0.0.1:9000", "order.created"), WebhookSubscription)
    assert_type(ns.deliveries(event="order.created", wait=1), list[SentWebhook])
    assert_type(ns.send_webhook("order.created", item=("order", 1)), list[SentWebhook])
    assert_type(ns.fail("createCustomer", status=503, times=2), AppliedOverride)
    assert_type(ns.fault("createCustomer", "cut", fraction=0.5, times=1), AppliedOverride)
    assert_type(ns.delay(seconds=(0.1, 0.2)), AppliedOverride)
    ns.override({"operation": "listCustomers"}, [{"status": 429}, {"pass": True}], times=2)
    assert_type(ns.state("shop", "customer").list(limit=10, offset=0), list[dict[str, Any]])
    assert_type(ns.state("shop", "customer").versions(7), list[ItemVersion])
    assert_type(ns.replace_override("1", None, {"status": 503}, times=2), AppliedOverride)
    preview = ns.preview_override(None, {"status": 503}, request={"number": 1})
    assert_type(preview, OverridePreview)
    assert_type(preview.answers, list[PreviewedAnswer])
    assert_type(preview.answers[0].status, int | None)
    assert_type(ns.checkpoint("start"), CheckpointStatus)
    ns.restore("start")
    ns.restore(ns.snapshot())
    assert_type(ns.clock.advance(timedelta(hours=1)), ClockTime)


async def steered(url: str) -> int:
    """The same with `await`."""
    try:
        async with AsyncSandbox(url).namespace("mine") as namespace:
            assert_type(namespace, AsyncNamespace)
            assert_type(await namespace.base_url(), str)
            assert_type(await namespace.client(), httpx.AsyncClient)
            assert_type(await namespace.requests(limit=1), list[JournalEntry])
            assert_type(namespace.follow(), AsyncIterator[JournalEntry])
            customers = await namespace.state("shop", "customer")
            assert_type(await customers.add({"name": "Ada"}), dict[str, Any])
            assert_type(await customers.versions("7"), list[ItemVersion])
            assert_type(await namespace.preview_override(None, {"status": 503}), OverridePreview)
            assert_type(await namespace.clock.now(), ClockTime)
            await namespace.verify("createCustomer", count="3")  # type: ignore[arg-type]
    except SandboxError as error:
        assert_type(error.status, int | None)
        return error.status or 0
    return 200
