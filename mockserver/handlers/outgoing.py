"""The port to what a service sends itself: webhooks and callbacks, after the request that causes them is committed.

The core sends nothing and waits for nothing. An operation without a notifier costs one comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from msgspec import Struct

from mockserver.contract import Contract
from mockserver.messages import Call, Reply
from mockserver.openapi.document import Operation
from mockserver.state.transaction import Transaction


class CommittedRequest(Struct, frozen=True):
    """A request that succeeded, after its changes are committed. `scope` is its ASGI scope."""

    call: Call
    reply: Reply
    transaction: Transaction
    scope: Mapping[str, Any]


Notify = Callable[[CommittedRequest], None]
"""Takes note of a request; must not wait and not raise."""


class Outbox(Protocol):
    """Sends what requests cause."""

    def notifier(self, contract: Contract, operation: Operation) -> Notify | None:
        """Who wants to know of the requests to an operation; None if nothing can come of them."""
        ...
