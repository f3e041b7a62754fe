"""What services send: from a committed request, or by hand, to deliveries in the queue."""

from __future__ import annotations

import logging
import secrets
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from mockserver.address_guard import AllowedAddresses
from mockserver.contract import Contract
from mockserver.deliveries.delivery_queue import DeliveryQueue
from mockserver.deliveries.receiver_address import check_address
from mockserver.deliveries.sent_delivery import SentDelivery
from mockserver.deliveries.subscriptions import EVERY, Subscriber, Subscriptions
from mockserver.errors import Unanswerable, WebhookError
from mockserver.handlers.outgoing import CommittedRequest, Notify
from mockserver.openapi.document import Operation
from mockserver.openapi.outgoing_requests import OutgoingRequest
from mockserver.state.store import Store
from mockserver.suggestions import meant
from mockserver.web.control import delivery_faults
from mockserver.web.control.expression_values import expression_values, own_address
from mockserver.web.control.item_events import events_of, subscribers_of
from mockserver.web.control.namespaces import DEFAULT
from mockserver.web.exchange import UNRECORDED
from mockserver.web.trace import TRACE
from mockserver.webhooks.filled_body import Facts
from mockserver.webhooks.message_ids import message_id
from mockserver.webhooks.message_maker import Message, MessageMaker
from mockserver.webhooks.sent_requests import ItemEvent, SentRequests, sent_requests
from mockserver.webhooks.signature import UUID_STYLES, id_header

log = logging.getLogger("mockserver")

UNSAFE = ("post", "put", "patch", "delete")
"""The methods of operations that may change items."""

NO_EVENT = ItemEvent("", None, {})


class SendingService(Struct, frozen=True):
    """A service that sends: its contract, what it sends, and what makes the messages."""

    contract: Contract
    sent: SentRequests
    maker: MessageMaker


class Wanted(Struct, frozen=True):
    """One delivery that is wanted: what, to whom, about which change, in which store, and with which fault.

    `body` replaces the one that would be made. `cause` is the trace of the request that caused it.
    """

    service: SendingService
    request: OutgoingRequest
    url: str
    event: ItemEvent
    store: Store
    subscriber: Subscriber | None = None
    cause: Any = None
    fault: Mapping[str, Any] | None = None
    body: bytes | None = None


class WebhookSettings(Struct, frozen=True):
    """Where webhooks are sent to: `addresses` by the name of a webhook, or `*` for all; in every namespace.

    `secret` signs in place of those that are made from the names of services. `allow` are hosts and networks, besides
    loopback, that webhooks and callbacks may be sent to.
    """

    addresses: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    secret: str = ""
    allow: Sequence[str] = ()

    def subscribers(self) -> Iterator[Subscriber]:
        """Those who get webhooks. Raises WebhookError for an address that nothing can be sent to."""
        lists = ((name, [urls] if isinstance(urls, str) else urls) for name, urls in self.addresses.items())
        for number, (name, url) in enumerate(((name, url) for name, urls in lists for url in urls), 1):
            wrong = check_address(url)
            if wrong:
                raise WebhookError(f"the webhook {name!r}: {wrong}")
            yield Subscriber(f"option-{number}", url, (name,), source="option")


NO_WEBHOOKS = WebhookSettings()


