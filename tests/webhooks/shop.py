"""A sandbox of orders that sends webhooks, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from mockserver import create_app
from mockserver.web.control.outbox import WebhookSettings
from tests.client import Client

DOCUMENT = Path(__file__).parents[2] / "examples/webhooks/orders.yaml"

OVERLAY = """\
overlay: 1.0.0
info: {title: Deliveries, version: "1"}
actions:
  - target: $
    update:
      x-service:
        delivery: {%s, evidence: assumed}
"""


SETTINGS: tuple[tuple[str, Any], ...] = (("webhooks", {}), ("webhook_secret", ""), ("callback_allow", ()))
"""The options of a shop that are settings of webhooks, with their defaults."""


class Shop:
    """A client of a sandbox of orders; `namespace` is sent with each request, if it is given."""

    def __init__(self, client: Client, namespace: str = "") -> None:
        self.client = client
        self.headers = {"mock-namespace": namespace} if namespace else {}

    def send(self, method: str, path: str, status: int, **options: Any) -> Any:
        """Send a request; the JSON of its response, which must have that status."""
        reply: httpx.Response = self.client.request(method, path, headers=self.headers, **options)
        assert status == reply.status_code, reply.text
        return reply.json() if reply.content else None

    def order(self, **fields: Any) -> Any:
        """Create an order."""
        return self.send("POST", "/orders", 201, json={"product": "shoe", **fields})

    def pay(self, order: Any, status: str = "paid") -> None:
        """Change the status of an order."""
        self.send("PATCH", f"/orders/{order['id']}", 200, json={"status": status})

    def subscribe(self, url: str, *events: str, **fields: Any) -> Any:
        """Subscribe as a client of the service does."""
        return self.send("POST", "/subscriptions", 201, json={"url": url, "events": [*events], **fields})

    def deliveries(self, **query: Any) -> Any:
        """All deliveries when they are finished, the oldest first."""
        return self.send("GET", "/_mock/deliveries", 200, params={"wait": 20, **query})[::-1]

    def states(self) -> list[tuple[str, str, int]]:
        """Event, state and number of attempts of each delivery."""
        return [(each["event"], each["state"], len(each["attempts"])) for each in self.deliveries()]


@contextmanager
def shop(
    tmp_path: Path, delivery: str = "retries: [0, 0]", document: Path = DOCUMENT, **options: Any
) -> Iterator[Shop]:
    """A sandbox; `delivery` are the keys of the statement about deliveries."""
    overlay = tmp_path / "deliveries.yaml"
    overlay.write_text(OVERLAY % delivery, encoding="utf-8")
    addresses, secret, allow = (options.pop(name, default) for name, default in SETTINGS)
    webhooks = WebhookSettings(addresses, secret, allow)
    sandbox = create_app(document, behaviour=[overlay, *options.pop("behaviour", [])], webhooks=webhooks, **options)
    with Client(sandbox) as client:
        try:
            yield Shop(client)
        finally:
            asyncio.run(sandbox.outbox.queue.close())
