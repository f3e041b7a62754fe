"""The outgoing requests of one contract with the statements about them, compiled at load."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from mockserver.behaviour.statements import FROM_DOCUMENT, Behaviour, Delivery, Subscription, Webhook
from mockserver.contract import Contract
from mockserver.openapi.outgoing_requests import OutgoingRequest, OutgoingRequests, outgoing_requests
from mockserver.webhooks.signature import SECRET_PREFIX

Item = Mapping[str, Any]


class ItemEvent(Struct, frozen=True):
    """A change of an item. `before` is None for a new item, `after` for a deleted one. `id` is that of the item."""

    resource: str
    before: Item | None
    after: Item | None
    id: Any = None
    tenant: str = ""

    @property
    def change(self) -> str:
        """created, updated or deleted."""
        return "created" if self.before is None else "deleted" if self.after is None else "updated"

    @property
    def item(self) -> Item:
        """The item as it is now, or as it was before it was deleted."""
        return self.after if self.after is not None else self.before or {}


class SentRequests(Struct, frozen=True):
    """What a service sends: `requests` of the document, the statements `told` by webhooks, `subscriptions` by resource.

    `quiet` are the callbacks, as (operationId, name), that are sent by hand only. `hidden` are the properties of each
    resource that nothing shows. `secret` signs where no subscription has one of its own.
    """

    requests: OutgoingRequests
    told: tuple[Webhook, ...]
    subscriptions: Mapping[str, Subscription]
    quiet: frozenset[tuple[str, str]]
    hidden: Mapping[str, frozenset[str]]
    delivery: Delivery
    secret: str

    def webhooks_for(self, event: ItemEvent) -> Iterator[tuple[OutgoingRequest, Webhook]]:
        """The webhooks that tell of a change."""
        for stated in self.told:
            hook = self.requests.webhooks.get(stated.name)
            if hook is not None and _tells(stated, event):
                yield hook, stated

    def callbacks_of(self, operation_id: str) -> tuple[OutgoingRequest, ...]:
        """The callbacks that are sent after each success of an operation."""
        called = self.requests.callbacks.get(operation_id, ())
        return tuple(each for each in called if (operation_id, each.name) not in self.quiet)

    def shown(self, event: ItemEvent) -> dict[str, Any]:
        """The item of a change, as messages show it."""
        hidden = self.hidden.get(event.resource, frozenset())
        return {name: value for name, value in event.item.items() if name not in hidden}

    def statements_of(self, name: str) -> list[Webhook]:
        """What is stated about the webhook of that name."""
        return [each for each in self.told if each.name == name]


def sent_requests(contract: Contract) -> SentRequests:
    """What the service of a contract sends."""
    behaviour, requests = contract.behaviour, outgoing_requests(contract.document)
    resources = behaviour.resources.items()
    return SentRequests(
        requests,
        tuple(_told(behaviour)),
        {name: each.subscription for name, each in resources if each.subscription is not None},
        frozenset(_quiet(contract)),
        {name: frozenset(field for stated in each.write_only for field in stated.fields) for name, each in resources},
        behaviour.service.delivery,
        behaviour.service.delivery.secret or made_secret(contract.name),
    )


def made_secret(name: str) -> str:
    """A secret as Standard Webhooks writes them, the same for the same name, so that a receiver can be set up once."""
    key = hashlib.sha256(f"mockserver webhooks {name}".encode()).digest()[:24]
    return SECRET_PREFIX + base64.b64encode(key).decode()


def _told(behaviour: Behaviour) -> Iterator[Webhook]:
    """The statements about webhooks; what a person stated about one replaces what was inferred about it."""
    stated = {each.name for each in behaviour.service.webhooks if each.evidence not in FROM_DOCUMENT}
    for each in behaviour.service.webhooks:
        if each.of in behaviour.resources and (each.evidence not in FROM_DOCUMENT or each.name not in stated):
            yield each


def _quiet(contract: Contract) -> Iterator[tuple[str, str]]:
    for operation in contract.document.operations:
        stated = contract.behaviour.operations.get((operation.path, operation.method))
        for callback in stated.callbacks if stated is not None else ():
            if callback.send == "never":
                yield operation.operation_id, callback.name


def _tells(stated: Webhook, event: ItemEvent) -> bool:
    if stated.of != event.resource or event.change not in stated.changes:
        return False
    before, now = event.before or {}, event.item
    if not stated.when:
        return True
    is_new = event.change == "deleted" or any(before.get(name) != value for name, value in stated.when.items())
    return is_new and all(now.get(name) == value for name, value in stated.when.items())
