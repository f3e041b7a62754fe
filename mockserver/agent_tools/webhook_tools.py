"""Tools about webhooks and callbacks: what was sent, and sending one by hand."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from mockserver.agent_tools.access import Caller, SandboxAccess, plain
from mockserver.agent_tools.results import SentWebhooks

DeliveryFault = Literal[
    "duplicate-delivery", "late-delivery", "out-of-order-delivery", "wrong-signature", "replayed-delivery"
]


class WebhookTools:
    """What the services of the sandbox send themselves."""

    def __init__(self, sandbox: SandboxAccess) -> None:
        self._sandbox = sandbox

    async def list_deliveries(
        self,
        caller: Caller,
        event: Annotated[str | None, Field(description="Only those of one webhook or callback.")] = None,
        state: Literal["waiting", "delivered", "failed", "refused", "dropped"] | None = None,
        request: Annotated[int | None, Field(description="Only what this request of the journal caused.", ge=1)] = None,
        limit: Annotated[int, Field(description="The latest so many.", ge=1, le=1000)] = 20,
        wait: Annotated[float, Field(description="Seconds to wait until all are finished.", ge=0, le=30)] = 5,
    ) -> SentWebhooks:
        """List the webhooks and callbacks that were sent, with every attempt."""
        namespace = self._sandbox.namespace(caller)
        found = await namespace.deliveries(wait=wait, event=event, state=state, request=request, limit=limit)
        return SentWebhooks(deliveries=plain(found))

    async def send_webhook(
        self,
        caller: Caller,
        name: Annotated[str, Field(description="The name of a webhook or a callback.")],
        resource: Annotated[
            str | None, Field(description="With id: the item that it reports, else the newest.")
        ] = None,
        id: str | None = None,
        body: Annotated[dict[str, Any] | None, Field(description="In place of the body that would be made.")] = None,
        fault: DeliveryFault | None = None,
        service: Annotated[str | None, Field(description="May be left out where only one has such a webhook.")] = None,
    ) -> SentWebhooks:
        """Send a webhook or a callback now, to all who have subscribed to it."""
        if (resource is None) != (id is None):
            raise ValueError("an item is named by its resource and its id")
        item = (resource, id) if resource is not None and id is not None else None
        namespace = self._sandbox.namespace(caller)
        sent = await namespace.send_webhook(name, item=item, body=body, fault=fault, service=service)
        return SentWebhooks(deliveries=plain(sent))
