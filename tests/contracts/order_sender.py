"""A correct service of orders that sends callbacks and webhooks, as an ASGI app, and what breaks each check of them."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import httpx
from standardwebhooks import Webhook

SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"

PAUSE, ATTEMPTS = 0.02, 4


class OrderSender:
    """Orders and subscriptions of `examples/webhooks/orders.yaml`. `bug` is the name of the check that it breaks."""

    def __init__(self, bug: str = "") -> None:
        self._bug, self._orders, self._subscriptions = bug, dict[str, Any](), dict[str, Any]()
        self._client, self._threads = httpx.Client(timeout=20), list[Thread]()

    def close(self) -> None:
        """Wait until everything is sent."""
        for each in self._threads:
            each.join()
        self._client.close()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        status, value = self._answer(scope["method"], scope["path"].strip("/").split("/"), json.loads(body or b"{}"))
        content = b"" if value is None else json.dumps(value).encode()
        headers = [(b"content-type", b"application/json")] if content else []
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, method: str, path: list[str], body: dict[str, Any]) -> tuple[int, Any]:
        calls: Mapping[tuple[str, str, int], Callable[..., tuple[int, Any]]] = {
            ("POST", "orders", 1): lambda: self._create(body),
            ("POST", "subscriptions", 1): lambda: self._subscribe(body),
            ("DELETE", "orders", 2): lambda: self._remove(path[1]),
            ("DELETE", "subscriptions", 2): lambda: self._delete(self._subscriptions, path[1]),
        }
        call = calls.get((method, path[0], len(path)))
        return call() if call is not None else (404, None)

    def _create(self, body: dict[str, Any]) -> tuple[int, Any]:
        order = {"id": str(uuid.uuid4()), "status": "new", "product": "", **body}
        if "product" not in body:
            if self._bug == "delivery-refused" and "notify_url" in order:
                self._deliver("order.created", order["notify_url"], SECRET, order)
            return 400, None
        self._orders[order["id"]] = order
        self._tell(order)
        return 201, order

    def _subscribe(self, body: dict[str, Any]) -> tuple[int, Any]:
        made = {"id": str(uuid.uuid4()), **body}
        self._subscriptions[made["id"]] = made
        return 201, {name: value for name, value in made.items() if name != "secret"}

    def _remove(self, id: str) -> tuple[int, Any]:
        if id in self._orders:
            self._announce("order.deleted", self._orders[id])
        return self._delete(self._orders, id)

    @staticmethod
    def _delete(stored: dict[str, Any], id: str) -> tuple[int, Any]:
        return (204, None) if stored.pop(id, None) is not None else (404, None)

    def _tell(self, order: dict[str, Any]) -> None:
        if "notify_url" in order:
            query = "" if self._bug == "delivery-address" else f"?order={order['id']}"
            self._send("order.created", order["notify_url"] + query, SECRET, order)
        self._announce("order.created", order)

    def _announce(self, name: str, order: dict[str, Any]) -> None:
        for each in self._subscriptions.values():
            if not each.get("events") or name in each["events"]:
                self._send(name, each["url"], each.get("secret") or SECRET, order)

    def _send(self, name: str, url: str, secret: str, order: dict[str, Any]) -> None:
        if self._bug == "delivery-retry":  # at once, so that a test does not have to wait for it
            self._deliver(name, url, secret, order)
        elif self._bug != "delivery-sent":
            self._threads.append(Thread(target=self._deliver, args=(name, url, secret, order)))
            self._threads[-1].start()

    def _deliver(self, name: str, url: str, secret: str, order: dict[str, Any]) -> None:
        event = {"type": name, "timestamp": datetime.now(UTC).isoformat(), "data": order}
        if self._bug == "delivery-content":
            del event["timestamp"]
        body, id = json.dumps(event), f"msg_{uuid.uuid4().hex}"
        if self._bug == "delivery-signature":
            secret = "whsec_" + "A" * 32
        for _ in range(1 if self._bug == "delivery-retry" else ATTEMPTS):
            if self._bug == "same id":
                id = f"msg_{uuid.uuid4().hex}"
            try:
                if self._client.post(url, content=body, headers=_signed(secret, id, body)).is_success:
                    return
            except httpx.TransportError:
                return
            time.sleep(PAUSE)


def _signed(secret: str, id: str, body: str) -> dict[str, str]:
    moment = datetime.now(UTC)
    return {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(id, moment, body),
    }
