"""The requests about one namespace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypedDict, Unpack
from urllib.parse import quote

import httpx

from mockserver.client import answers
from mockserver.client.admin_call import AdminCall, as_, get, nothing, sending
from mockserver.client.admin_models import (
    AppliedOverride,
    CheckpointStatus,
    ClockTime,
    NamespaceStatus,
    ResetResult,
    VerificationResult,
)
from mockserver.client.answers import OverrideLimits
from mockserver.client.delivery_models import SentWebhook, WebhookSubscription
from mockserver.client.journal_models import ItemVersion, JournalEntry, RequestExplanation
from mockserver.client.preview_models import OverridePreview

Json = dict[str, Any]
Items = list[dict[str, Any]]
Versions = list[ItemVersion]
Id = str | int
Answers = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class HasHeaders(Protocol):
    """A response of httpx, requests or aiohttp."""

    @property
    def headers(self) -> Mapping[str, str]: ...


Which = JournalEntry | int | HasHeaders
"""An entry of the journal: itself, its number, or the response that names it in `Mock-Request`."""


class RequestFilter(TypedDict, total=False):
    """Which entries of the journal: `status` may be a class such as `4XX`, and `limit` are the latest (100)."""

    operation: str | None
    service: str | None
    method: str | None
    status: int | str | None
    since: int | None
    unmatched: bool | None
    limit: int | None


class DeliveryFilter(TypedDict, total=False):
    """Which deliveries: `request` is the number of the request that caused them, and `limit` are the latest (100)."""

    event: str | None
    state: str | None
    request: int | None
    since: int | None
    limit: int | None


def latest(entries: Sequence[JournalEntry]) -> JournalEntry:
    """The latest of some entries in their order. Raises LookupError without any."""
    if not entries:
        raise LookupError("the journal is empty: nothing was asked of this namespace yet")
    return entries[-1]


class NamespaceCalls:
    """Makes the requests about a namespace; with None those about all namespaces or the default one."""

    def __init__(self, name: str | None) -> None:
        self.name = name

    def begin(self) -> AdminCall[NamespaceStatus]:
        """Begin the namespace."""
        return AdminCall("PUT", f"/namespaces/{self.name}", as_(NamespaceStatus))

    def status(self) -> AdminCall[NamespaceStatus]:
        """The namespace, if it is in use."""
        return get(f"/namespaces/{quote(self.name or '', safe='')}", as_(NamespaceStatus))

    def end(self) -> AdminCall[None]:
        """End the namespace, which may have ended by itself."""
        return AdminCall("DELETE", f"/namespaces/{self.name}", nothing, also=(404,))

    def requests(self, **only: Unpack[RequestFilter]) -> AdminCall[list[JournalEntry]]:
        """Entries of the journal, in the order in which they were asked."""
        return get("/requests", _oldest_first, namespace=self.name, **only)

    def events(self, since: int | None, seconds: float | None) -> AdminCall[None]:
        """The stream of entries, after a number or from now on."""
        query = {"namespace": self.name, "for": seconds}
        headers = {"Last-Event-ID": str(since)} if since is not None else {}
        return AdminCall("GET", "/events", nothing, query, headers=headers)

    def clear_requests(self) -> AdminCall[None]:
        """Forget the requests."""
        return AdminCall("DELETE", "/requests", nothing, {"namespace": self.name})

    def why(self, which: Which) -> AdminCall[RequestExplanation]:
        """Why a request was answered as it was. Raises ValueError for a response without a number."""
        return get(f"/requests/{number_of(which)}/why", as_(RequestExplanation))

    def har(self) -> AdminCall[Json]:
        """The journal as HTTP Archive."""
        return get("/har", as_(Json), namespace=self.name)

    def deliveries(self, wait: float | None, **only: Unpack[DeliveryFilter]) -> AdminCall[list[SentWebhook]]:
        """What was sent, in its order, after waiting for what is not finished."""
        return replace(get("/deliveries", _sent_first, namespace=self.name, wait=wait, **only), waits=wait or 0.0)

    def subscribe(self, url: str, events: Sequence[str], secret: str) -> AdminCall[WebhookSubscription]:
        """Subscribe an address to webhooks."""
        body: Json = {"url": url} | ({"events": [*events]} if events else {}) | ({"secret": secret} if secret else {})
        return sending("POST", "/subscriptions", as_(WebhookSubscription), body, namespace=self.name)

    def subscriptions(self) -> AdminCall[list[WebhookSubscription]]:
        """Who gets webhooks."""
        return get("/subscriptions", as_(list[WebhookSubscription]), namespace=self.name)

    def unsubscribe(self, id: str) -> AdminCall[None]:
        """Remove a subscription."""
        return AdminCall("DELETE", f"/subscriptions/{quote(id, safe='')}", nothing, {"namespace": self.name})

    def clear_deliveries(self) -> AdminCall[None]:
        """Forget what was sent."""
        return AdminCall("DELETE", "/deliveries", nothing, {"namespace": self.name})

    def send_webhook(self, name: str, body: Json) -> AdminCall[list[SentWebhook]]:
        """Send a webhook by hand."""
        path = f"/webhooks/{quote(name, safe='')}/send"
        return sending("POST", path, as_(list[SentWebhook]), body, namespace=self.name)

    def verify(self, expectation: Json) -> AdminCall[VerificationResult]:
        """Compare the journal with an expectation."""
        path, read = "/verify", as_(VerificationResult)
        sent = sending("POST", path, read, expectation, namespace=self.name)
        return AdminCall(sent.method, path, read, sent.query, sent.body, also=(422,))

    def override(self, body: Json) -> AdminCall[AppliedOverride]:
        """Add an override."""
        return sending("POST", "/overrides", as_(AppliedOverride), body, namespace=self.name)

    def overrides(self) -> AdminCall[list[AppliedOverride]]:
        """The overrides, in the order in which they are tried."""
        return get("/overrides", as_(list[AppliedOverride]), namespace=self.name)

    def replace_override(self, id: str, body: Json) -> AdminCall[AppliedOverride]:
        """Put another override in the place of one."""
        path = f"/overrides/{quote(id, safe='')}"
        return sending("PUT", path, as_(AppliedOverride), body, namespace=self.name)

    def preview_override(self, body: Json, request: Json | None) -> AdminCall[OverridePreview]:
        """Try an override without setting it, on a request, else on the example of an operation."""
        wanted = {"override": body} | ({"request": request} if request is not None else {})
        return sending("POST", "/preview", as_(OverridePreview), wanted, namespace=self.name)

    def remove_overrides(self, id: str | None) -> AdminCall[None]:
        """Remove one override, or all."""
        path = "/overrides" if id is None else f"/overrides/{quote(id, safe='')}"
        return AdminCall("DELETE", path, nothing, {"namespace": self.name})

    def fail(
        self,
        operation: str | None,
        *,
        status: int | None,
        refusal: str | None,
        body: Any,
        headers: Mapping[str, str] | None,
        delay: Any,
        when: Mapping[str, Any] | None,
        **limits: Unpack[OverrideLimits],
    ) -> AdminCall[AppliedOverride]:
        """Answer with an error."""
        then = answers.failing(status, refusal, body, headers, delay)
        return self.override(answers.override(answers.when(operation, when), then, limits))

    def switch_override(self, id: str, enabled: bool) -> AdminCall[AppliedOverride]:
        """Switch an override on or off."""
        path = f"/overrides/{quote(id, safe='')}"
        return sending("PATCH", path, as_(AppliedOverride), {"enabled": enabled}, namespace=self.name)

    def snapshot(self) -> AdminCall[Json]:
        """The whole world."""
        return get("/snapshot", as_(Json), namespace=self.name)

    def restore(self, to: Mapping[str, Any] | str) -> AdminCall[None]:
        """Go back to a snapshot, or to a checkpoint by its name."""
        if isinstance(to, str):
            return AdminCall("POST", f"/checkpoints/{quote(to, safe='')}/restore", nothing, {"namespace": self.name})
        return sending("PUT", "/snapshot", nothing, to, namespace=self.name)

    def checkpoint(self, name: str) -> AdminCall[CheckpointStatus]:
        """Remember the world as it is now."""
        path = f"/checkpoints/{quote(name, safe='')}"
        return AdminCall("POST", path, as_(CheckpointStatus), {"namespace": self.name})

    def checkpoints(self) -> AdminCall[list[CheckpointStatus]]:
        """The checkpoints, the oldest first."""
        return get("/checkpoints", as_(list[CheckpointStatus]), namespace=self.name)

    def remove_checkpoint(self, name: str) -> AdminCall[None]:
        """Forget a checkpoint."""
        return AdminCall("DELETE", f"/checkpoints/{quote(name, safe='')}", nothing, {"namespace": self.name})

    def reset(self, service: str | None, tenant: str | None) -> AdminCall[ResetResult]:
        """Go back to the start state."""
        query = {"namespace": self.name, "service": service, "tenant": tenant}
        return AdminCall("POST", "/reset", as_(ResetResult), query)

    def state(self, service: str | None, tenant: str | None) -> AdminCall[Json]:
        """All items and facts."""
        return get("/state", as_(Json), namespace=self.name, service=service, tenant=tenant)

    def clock(self, **change: Any) -> AdminCall[ClockTime]:
        """The time, after a change if there is one."""
        if not change:
            return get("/clock", as_(ClockTime), namespace=self.name)
        return sending("POST", "/clock", as_(ClockTime), change, namespace=self.name)

    def items(self, service: str, resource: str, tenant: str | None, owner: str | None) -> ItemCalls:
        """The requests about the items of a resource."""
        query = {"namespace": self.name, "tenant": tenant, "owner": owner}
        return ItemCalls(f"/state/{quote(service, safe='')}/{quote(resource, safe='')}", query)


class ItemCalls:
    """Makes the requests about the items of one resource."""

    def __init__(self, path: str, query: Json) -> None:
        self._path, self._query = path, query

    def list(self, limit: int | None, offset: int | None) -> AdminCall[Items]:
        """Items in the order of their creation: at most `limit`, without the `offset` oldest."""
        return get(self._path, as_(Items), **self._query, limit=limit, offset=offset)

    def get(self, id: Id) -> AdminCall[Json]:
        """One item."""
        return get(self._item(id), as_(Json), **self._query)

    def versions(self, id: Id) -> AdminCall[Versions]:
        """The changes of an item, the latest first."""
        return get(f"{self._item(id)}/versions", as_(Versions), **self._query)

    def send(self, method: str, item: Mapping[str, Any], id: Id | None, *, invalid: bool) -> AdminCall[Json]:
        """Add (POST), set (PUT) or change (PATCH) an item."""
        path = self._path if id is None else self._item(id)
        return sending(method, path, as_(Json), item, **self._query, invalid="true" if invalid else None)

    def remove(self, id: Id) -> AdminCall[None]:
        """Delete an item, and what is below it."""
        return AdminCall("DELETE", self._item(id), nothing, self._query)

    def _item(self, id: Id) -> str:
        return f"{self._path}/{quote(str(id), safe='')}"


def number_of(which: Which) -> int:
    """The number of an entry. Raises ValueError for a response without `Mock-Request`."""
    if isinstance(which, int):
        return which
    if isinstance(which, JournalEntry):
        return which.number
    named = which.headers.get("Mock-Request", "")
    if not named.isdecimal():
        raise ValueError("the response has no Mock-Request; the sandbox needs --journal and no --quiet-headers")
    return int(named)


def moment(time: datetime | str) -> str:
    """A time in RFC 3339; a datetime without a zone is UTC."""
    if isinstance(time, str):
        return time
    return (time if time.tzinfo is not None else time.replace(tzinfo=UTC)).isoformat()


def seconds(duration: float | timedelta | str) -> float | str:
    """A duration in seconds; a text such as `2h` as it is, for the sandbox reads it."""
    return duration.total_seconds() if isinstance(duration, timedelta) else duration


def _oldest_first(response: httpx.Response) -> list[JournalEntry]:
    return as_(list[JournalEntry])(response)[::-1]


def _sent_first(response: httpx.Response) -> list[SentWebhook]:
    return as_(list[SentWebhook])(response)[::-1]


def webhook_body(
    *, url: str | None, item: tuple[str, Id] | None, body: Any, fault: str | None, service: str | None
) -> Json:
    """The body of the request that sends a webhook by hand; `item` is a resource with an id."""
    given = {"url": url, "body": body, "fault": fault, "service": service}
    found = {name: value for name, value in given.items() if value is not None}
    return found | ({"item": {"resource": item[0], "id": item[1]}} if item is not None else {})
