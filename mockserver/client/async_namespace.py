"""One namespace of a sandbox, with `await`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
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
from mockserver.client.async_connection import AsyncConnection
from mockserver.client.async_items import AsyncClockClient, AsyncItemsClient
from mockserver.client.async_overrides import AsyncOverridesClient
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


class AsyncNamespaceClient(AsyncOverridesClient):
    """One namespace of a sandbox: what is asked in it, how it answers, what it stores, its clock."""

    def __init__(self, sandbox: AsyncConnection, name: str) -> None:
        super().__init__(sandbox.send, NamespaceCalls(name))
        self.sandbox, self.name = sandbox, name

    async def __aenter__(self) -> Self:
        if self.name != addresses.DEFAULT:
            await self.begin()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        try:
            if self.name != addresses.DEFAULT:
                await self.end()
        finally:
            if not self.sandbox.is_entered:
                await self.sandbox.close()

    async def begin(self) -> NamespaceStatus:
        """Begin the namespace. It also begins with the first request that names it."""
        return await self._send(self._calls.begin())

    async def end(self) -> None:
        """End the namespace, with all that belongs to it."""
        await self._send(self._calls.end())

    async def status(self) -> NamespaceStatus:
        """How much is in the namespace. Raises SandboxError with the status 404 while it is not in use."""
        return await self._send(self._calls.status())

    async def health(self) -> SandboxHealth:
        """What the sandbox serves."""
        return await self.sandbox.health()

    @property
    def headers(self) -> dict[str, str]:
        """The headers that put a request into the namespace."""
        return addresses.headers(self.name)

    async def base_url(self, service: str | None = None) -> str:
        """The base URL of a service in the namespace, with its base path. A client needs nothing else."""
        return self.sandbox.url + addresses.prefix(self.name) + await self.sandbox.service_path(service)

    async def client(self, service: str | None = None, **options: Any) -> httpx.AsyncClient:
        """An httpx client for a service, in the namespace; `options` are those of `httpx.AsyncClient`. Close it."""
        return await self.sandbox.client(service, namespace=self.name, **options)

    async def requests(self, **only: Unpack[RequestFilter]) -> list[JournalEntry]:
        """The latest requests, 100 without `limit`, in the order in which they were asked."""
        return await self._send(self._calls.requests(**only))

    async def clear_requests(self) -> None:
        """Forget the requests."""
        await self._send(self._calls.clear_requests())

    def follow(self, *, since: int | None = None, seconds: float | None = None) -> AsyncIterator[JournalEntry]:
        """Entries of the journal as they are made, after the number `since` or from now on.

        They come for so many seconds, or until you stop.
        """
        return self.sandbox.follow(self.name, since=since, seconds=seconds)

    async def why(self, which: Which | None = None) -> RequestExplanation:
        """Why a request was answered as it was: an entry of the journal, its number, or the response.

        Without one, it is the latest request. Raises LookupError if there is none.
        """
        chosen = which if which is not None else latest(await self.requests(limit=1))
        return await self._send(self._calls.why(chosen))

    async def har(self) -> Json:
        """The journal as HTTP Archive 1.2."""
        return await self._send(self._calls.har())

    async def deliveries(self, *, wait: float | None = 5.0, **only: Unpack[DeliveryFilter]) -> list[SentWebhook]:
        """The webhooks and callbacks that were sent, the latest 100 without `limit`, in their order.

        It waits until all are finished, at most `wait` seconds.
        """
        return await self._send(self._calls.deliveries(wait, **only))

    async def subscribe(self, url: str, *events: str, secret: str = "") -> WebhookSubscription:
        """Send webhooks to an address: those of the names `events`, or all."""
        return await self._send(self._calls.subscribe(url, events, secret))

    async def subscriptions(self) -> list[WebhookSubscription]:
        """Who gets webhooks: by `subscribe`, by an option at start, or by an item that is a subscription."""
        return await self._send(self._calls.subscriptions())

    async def unsubscribe(self, subscription: WebhookSubscription | str) -> None:
        """Remove a subscription that `subscribe` made."""
        id = subscription.id if isinstance(subscription, WebhookSubscription) else subscription
        await self._send(self._calls.unsubscribe(id))

    async def clear_deliveries(self) -> None:
        """Forget what was sent; what waits is not sent."""
        await self._send(self._calls.clear_deliveries())

    async def send_webhook(
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
        return await self._send(self._calls.send_webhook(name, given))

    async def verify(
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
        return checked(await self._send(self._calls.verify(expected)))

    async def state(
        self, service: str | None, resource: str, *, tenant: str | None = None, owner: str | None = None
    ) -> AsyncItemsClient:
        """The stored items of a resource; `service` may be None where the sandbox has only one."""
        name = await self.sandbox.service_name(service)
        return AsyncItemsClient(self._send, self._calls.items(name, resource, tenant, owner))

    async def all_state(self, *, service: str | None = None, tenant: str | None = None) -> Json:
        """All stored items and facts: `{service: {tenant: {resource: [item, …]}}}`."""
        return await self._send(self._calls.state(service, tenant))

    async def snapshot(self) -> Json:
        """The whole world of the namespace, as `restore` and `mockserver serve --state` take it."""
        return await self._send(self._calls.snapshot())

    async def restore(self, to: Mapping[str, Any] | str) -> None:
        """Go back to a snapshot, or to a checkpoint by its name."""
        await self._send(self._calls.restore(to))

    async def checkpoint(self, name: str) -> CheckpointStatus:
        """Remember the world as it is now, for `restore(name)`."""
        return await self._send(self._calls.checkpoint(name))

    async def checkpoints(self) -> list[CheckpointStatus]:
        """The checkpoints, the oldest first."""
        return await self._send(self._calls.checkpoints())

    async def remove_checkpoint(self, name: str) -> None:
        """Forget a checkpoint."""
        await self._send(self._calls.remove_checkpoint(name))

    async def reset(self, *, service: str | None = None, tenant: str | None = None) -> ResetResult:
        """Go back to the start state; without `service` and `tenant`, overrides end too."""
        return await self._send(self._calls.reset(service, tenant))

    @property
    def clock(self) -> AsyncClockClient:
        """The time in the namespace."""
        return AsyncClockClient(self._send, self._calls)
