"""A change that a webhook tells of, after we have subscribed to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contracts.checks.deliveries.delivery_cause import AwaitedDelivery, listener_of, needs_success
from contracts.cleanup.created_items import CreatedItem
from contracts.client.changed_values import changed_body
from contracts.client.request_builder import CannotBuildRequest
from contracts.listener.inbox import Inbox
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Subscription, Webhook
from mockserver.openapi.outgoing_requests import OutgoingRequest
from mockserver.webhooks.sent_requests import made_secret

OPERATIONS = {"created": ("create",), "updated": ("update", "replace"), "deleted": ("delete",)}
"""A change, and the operations that make it."""


@dataclass(frozen=True, slots=True)
class WebhookCause:
    """A `change` of an item of `resource`, which the webhook `outgoing` reports by the statement `stated`.

    `subscriptions` is the resource whose items are subscriptions, with the statement about it; None if there is none.
    `others` are the names of all other webhooks.
    """

    outgoing: OutgoingRequest
    stated: Webhook
    resource: CheckedResource
    change: str
    subscriptions: tuple[CheckedResource, Subscription] | None
    others: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """As in findings."""
        return f"the webhook {self.outgoing.name}"

    def happen(self, context: CheckContext, *statuses: int) -> AwaitedDelivery:
        """Subscribe with our address, and make the change. Raises CannotBuildRequest."""
        made = None if self.change == "created" else context.create(self.resource)
        inbox, secret = self._subscribed(context, statuses)
        exchange = self._changed(context, made)
        needs_success(context, exchange, inbox, context.operation)
        return AwaitedDelivery(exchange, inbox.address, inbox, secret, self.others)

    def _subscribed(self, context: CheckContext, statuses: tuple[int, ...]) -> tuple[Inbox, str]:
        """An inbox that the service knows, and the secret of the subscription."""
        listener = listener_of(context)
        if self.subscriptions is None:
            if not listener.is_known:
                raise CannotBuildRequest(
                    "no operation subscribes to it; set up the service with the address of our listener, "
                    "and give its port by --callback-port"
                )
            return listener.rest(*statuses), ""
        resource, stated = self.subscriptions
        inbox, secret = listener.inbox(*statuses), made_secret(listener.url) if stated.secret else ""
        body = context.body(resource) | {stated.url: inbox.address}
        wanted: dict[str, list[Any]] = {stated.secret: [secret], stated.active: [True]}
        wanted[stated.events] = [[self.outgoing.name], self.outgoing.name]
        body |= _accepted(context, resource, body, wanted)
        exchange, _ = context.try_create(resource, body)
        needs_success(context, exchange, inbox, resource.operations["create"].name)
        return inbox, str(body.get(stated.secret, "")) if stated.secret else ""

    def _changed(self, context: CheckContext, made: CreatedItem | None) -> RecordedExchange:
        if made is None:
            body = context.body(self.resource) | dict(self.stated.when)
            return context.try_create(self.resource, body)[0]
        if self.change == "deleted":
            return context.delete(made)
        return context.update(made, self._update(context, made))

    def _update(self, context: CheckContext, made: CreatedItem) -> dict[str, Any]:
        """A body that changes an item as the webhook wants it. Raises CannotBuildRequest."""
        op = self.resource.operations.get("update") or self.resource.operations["replace"]
        present = {**made.sent, **made.item}
        kept = {name: present[name] for name in context.bodies.required(op) if name in present}
        body = {**kept, **self.stated.when}
        if not self.stated.when:
            fixed = frozenset((*self.resource.server_fields, *self.resource.write_only_fields))
            body = changed_body(context.bodies, context.contract.schemas, op, present, fixed)
        if not body or not context.bodies.accepts(op, body):
            raise CannotBuildRequest(f"no body of {op.name} is known that changes an item so that {self.name} is sent")
        return body


def _accepted(
    context: CheckContext, resource: CheckedResource, body: dict[str, Any], wanted: dict[str, list[Any]]
) -> dict[str, Any]:
    """For each property the first of its values that the document accepts."""
    op, found = resource.operations["create"], dict[str, Any]()
    for name, values in wanted.items():
        fitting = [value for value in values if name and context.bodies.accepts(op, {**body, name: value})]
        if fitting:
            found[name] = fitting[0]
    return found
