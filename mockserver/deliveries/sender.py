"""Sends one attempt of a delivery: signed, within its timeout, without following redirects."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import httpcore

from mockserver.address_guard import AllowedAddresses
from mockserver.deliveries.guarded_network import GuardedNetwork
from mockserver.deliveries.sent_delivery import DeliveryAttempt, SentDelivery
from mockserver.webhooks import signature

MOST_READ = 2_048
"""How many bytes of a receiver's response are read and kept."""

CONNECTIONS = 16
"""How many deliveries are sent at a time."""

AGENT = ("user-agent", "mockserver-webhooks")

FAILURES = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError, TimeoutError)


class Sender:
    """Sends attempts to the addresses that `reach` allows. Works in one event loop."""

    def __init__(self, reach: AllowedAddresses) -> None:
        # A connection that is kept may be closed by the receiver just when it is used, which would look like a failure.
        self._pool = httpcore.AsyncConnectionPool(
            max_connections=CONNECTIONS, max_keepalive_connections=0, network_backend=GuardedNetwork(reach)
        )

    async def attempt(self, delivery: SentDelivery) -> DeliveryAttempt:
        """Send a delivery once. Raises ForbiddenAddress for an address that is never sent to."""
        began, clock, body = time.time(), time.monotonic(), delivery.message.body or b""
        signed = signature.headers(
            delivery.stated, delivery.secret, delivery.id, delivery.event, began - delivery.aged, body
        )
        fields = _joined(_joined((AGENT,), delivery.message.headers), signed)
        status, read, error = None, b"", ""
        try:
            async with asyncio.timeout(delivery.stated.timeout):
                status, read = await self._exchange(delivery, fields, body)
        except FAILURES as failure:
            error = _said(failure, delivery.stated.timeout)
        return DeliveryAttempt(began, time.monotonic() - clock, fields, status, read, error)

    async def _exchange(
        self, delivery: SentDelivery, fields: tuple[tuple[str, str], ...], body: bytes
    ) -> tuple[int, bytes]:
        url, message = delivery.url, delivery.message
        lines = [("host", urlsplit(url).netloc.rpartition("@")[2]), ("content-length", str(len(body))), *fields]
        headers = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in lines]
        async with self._pool.stream(message.method, url, headers=headers, content=body) as response:
            read = b""
            async for part in response.aiter_stream():
                read += part
                if len(read) >= MOST_READ:
                    break
            return response.status, read[:MOST_READ]

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


def _joined(own: Iterable[tuple[str, str]], more: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The header fields, where the second ones replace those of the same name: the signature replaces an example."""
    names = {name for name, _ in more}
    return (*(pair for pair in own if pair[0] not in names), *more)


def _said(failure: Exception, seconds: float) -> str:
    if isinstance(failure, TimeoutError | httpcore.TimeoutException):
        return f"no response within {seconds:g} seconds"
    return str(failure) or type(failure).__name__
