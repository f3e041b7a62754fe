"""What makes a service send something: an operation with a callback, or a change that a webhook tells of."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from contracts.client.request_builder import CannotBuildRequest
from contracts.listener.arrival import Arrival
from contracts.listener.inbox import Inbox
from contracts.listener.listener import Listener
from contracts.model.finding import RecordedExchange
from contracts.runner.context import CheckContext
from mockserver.openapi.outgoing_requests import OutgoingRequest


class AwaitedDelivery(NamedTuple):
    """What a service should send now: after this `exchange`, to this `address`, where the `inbox` gets it.

    `secret` is that of the subscription; empty without one. `others` are names of webhooks that are not meant, and
    `beside` the methods and addresses of other callbacks that come to the same inbox.
    """

    exchange: RecordedExchange
    address: str
    inbox: Inbox
    secret: str = ""
    others: frozenset[str] = frozenset()
    beside: frozenset[tuple[str, str]] = frozenset()

    def is_meant(self, arrival: Arrival) -> bool:
        """Is it what should come, and no other webhook of the same subscription or callback of the same request?"""
        if self.beside and (arrival.method, self.place(arrival.target)) in self.beside:
            return False
        return not arrival.texts() & self.others

    def place(self, address: str) -> str:
        """The path of an address, as far as it is compared."""
        return self.inbox.expected(address).partition("?")[0]


class DeliveryCause(Protocol):
    """What makes a service send the request `outgoing`; `name` says which that is."""

    @property
    def outgoing(self) -> OutgoingRequest:
        """The request that the service sends."""
        ...

    @property
    def name(self) -> str:
        """`the callback NAME` or `the webhook NAME`."""
        ...

    def happen(self, context: CheckContext, *statuses: int) -> AwaitedDelivery:
        """Make the service send; its first requests are answered with `statuses`.

        Raises CannotBuildRequest where that is not possible.
        """
        ...


def listener_of(context: CheckContext) -> Listener:
    """The listener of the run. Raises CannotBuildRequest without one."""
    listener = context.shared.listener
    if listener is None:
        raise CannotBuildRequest("nothing receives what the service sends; add --callbacks")
    return listener


def needs_success(context: CheckContext, exchange: RecordedExchange, inbox: Inbox, operation: str) -> None:
    """Raise CannotBuildRequest if a request with our address was not accepted."""
    if exchange.status >= 400:
        listener_of(context).close(inbox)
        raise CannotBuildRequest(
            f"{operation} answered {exchange.status} to a request with the address {inbox.address}"
        )
