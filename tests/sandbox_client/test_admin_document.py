"""The client and the document of the admin API agree: the requests are valid, and the responses can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver import create_app
from mockserver.client import Namespace, Sandbox
from mockserver.client.sync_items import ItemsClient
from mockserver.pytest_plugin.app_transport import AppTransport
from mockserver.pytest_plugin.loop_thread import LoopThread
from mockserver.web.service import ServiceSettings

DOCUMENT = Path(__file__).parents[2] / "mockserver/web/admin/openapi.yaml"


def items(ns: Namespace) -> ItemsClient:
    """The items of a resource; the mock serves no service of that name."""
    return ItemsClient(ns.sandbox.send, ns._calls.items("s", "r", "t", "o"))


CALLS: dict[str, Callable[[Namespace], Any]] = {
    "health": lambda ns: ns.sandbox.health(),
    "namespaces": lambda ns: ns.sandbox.namespaces(),
    "begin": lambda ns: ns.begin(),
    "end": lambda ns: ns.end(),
    "requests": lambda ns: ns.requests(
        operation="x", service="s", method="GET", status="4XX", since=1, unmatched=True, limit=5
    ),
    "all requests": lambda ns: ns.sandbox.requests(status=404),
    "clear": lambda ns: ns.clear_requests(),
    "why": lambda ns: ns.why(1),
    "har": lambda ns: ns.har(),
    "verify": lambda ns: ns.sandbox.send(ns._calls.verify({"operation": "x", "count": {"exactly": 3}})),
    "override": lambda ns: ns.override(
        {"operation": "x", "query": {"a": "b"}},
        [{"status": 429, "headers": {"Retry-After": "1"}}, {"pass": True}],
        times=2,
        after=1,
        probability=0.5,
        expires=60,
        invalid=True,
        note="why",
    ),
    "fail": lambda ns: ns.fail("x", status=503, body={"a": 1}, headers={"a": "b"}, delay=0.5, times=2),
    "refuse": lambda ns: ns.fail(refusal="too-many", when={"method": "GET", "path": "/x"}),
    "fault": lambda ns: ns.fault("x", "cut", fraction=0.5, times=1),
    "slow": lambda ns: ns.fault("x", "slow", bytes_per_second=10),
    "stale": lambda ns: ns.fault("x", "stale-read", requests=2),
    "capacity": lambda ns: ns.fault(None, "capacity", limit=2, seconds=30),
    "delay": lambda ns: ns.delay("x", 0.5),
    "uniform": lambda ns: ns.delay(seconds=(0.1, 0.2)),
    "log-normal": lambda ns: ns.delay(median=0.1),
    "overrides": lambda ns: ns.overrides(),
    "remove overrides": lambda ns: ns.remove_overrides(),
    "replace override": lambda ns: ns.replace_override("a/b", {"operation": "x"}, {"status": 503}, times=2),
    "preview": lambda ns: ns.preview_override({"operation": "x"}, {"delay": 2}, request={"number": 7}, note="why"),
    "preview of any": lambda ns: ns.preview_override(None, [{"status": 503}, {"pass": True}]),
    "switch override": lambda ns: ns.switch_override("1", enabled=False),
    "remove override": lambda ns: ns.remove_overrides("a/b"),
    "status": lambda ns: ns.status(),
    "subscriptions": lambda ns: ns.subscriptions(),
    "unsubscribe": lambda ns: ns.unsubscribe("a/b"),
    "clear deliveries": lambda ns: ns.clear_deliveries(),
    "remove checkpoint": lambda ns: ns.remove_checkpoint("start"),
    "state": lambda ns: ns.all_state(service="s", tenant="t"),
    "list": lambda ns: items(ns).list(),
    "page": lambda ns: items(ns).list(limit=10, offset=20),
    "versions": lambda ns: items(ns).versions("a b/c"),
    "add": lambda ns: items(ns).add({"a": 1}, invalid=True),
    "get": lambda ns: items(ns).get(7),
    "set": lambda ns: items(ns).set("a b/c", {"a": 1}),
    "change": lambda ns: items(ns).change(7, {"a": 1}),
    "remove": lambda ns: items(ns).remove(7),
    "snapshot": lambda ns: ns.snapshot(),
    "restore": lambda ns: ns.restore({"version": 1, "services": {}}),
    "checkpoint": lambda ns: ns.checkpoint("start"),
    "checkpoints": lambda ns: ns.checkpoints(),
    "restore checkpoint": lambda ns: ns.restore("start"),
    "reset": lambda ns: ns.reset(service="s", tenant="t"),
    "reset all": lambda ns: ns.sandbox.reset(),
    "now": lambda ns: ns.clock.now(),
    "freeze": lambda ns: ns.clock.freeze("2030-01-01T00:00:00Z"),
    "advance": lambda ns: ns.clock.advance(60),
    "set clock": lambda ns: ns.clock.set("2030-01-01T00:00:00Z"),
    "resume": lambda ns: ns.clock.resume(),
}


@pytest.fixture(scope="module")
def documented() -> Iterator[Namespace]:
    """A namespace of a sandbox that is itself a mock: of the document of the admin API, without inference."""
    settings = ServiceSettings(authenticate=False, strict_query=True, materialize=True)
    app, loop = create_app(DOCUMENT, seed=1, settings=settings), LoopThread()
    yield Sandbox(f"http://mock/{next(iter(app.services))}", transport=lambda: AppTransport(app, loop)).namespace(
        "mine"
    )
    loop.close()


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_requests_and_responses_of_the_client_are_those_of_the_document(
    documented: Namespace, call: Callable[[Namespace], Any]
) -> None:
    call(documented)
