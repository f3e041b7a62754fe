"""One delivery: what is sent where, and what became of it."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from msgspec import Struct, field

from mockserver.behaviour.statements import Delivery
from mockserver.webhooks.message_maker import Message

State = Literal["waiting", "delivered", "failed", "refused", "dropped"]
"""`refused` is an address that is not allowed; `dropped` was not sent at all."""


class DeliveryAttempt(Struct, frozen=True):
    """One attempt: when it began (seconds since 1970), how long it took, and what came of it.

    `status` is None without a response; `body` is the beginning of that of the response. `headers` are those that this
    attempt sent, with the signature.
    """

    began: float
    seconds: float
    headers: tuple[tuple[str, str], ...]
    status: int | None = None
    body: bytes = b""
    error: str = ""

    @property
    def is_success(self) -> bool:
        """Did the receiver take it?"""
        return self.status is not None and 200 <= self.status <= 299


class SentDelivery(Struct, eq=False):
    """A delivery. `number` is its position among all, `id` tells the receiver which are the same.

    `event` is the name of the webhook or the callback; `subscription` names who wanted it, empty for a callback.
    `cause` is the trace of the request that caused it, None for one that was sent by hand. `reason` says why it is not
    delivered. `fault` is the fault that was asked for. `due` is a time of the monotonic clock.

    With `after`, it waits until that delivery is finished; with `held` seconds, until the next one to the same address
    is, at most so long. `aged` is how many seconds old its signature is.
    """

    number: int
    id: str
    service: str
    namespace: str
    event: str
    kind: Literal["webhook", "callback"]
    url: str
    message: Message
    stated: Delivery
    secret: str
    subscription: str = ""
    cause: Any = None
    created: float = 0.0
    due: float = 0.0
    fault: str = ""
    after: SentDelivery | None = None
    held: float = 0.0
    aged: float = 0.0
    state: State = "waiting"
    reason: str = ""
    attempts: list[DeliveryAttempt] = []
    released: asyncio.Event = field(default_factory=asyncio.Event)
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    finished: asyncio.Event = field(default_factory=asyncio.Event)

    def __repr__(self) -> str:  # without the secret
        return f"SentDelivery({self.number!r}, {self.event!r}, {self.url!r}, {self.state!r})"

    @property
    def request_number(self) -> int | None:
        """The number of the request that caused it in the journal; None without one."""
        return getattr(self.cause, "number", None) or None

    def end(self, state: State, reason: str = "") -> None:
        """Nothing more is sent."""
        self.state, self.reason = state, reason
        self.finished.set()
