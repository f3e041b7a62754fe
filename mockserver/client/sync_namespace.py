"""One namespace of a sandbox, without `await`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, Unpack

import httpx

from mockserver.client import addresses
from mockserver.client.admin_models import (
    CheckpointStatus,
    NamespaceStatus,
    ResetResult,
    SandboxHealth,
    VerificationResult,
)
from mockserver.client.delivery_models import SentWebhook, WebhookSubscription
from mockserver.client.expectation import checked, expectation
from mockserver.client.journal_models import JournalEntry, RequestExplanation
from mockserver.client.namespace_calls import (
    DeliveryFilter,
    Json,
    NamespaceCalls,
    RequestFilter,
    Which,
    latest,
    webhook_body,
)
from mockserver.client.sync_connection import SyncConnection
from mockserver.client.sync_items import ClockClient, ItemsClient
from mockserver.client.sync_overrides import OverridesClient


class NamespaceClient(OverridesClient):
    """One namespace of a sandbox: what is asked in it, how it answers, what it stores, its clock."""

    def __init__(self, sandbox: SyncConnection, name: str) -> None:
        super().__init__(sandbox.send, NamespaceCalls(name))
        self.sandbox, self.name = sandbox, name

    def __enter__(self) -> Self:
        if self.name != addresses.DEFAULT:
            self.begin()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        try:
            if self.name != addresses.DEFAULT:
                self.end()
        finally:
            if not self.sandbox.is_entered:
                self.sandbox.close()

    def begin(self) -> NamespaceStatus:
        """Begin the namespace. It also begins with the first request that names it."""
        return self._send(self._calls.begin())

    def end(self) -> None:
        """End the namespace, with all that belongs to it."""
        self._send(self._calls.end())

    def status(self) -> NamespaceStatus:
        """How much is in the namespace. Raises SandboxError with the status 404 while it is not in use."""
        return self._send(self._calls.status())

    def health(self) -> SandboxHealth:
        """What the sandbox serves."""
        return self.sandbox.health()

    @property
    def headers(self) -> dict[str, str]:
        """The headers that put a request into the namespace."""
        return addresses.headers(self.name)

    def base_url(self, service: str | None = None) -> str:
        """The base URL of a service in the namespace, with its base path. A client needs nothing else."""
        return self.sandbox.url + addresses.prefix(self.name) + self.sandbox.service_path(service)

    def client(self, service: str | None = None, **options: Any) -> httpx.Client:
        """An httpx client for a service, in the namespace; `options` are those of `httpx.Client`. Close it."""
        return self.sandbox.client(service, namespace=self.name, **options)

    def requests(self, **only: Unpack[RequestFilter]) -> list[JournalEntry]:
        """The latest requests, 100 without `limit`, in the order in which they were asked."""
        return self._send(self._calls.requests(**only))

    def clear_requests(self) -> None:
        """Forget the requests."""
        self._send(self._calls.clear_requests())

    def follow(self, *, since: int | None = None, seconds: float | None = None) -> Iterator[JournalEntry]:
        """Entries of the journal as they are made, after the number `since` or from now on.

        They come for so many seconds, or until you stop.
        """
        return self.sandbox.follow(self.name, since=since, seconds=seconds)

    def why(self, which: Which | None = None) -> RequestExplanation:
        """Why a request was answered as it was: an entry of the journal, its number, or the response.

        Without one, it is the latest request. Raises LookupError if there is none.
        """
        chosen = which if which is not None else latest(self.requests(limit=1))
        return self._send(self._calls.why(chosen))

    def har(self) -> Json:
        """The journal as HTTP Archive 1.2."""
        return self._send(self._calls.har())

    def deliveries(self, *, wait: float | None = 5.0, **only: Unpack[DeliveryFilter]) -> list[SentWebhook]:
        """The webhooks and callbacks that were sent, the latest 100 without `limit`, in their order.

        It waits until all are finished, at most `wait` seconds.
        """
        return self._send(self._calls.deliveries(wait, **only))

    def subscribe(self, url: str, *events: str, secret: str = "") -> WebhookSubscription:
        """Send webhooks to an address: those of the names `events`, or all."""
        return self._send(self._calls.subscribe(url, events, secret))

    def subscriptions(self) -> list[WebhookSubscription]:
        """Who gets webhooks: by `subscribe`, by an option at start, or by an item that is a subscription."""
        return self._send(self._calls.subscriptions())

    def unsubscribe(self, subscription: WebhookSubscription | str) -> None:
        """Remove a subscription that `subscribe` made."""
        id = subscription.id if isinstance(subscription, WebhookSubscription) else subscription
        self._send(self._calls.unsubscribe(id))

    def clear_deliveries(self) -> None:
        """Forget what was sent; what waits is not sent."""
        self._send(self._calls.clear_deliveries())

    def send_webhook(
        self,
        name: str,
        *,
        url: str | None = None,
        item: tuple[str, str | int] | None = None,
        body: Any = None,
        fault: str | None = None,
        service: str | None = None,
    ) -> list[SentWebhook]:
        """Send a webhook or a callback now, to all who have subscribed to it or to one address.

        It tells of an `item`, which is a resource with an id, else of the newest. `fault` is a fault of deliveries.
        """
        given = webhook_body(url=url, item=item, body=body, fault=fault, service=service)
        return self._send(self._calls.send_webhook(name, given))

    def verify(
        self,
        operation: str | None = None,
        *,
        count: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        json: Any = None,
        body: Mapping[str, Any] | bool | None = None,
        in_order: Sequence[str | Mapping[str, Any]] | None = None,
        **conditions: Any,
    ) -> VerificationResult:
        """Raise AssertionError unless such requests were sent: at least one, or as many as the counts say.

        `json` has values that the body must have, `body` is a JSON Schema. `conditions` are those of the schema
        `Condition` of the admin API, and `status`. `in_order` are operationIds or conditions.
        """
        __tracebackhide__ = True
        counts = {"count": count, "at_least": at_least, "at_most": at_most}
        expected = expectation(operation, **counts, json=json, body=body, in_order=in_order, **conditions)
        return checked(self._send(self._calls.verify(expected)))

    def state(
        self, service: str | None, resource: str, *, tenant: str | None = None, owner: str | None = None
    ) -> ItemsClient:
        """The stored items of a resource; `service` may be None where the sandbox has only one."""
        name = self.sandbox.service_name(service)
        return ItemsClient(self._send, self._calls.items(name, resource, tenant, owner))

    def all_state(self, *, service: str | None = None, tenant: str | None = None) -> Json:
        """All stored items and facts: `{service: {tenant: {resource: [item, …]}}}`."""
        return self._send(self._calls.state(service, tenant))

    def snapshot(self) -> Json:
        """The whole world of the namespace, as `restore` and `mockserver serve --state` take it."""
        return self._send(self._calls.snapshot())

    def restore(self, to: Mapping[str, Any] | str) -> None:
        """Go back to a snapshot, or to a checkpoint by its name."""
        self._send(self._calls.restore(to))

    def checkpoint(self, name: str) -> CheckpointStatus:
        """Remember the world as it is now, for `restore(name)`."""
        return self._send(self._calls.checkpoint(name))

    def checkpoints(self) -> list[CheckpointStatus]:
        """The checkpoints, the oldest first."""
        return self._send(self._calls.checkpoints())

    def remove_checkpoint(self, name: str) -> None:
        """Forget a checkpoint."""
        self._send(self._calls.remove_checkpoint(name))

    def reset(self, *, service: str | None = None, tenant: str | None = None) -> ResetResult:
        """Go back to the start state; without `service` and `tenant`, overrides end too."""
        return self._send(self._calls.reset(service, tenant))

    @property
    def clock(self) -> ClockClient:
        """The time in the namespace."""
        return ClockClient(self._send, self._calls)
