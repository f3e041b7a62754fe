"""Faults of deliveries: what a receiver must cope with, because networks and attackers do it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from mockserver.deliveries.sent_delivery import SentDelivery
from mockserver.webhooks.sent_requests import made_secret

SCOPE_KEY = "mockserver.delivery_fault"
"""The key of an ASGI scope with the fault of the deliveries that its request causes; an override puts it there."""

LATE_SECONDS = 10.0
HELD_SECONDS = 5.0
"""How late a delivery is, and how long one waits to be overtaken, where the fault does not say."""

REPLAYED_AGE = 600.0
"""How old the signature of a replayed delivery is: twice the age that Standard Webhooks allows."""

Fault = Mapping[str, Any]


def _duplicate(delivery: SentDelivery, fault: Fault, numbers: Iterator[int]) -> list[SentDelivery]:
    return [delivery, _again(delivery, next(numbers))]


def _late(delivery: SentDelivery, fault: Fault, numbers: Iterator[int]) -> list[SentDelivery]:
    delivery.due += fault.get("seconds", LATE_SECONDS)
    return [delivery]


def _out_of_order(delivery: SentDelivery, fault: Fault, numbers: Iterator[int]) -> list[SentDelivery]:
    delivery.held = fault.get("seconds", HELD_SECONDS)
    return [delivery]


def _wrong_signature(delivery: SentDelivery, fault: Fault, numbers: Iterator[int]) -> list[SentDelivery]:
    delivery.secret = made_secret(f"not {delivery.secret}")
    return [delivery]


def _replayed(delivery: SentDelivery, fault: Fault, numbers: Iterator[int]) -> list[SentDelivery]:
    copy = _again(delivery, next(numbers))
    copy.after, copy.aged = delivery, REPLAYED_AGE
    return [delivery, copy]


FAULTS: Mapping[str, Callable[[SentDelivery, Fault, Iterator[int]], list[SentDelivery]]] = {
    "duplicate-delivery": _duplicate,
    "late-delivery": _late,
    "out-of-order-delivery": _out_of_order,
    "wrong-signature": _wrong_signature,
    "replayed-delivery": _replayed,
}
"""From a delivery, the fault, and the numbers of more deliveries, to what is sent."""


def applied(delivery: SentDelivery, fault: Fault | None, numbers: Iterator[int]) -> list[SentDelivery]:
    """The deliveries that are sent in place of one."""
    if fault is None:
        return [delivery]
    delivery.fault = fault["kind"]
    return FAULTS[fault["kind"]](delivery, fault, numbers)


def _again(delivery: SentDelivery, number: int) -> SentDelivery:
    """The same delivery once more: to the receiver it has the same id."""
    released, moved, finished = asyncio.Event(), asyncio.Event(), asyncio.Event()
    return replace(delivery, number=number, attempts=[], released=released, moved=moved, finished=finished)
