"""What a sandbox sent itself, webhooks and callbacks: schemas of the admin API as values."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from mockserver.printed_text import on_one_line


class WebhookAttempt(Struct, frozen=True):
    """One attempt of a delivery: when it began, how many seconds it took, and what came of it.

    `status` is None without a response; `error` then says why.
    """

    began: str
    seconds: float
    status: int | None
    body: str
    error: str

    def __str__(self) -> str:
        return str(self.status) if self.status is not None else on_one_line(self.error)


class SentWebhook(Struct, frozen=True):
    """A delivery of a webhook or a callback.

    `id` is the same in every attempt; `event` is the name of the webhook. `state` is waiting, delivered, failed,
    refused (the address is not allowed) or dropped (not sent), with the `reason`. `request` is the number in the
    journal of the request that caused it.
    """

    number: int
    id: str
    service: str
    namespace: str
    event: str
    kind: str
    method: str
    url: str
    headers: list[tuple[str, str]]
    body: Any
    subscription: str | None
    request: int | None
    created: str
    state: str
    reason: str
    fault: str | None
    attempts: list[WebhookAttempt]

    def header(self, name: str) -> str | None:
        """The first header field of that name in the last attempt; None if there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def __str__(self) -> str:
        tried = ", ".join(map(str, self.attempts))
        why = f"  {on_one_line(self.reason)}" if self.reason else ""
        why += f"  (fault {self.fault})" if self.fault else ""
        return f"{self.number:>4}  {self.event}  {self.method} {self.url}  {self.state}  [{tried}]{why}"


class WebhookSubscription(Struct, frozen=True):
    """Who gets webhooks. `events` are names of webhooks, or `*`; `source` is `option`, `admin` or a resource."""

    id: str
    url: str
    events: list[str]
    source: str
    is_disabled: bool
    failures: int
