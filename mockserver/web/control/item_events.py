"""What a committed request changed, and the subscriptions that are items themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.behaviour.statements import Subscription
from mockserver.deliveries.subscriptions import Subscriber
from mockserver.handlers.outgoing import CommittedRequest
from mockserver.state.record import Record
from mockserver.state.store import Store
from mockserver.webhooks.sent_requests import ItemEvent, SentRequests


def events_of(request: CommittedRequest) -> Iterator[ItemEvent]:
    """The changes of a request in their order. An update that changes nothing is none."""
    for commit in request.transaction.commits:
        for change in commit.items:
            key, before, after = change.key, change.before, change.after
            if before is None or after is None or before.fields != after.fields:
                record = after if after is not None else before
                yield ItemEvent(key[0], _fields(before), _fields(after), record.id if record else None, key[1])


def _fields(record: Record | None) -> dict[str, Any] | None:
    return record.fields if record is not None else None


def subscribers_of(sent: SentRequests, tenant: str | None, store: Store) -> Iterator[Subscriber]:
    """The items of a tenant, or of all, that are subscriptions, but for those without address or not active."""
    for resource, stated in sent.subscriptions.items():
        for (name, owner, _), collection in list(store.collections.items()):
            if name == resource and tenant in (None, owner):
                yield from (
                    each for record in collection if (each := _subscriber(resource, stated, record)) is not None
                )


def _subscriber(resource: str, stated: Subscription, record: Record) -> Subscriber | None:
    fields = record.fields
    url, given = fields.get(stated.url), fields.get(stated.events)
    if not isinstance(url, str) or not url or (stated.active and fields.get(stated.active) is False):
        return None
    events = (given,) if isinstance(given, str) else tuple(map(str, given)) if isinstance(given, list) else ()
    secret = fields.get(stated.secret)
    return Subscriber(f"{resource}/{record.id}", url, events, secret if isinstance(secret, str) else "", resource)
