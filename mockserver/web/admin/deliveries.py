"""Operations on webhooks, their subscriptions and their deliveries."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import msgspec

from mockserver.deliveries.receiver_address import check_address
from mockserver.deliveries.sent_delivery import DeliveryAttempt, SentDelivery
from mockserver.deliveries.subscriptions import EVERY, Subscriber
from mockserver.errors import Conflict, Fault, Invalid, Missing
from mockserver.messages import Reply
from mockserver.openapi import json_codec
from mockserver.openapi.outgoing_requests import OutgoingRequest
from mockserver.state.store import Store
from mockserver.suggestions import meant
from mockserver.web.admin.admin_request import AdminRequest, as_conflict
from mockserver.web.control.item_events import subscribers_of
from mockserver.web.control.outbox import SendingService, Wanted
from mockserver.webhooks.sent_requests import ItemEvent

LONGEST_SHOWN = 65_536
"""How many characters of a body are shown."""


def webhooks(request: AdminRequest) -> Reply:
    """The webhooks and callbacks of the services: when each is sent, how, and with which secret it is signed."""
    return Reply(200, [row for service in _sending(request) for row in _rows(service)])


def sent(request: AdminRequest) -> Reply:
    """Send a webhook or a callback now. Raises Missing, Invalid, and Conflict without a subscriber."""
    wanted, name = request.body or {}, request.path["name"]
    service, found = _named(request, name, wanted.get("service"))
    store = request.namespace.store(request.service(service.contract.name))
    event, outbox = _event(service, found, wanted, store), request.control.outbox
    body = json_codec.write(wanted["body"]) if "body" in wanted else None
    fault = {"kind": wanted["fault"]} if "fault" in wanted else None
    if "url" in wanted:
        receivers: list[Subscriber | None] = [None]
    else:
        receivers = [*outbox.wanting(service, found.name, None, store)] if found.url is None else []
    if not receivers:
        raise Conflict(f"nothing has subscribed to {name!r}: give a url, or POST /_mock/subscriptions")
    made = [
        outbox.send(Wanted(service, found, each.url if each else wanted["url"], event, store, each, None, fault, body))
        for each in receivers
    ]
    return Reply(202, [_shown(each) for group in made for each in group])


def subscriptions(request: AdminRequest) -> Reply:
    """All subscriptions of a namespace: given at start, added here, and those that are items."""
    outbox, namespace = request.control.outbox, request.namespace
    found = [_subscription(request, each) for each in outbox.subscriptions.of(namespace.name)]
    for service in _sending(request):
        store = namespace.store(request.service(service.contract.name))
        found += [_subscription(request, each) for each in subscribers_of(service.sent, None, store)]
    return Reply(200, found)


def subscribed(request: AdminRequest) -> Reply:
    """Subscribe an address to webhooks. Raises Conflict for an unknown name, or what is no address."""
    with as_conflict():
        events = _checked(request)
    body, namespace = request.body, request.namespace.name
    added = request.control.outbox.subscriptions.add(namespace, body["url"], events, body.get("secret", ""))
    return Reply(201, _subscription(request, added), (("location", f"/_mock/subscriptions/{added.id}"),))


def _checked(request: AdminRequest) -> tuple[str, ...]:
    """The names of the webhooks that are wanted. Raises Invalid for an unknown one, and for what is no address."""
    events = tuple(request.body.get("events", (EVERY,)))
    wrong = check_address(request.body["url"])
    if wrong:
        raise _invalid("url", wrong)
    known = [name for each in request.control.outbox.services.values() for name in each.sent.requests.webhooks]
    for name in events:
        if name != EVERY and name not in known:
            raise _invalid("events", f"there is no webhook {name!r}; {meant(name, known)}")
    return events


def unsubscribed(request: AdminRequest) -> Reply:
    """Remove a subscription that was added here. Raises Missing."""
    request.control.outbox.subscriptions.remove(request.namespace.name, request.path["id"])
    return Reply(204)


def enabled(request: AdminRequest) -> Reply:
    """Send to a disabled subscription again."""
    request.control.outbox.subscriptions.enable(request.namespace.name, request.query["id"])
    return Reply(204)


async def listed(request: AdminRequest) -> Reply:
    """The deliveries that match the query, the newest first; with `wait`, when all are finished."""
    seconds, query = request.query.get("wait"), request.query
    if seconds is not None:
        await asyncio.wrap_future(request.control.outbox.queue.settled(request.namespace_name, seconds))
    return Reply(200, [_shown(each) for each in islice(_chosen(request), query.get("limit", 100))])


def got(request: AdminRequest) -> Reply:
    """One delivery. Raises Missing."""
    return Reply(200, _shown(_delivery(request)))


def cleared(request: AdminRequest) -> Reply:
    """Forget the deliveries of a namespace; what waits is not sent."""
    request.control.outbox.queue.cancel(request.namespace.name)
    return Reply(204)


def _sending(request: AdminRequest) -> list[SendingService]:
    return [each for each in request.control.outbox.services.values() if each.sent.requests]


def _named(request: AdminRequest, name: str, service: str | None) -> tuple[SendingService, OutgoingRequest]:
    """The webhook or callback of that name, in one service or in any. Raises Missing."""
    sending = [each for each in _sending(request) if service in (None, each.contract.name)]
    for each in sending:
        found = each.sent.requests.named(name)
        if found is not None:
            return each, found
    known = [str(row["name"]) for each in sending for row in _rows(each)]
    raise Missing(f"there is no webhook {name!r}; {meant(name, known)}", resource="webhook")


def _event(service: SendingService, found: OutgoingRequest, wanted: dict[str, Any], store: Store) -> ItemEvent:
    """The change that a message is about: of the item that is named, else of the newest one. Raises Missing."""
    stated = service.sent.statements_of(found.name)
    resource, change = (stated[0].of, stated[0].changes[:1]) if stated else ("", ())
    given = wanted.get("item")
    if given is not None:
        resource = given["resource"]
    records = [
        (record, key[1]) for key, collection in store.collections.items() if key[0] == resource for record in collection
    ]
    if given is not None:
        records = [each for each in records if str(each[0].id) == str(given["id"])]
        if not records:
            raise Missing(f"there is no {resource} with the id {given['id']!r}", resource=resource)
    if not records:
        return ItemEvent("", None, {})
    record, tenant = max(records, key=lambda each: each[0].sequence)
    before = record.fields if change and change[0] != "created" else None
    after = None if change and change[0] == "deleted" else record.fields
    return ItemEvent(resource, before, after, record.id, tenant)


def _rows(service: SendingService) -> Iterator[dict[str, Any]]:
    delivery = service.sent.delivery
    signed = {"signature": delivery.signature, "secret": service.sent.secret if delivery.signature != "none" else None}
    for hook in service.sent.requests.webhooks.values():
        stated = service.sent.statements_of(hook.name)
        sent = [{"resource": s.of, "changes": list(s.changes), "when": s.when, **_why(s)} for s in stated]
        yield {"service": service.contract.name, "name": hook.name, "kind": "webhook", "sent": sent, **signed}
    for operation, group in service.sent.requests.callbacks.items():
        for each in group:
            own = {"operation": operation, "url": each.url.text if each.url is not None else None}
            is_quiet = (operation, each.name) in service.sent.quiet
            base = {"service": service.contract.name, "name": each.name, "kind": "callback"}
            yield {**base, **own, "by_hand": is_quiet, "sent": [], **signed}


def _why(stated: Any) -> dict[str, Any]:
    return {"evidence": stated.evidence, "reason": stated.note or stated.source}


def _subscription(request: AdminRequest, each: Subscriber) -> dict[str, Any]:
    kept, namespace = request.control.outbox.subscriptions, request.namespace.name
    return {
        "id": each.id,
        "url": each.url,
        "events": list(each.events) or [EVERY],
        "source": each.source,
        "is_disabled": (namespace, each.id) in kept.disabled,
        "failures": kept.failures(namespace, each.id),
    }


def _chosen(request: AdminRequest) -> Iterator[SentDelivery]:
    query, namespace = request.query, request.namespace_name
    for each in reversed(list(request.control.outbox.queue.kept)):
        if (
            namespace in (None, each.namespace)
            and query.get("event", each.event) == each.event
            and query.get("state", each.state) == each.state
            and query.get("request", each.request_number) == each.request_number
            and each.number > query.get("since", 0)
        ):
            yield each


def _delivery(request: AdminRequest) -> SentDelivery:
    number, kept = request.path["number"], list(request.control.outbox.queue.kept)
    found = next((each for each in kept if each.number == number), None)
    if found is None:
        there = f"there are {kept[0].number} to {kept[-1].number}" if kept else "there is none"
        raise Missing(f"the delivery {number} is not kept; {there}", resource="delivery")
    return found


def _shown(each: SentDelivery) -> dict[str, Any]:
    """A delivery as the admin API shows it (schema `Delivery`)."""
    message = each.message
    headers = each.attempts[-1].headers if each.attempts else message.headers
    return {
        "number": each.number,
        "id": each.id,
        "service": each.service,
        "namespace": each.namespace,
        "event": each.event,
        "kind": each.kind,
        "method": message.method,
        "url": each.url,
        "headers": [list(pair) for pair in headers],
        "body": _value(message.body),
        "subscription": each.subscription or None,
        "request": each.request_number,
        "created": _time(each.created),
        "state": each.state,
        "reason": each.reason,
        "fault": each.fault or None,
        "attempts": [_attempt(attempt) for attempt in list(each.attempts)],
    }


def _attempt(attempt: DeliveryAttempt) -> dict[str, Any]:
    return {
        "began": _time(attempt.began),
        "seconds": round(attempt.seconds, 6),
        "status": attempt.status,
        "body": attempt.body.decode("utf-8", "replace"),
        "error": attempt.error,
    }


def _value(body: bytes | None) -> Any:
    """A body as JSON if it is, else as a text."""
    if body is None:
        return None
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return body.decode("utf-8", "replace")[:LONGEST_SHOWN]


def _time(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _invalid(name: str, message: str) -> Invalid:
    return Invalid(message, faults=(Fault("body", (f"/{name}",), message, name),))