class WebhookOutbox:
    """The outbox of a sandbox. Raises WebhookError and SyncError for settings that cannot be."""

    def __init__(self, settings: WebhookSettings = NO_WEBHOOKS) -> None:
        self.subscriptions = Subscriptions(tuple(settings.subscribers()))
        self.queue = DeliveryQueue(AllowedAddresses.of(settings.allow, "--callback-allow", "a delivery"), self._ended)
        self.services: dict[str, SendingService] = {}
        self._settings = settings
        self._numbers: Iterator[int] = count(1)
        self._counts: Counter[str] = Counter()

    def number_by(self, numbers: Iterator[int]) -> None:
        """Number deliveries by this iterator from now on."""
        self._numbers = numbers

    def read(self, contract: Contract) -> SendingService:
        """Read what a service sends, also anew after a reload."""
        sent = sent_requests(contract)
        if self._settings.secret:
            sent = replace(sent, secret=self._settings.secret)
        made = self.services[contract.name] = SendingService(contract, sent, MessageMaker(contract))
        return made

    def check_names(self) -> None:
        """Raise WebhookError for a name in the settings that no webhook of the services has."""
        known = [name for each in self.services.values() for name in each.sent.requests.webhooks]
        for name in self._settings.addresses:
            if name != EVERY and name not in known:
                raise WebhookError(f"there is no webhook {name!r}; {meant(name, known)}")

    def notifier(self, contract: Contract, operation: Operation) -> Notify | None:
        """Who wants to know of the requests to an operation."""
        service = self.services[contract.name]
        callbacks = service.sent.callbacks_of(operation.operation_id)
        may_change = bool(service.sent.told) and operation.method in UNSAFE
        if not callbacks and not may_change:
            return None

        def notify(request: CommittedRequest) -> None:
            try:
                self._notified(service, callbacks, request)
            except Exception:  # the reply is sent, whatever is wrong with a delivery
                log.exception("a delivery of %s could not be made", contract.name)

        return notify

    def _notified(
        self, service: SendingService, callbacks: tuple[OutgoingRequest, ...], request: CommittedRequest
    ) -> None:
        if request.reply.status >= 400 or UNRECORDED in request.scope:  # a preview sends nothing
            return
        events, store, scope = list(events_of(request)), request.transaction.store, request.scope
        cause, fault = scope.get(TRACE), scope.get(delivery_faults.SCOPE_KEY)
        if callbacks:
            self._call_back(service, callbacks, request, events[0] if events else None)
        for event in events:
            for hook, _ in service.sent.webhooks_for(event):
                for each in self.wanting(service, hook.name, event.tenant, store):
                    self.send(Wanted(service, hook, each.url, event, store, each, cause, fault))

    def _call_back(
        self,
        service: SendingService,
        callbacks: tuple[OutgoingRequest, ...],
        request: CommittedRequest,
        event: ItemEvent | None,
    ) -> None:
        values, scope = expression_values(request), request.scope
        shown = values.response_body if isinstance(values.response_body, dict) else {}
        event = event or replace(NO_EVENT, after=shown, id=shown.get("id"))
        cause, fault = scope.get(TRACE), scope.get(delivery_faults.SCOPE_KEY)
        for callback in callbacks:
            found = callback.url.evaluate(values) if callback.url is not None else None
            if found:  # a client that names no address wants no callback
                url = callback.address(found, own_address(request, service.contract))
                store = request.transaction.store
                self.send(Wanted(service, callback, url, event, store, None, cause, fault))

    def wanting(self, service: SendingService, event: str, tenant: str | None, store: Store) -> list[Subscriber]:
        """The subscribers of a webhook that are not disabled; the items of all tenants with None."""
        namespace, disabled = namespace_of(store), self.subscriptions.disabled
        every = (*self.subscriptions.of(namespace), *subscribers_of(service.sent, tenant, store))
        return [each for each in every if each.wants(event) and (namespace, each.id) not in disabled]

    def send(self, wanted: Wanted) -> list[SentDelivery]:
        """Put a delivery into the queue; with a fault perhaps several. One that cannot be made says why."""
        delivery = self._made(wanted)
        if delivery.state != "waiting":
            self.queue.kept.append(delivery)
            return [delivery]
        sent = delivery_faults.applied(delivery, wanted.fault, self._numbers)
        for each in sent:
            self.queue.put(each)
        return sent

    def _made(self, wanted: Wanted) -> SentDelivery:
        service, store, stated = wanted.service, wanted.store, wanted.service.sent.delivery
        namespace = namespace_of(store)
        is_uuid = stated.signature in UUID_STYLES or service.maker.shows_uuid(wanted.request, id_header(stated))
        id = self._new_id(store, namespace, is_uuid=is_uuid)
        made = SentDelivery(
            number=next(self._numbers),
            id=id,
            service=service.contract.name,
            namespace=namespace,
            event=wanted.request.name,
            kind="webhook" if wanted.request.url is None else "callback",
            url=wanted.url,
            message=Message(wanted.request.operation.http_method, "", (), None),
            stated=stated,
            secret=(wanted.subscriber.secret if wanted.subscriber is not None else "") or service.sent.secret,
            subscription=wanted.subscriber.id if wanted.subscriber is not None else "",
            cause=wanted.cause,
            created=time.time(),
            due=time.monotonic() + stated.delay,
        )
        try:
            made.message = self._message(wanted, id)
            made.url = made.message.address(wanted.url)
        except Unanswerable as fault:
            made.end("dropped", fault.message)
        return made

    @staticmethod
    def _message(wanted: Wanted, id: str) -> Message:
        event, sent = wanted.event, wanted.service.sent
        moment = wanted.store.world.clock.state().now  # which does not move a clock that steps
        item = sent.shown(event) if event.resource or event.item else None
        facts = Facts(wanted.request.name, event.change, moment, id, event.resource, item, event.id)
        if wanted.body is None:
            return wanted.service.maker.message(wanted.request, facts, id)
        return wanted.service.maker.with_body(wanted.request, wanted.body, id)

    def _new_id(self, store: Store, namespace: str, *, is_uuid: bool) -> str:
        """The id of a message, which is the same for the same seed and requests."""
        self._counts[namespace] += 1
        seed = store.world.seed
        source = secrets.token_hex(16) if seed is None else f"{seed} {namespace} {self._counts[namespace]}"
        return message_id(source, is_uuid=is_uuid)

    def _ended(self, delivery: SentDelivery) -> None:
        """Count a finished delivery for its subscription; called in the thread of the queue."""
        if delivery.subscription and delivery.state in ("delivered", "failed"):
            self.subscriptions.count(
                delivery.namespace,
                delivery.subscription,
                is_success=delivery.state == "delivered",
                limit=delivery.stated.disable_after,
            )

    def forget(self, namespace: str) -> None:
        """Drop what waits for a namespace, its deliveries and subscriptions: it ended, or went back to its start."""
        self.queue.cancel(namespace)
        self.subscriptions.clear(namespace)
        self._counts.pop(namespace, None)


def namespace_of(store: Store) -> str:
    """The namespace that a store belongs to."""
    return store.label.partition("@")[2] or DEFAULT
