"""Checks of what a service sends: callbacks and webhooks arrive, valid, signed, in time, and again after a failure."""

from __future__ import annotations

import time
from collections.abc import Iterator
from urllib.parse import parse_qsl

from contracts.checks.deliveries.callback_cause import CallbackCause
from contracts.checks.deliveries.delivery_cause import AwaitedDelivery, DeliveryCause, listener_of
from contracts.checks.deliveries.delivery_content import content_faults
from contracts.checks.deliveries.webhook_cause import OPERATIONS, WebhookCause
from contracts.client.request_builder import CannotBuildRequest
from contracts.listener.arrival import Arrival
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, checked_resources, resource_operations
from contracts.runner.check import Check, Place, resource_of
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Delivery
from mockserver.contract import Contract
from mockserver.openapi.outgoing_requests import OutgoingRequest
from mockserver.webhooks import signature
from mockserver.webhooks.sent_requests import SentRequests, sent_requests

SOURCE = "OpenAPI 3.1 section 4.8.18 (Callback Object)"

FAILURE = 500

ID_HEADERS = {"standard-webhooks": "webhook-id", **signature.ID_HEADERS}
"""Style of signature → the header by which a receiver knows a delivery again."""


def sent(context: CheckContext, cause: DeliveryCause) -> None:
    """After a success, the service sends what the document says, to the address that the client gave, in time."""
    seconds = _patience(context)
    awaited = cause.happen(context)
    arrived = bool(awaited.inbox.wait(1, seconds, awaited.is_meant))
    if not arrived:
        listener_of(context).silent.add(_key(context, cause))
    context.expect(
        arrived,
        f"{cause.name} is sent to {awaited.address or awaited.inbox.address} within {seconds:g} s",
        "nothing came",
        awaited.exchange,
        about=cause.name,
    )


def addressed(context: CheckContext, cause: DeliveryCause) -> None:
    """What the service sends goes to the address of the runtime expression, with its path and query."""
    awaited, arrival = _arrived(context, cause)
    if not awaited.address:
        raise CannotBuildRequest("the response has no value for the address")
    expected, came = awaited.inbox.expected(awaited.address), awaited.inbox.expected(arrival.target)
    own = {each.name for each in cause.outgoing.operation.parameters if each.location == "query"}
    context.expect(
        _without(expected, own) == _without(came, own),
        f"{cause.name} is sent to {awaited.address}",
        f"it came to {arrival.target}",
        awaited.exchange,
        about=cause.name,
    )


def _without(address: str, names: set[str]) -> tuple[str, list[tuple[str, str]]]:
    """The path of an address, and its query without parameters that the callback has itself."""
    path, _, query = address.partition("?")
    return path, [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in names]


def valid(context: CheckContext, cause: DeliveryCause) -> None:
    """What the service sends is as the document says: its method, media type, headers, query and body."""
    awaited, arrival = _arrived(context, cause)
    faults = list(content_faults(context.contract, cause.outgoing, arrival))
    context.compared += 1
    for about, expected, seen in faults:
        context.report_violation(f"{cause.name}: {expected}", seen, awaited.exchange, about=f"{cause.name} {about}")


def signed(context: CheckContext, cause: DeliveryCause) -> None:
    """What the service sends is signed, as is stated about deliveries."""
    stated, listener = _stated(context), listener_of(context)
    is_known = _is_stated(context.contract) or listener.settings.secret or context.target.in_process
    if stated.signature == "none" or not is_known:
        raise CannotBuildRequest("nothing says that deliveries are signed; state it in `delivery` of a behaviour file")
    awaited, arrival = _arrived(context, cause)
    own = sent_requests(context.contract).secret if context.target.in_process else stated.secret
    secret = awaited.secret or listener.settings.secret or own
    if not secret:
        raise CannotBuildRequest("the secret is not known; give it by --callback-secret")
    fault = signature.fault(stated, secret, arrival.headers, arrival.body, arrival.moment)
    context.expect(not fault, f"{cause.name} is signed ({stated.signature})", fault, awaited.exchange, about=cause.name)


def retried(context: CheckContext, cause: DeliveryCause) -> None:
    """What was answered with 500 is sent again, and is known to be the same by its id."""
    stated, wait = _stated(context), listener_of(context).settings.wait
    if not stated.retries:
        raise CannotBuildRequest("deliveries are not sent again, as is stated")
    pause = stated.retries[0]
    if pause > wait:
        raise CannotBuildRequest(f"the first retry comes after {pause:g} s; --callback-wait is {wait:g}")
    awaited, first = _arrived(context, cause, FAILURE)
    came = awaited.inbox.wait(2, max(0.0, first.came + pause + wait - time.monotonic()), awaited.is_meant)
    again = f"{cause.name} is sent again within {pause + wait:g} s after the answer {FAILURE}"
    if not context.expect(len(came) > 1, again, "it came once", awaited.exchange, about=cause.name):
        return
    header = (stated.id_header or ID_HEADERS.get(stated.signature, "")).lower()
    ids = [each.headers.get(header) for each in came[:2]]
    if None not in ids:
        context.expect(
            ids[0] == ids[1],
            f"{cause.name} has the same {header} when it is sent again",
            f"{ids[0]}, and then {ids[1]}",
            awaited.exchange,
            about=f"{cause.name} id",
        )


def refused_is_silent(context: CheckContext, cause: CallbackCause) -> None:
    """After a request that is refused, nothing is sent to the address in it."""
    _needs_sending(context, cause)
    refused = cause.be_refused(context)
    _arrived(context, cause)  # what is sent after a later request has come: now a wrong one would have come too
    came = refused.inbox.wait(1, 0.0)
    context.expect(
        not came,
        f"{cause.name} is not sent, because the request was refused",
        f"it came to {came[0].target}" if came else "",
        refused.exchange,
        about=cause.name,
    )


def _arrived(context: CheckContext, cause: DeliveryCause, *statuses: int) -> tuple[AwaitedDelivery, Arrival]:
    """What came after it was caused. Raises CannotBuildRequest if nothing came, which another check reports."""
    _needs_sending(context, cause)
    awaited = cause.happen(context, *statuses)
    came = awaited.inbox.wait(1, _patience(context), awaited.is_meant)
    if not came:
        raise CannotBuildRequest(f"{cause.name} did not come")
    return awaited, came[0]


def _needs_sending(context: CheckContext, cause: DeliveryCause) -> None:
    """Raise CannotBuildRequest where it was waited for before, and nothing came."""
    if _key(context, cause) in listener_of(context).silent:
        raise CannotBuildRequest(f"{cause.name} did not come")


def _key(context: CheckContext, cause: DeliveryCause) -> str:
    return f"{context.operation} {cause.name}"


def _patience(context: CheckContext) -> float:
    """How many seconds a delivery may take. Raises CannotBuildRequest for one that comes too late to wait for."""
    delay, wait = _stated(context).delay, listener_of(context).settings.wait
    if delay > wait:
        raise CannotBuildRequest(f"deliveries come after {delay:g} s; --callback-wait is {wait:g}")
    return delay + wait


def _stated(context: CheckContext) -> Delivery:
    return context.contract.behaviour.service.delivery


def _is_stated(contract: Contract) -> bool:
    return contract.statements["x-service"].get("delivery") is not None


def _causes(contract: Contract) -> Iterator[tuple[str, StatementRef, DeliveryCause]]:
    """What the service sends, each with the operation that causes it, and the statement that says so."""
    made = sent_requests(contract)
    yield from _callbacks(contract, made)
    yield from _webhooks(contract, made)


def _callbacks(contract: Contract, made: SentRequests) -> Iterator[tuple[str, StatementRef, CallbackCause]]:
    known = checked_resources(contract)
    for op in resource_operations(contract):
        called = made.callbacks_of(op.operation.operation_id)
        for outgoing in called:
            beside = tuple(each for each in called if each is not outgoing and _begin(each) == _begin(outgoing))
            cause = CallbackCause(op, resource_of(op, known), outgoing, beside)
            text = f"After a success, {cause.name} is sent."
            yield op.name, StatementRef(op.name, "callbacks", "documented", SOURCE, text), cause


def _begin(outgoing: OutgoingRequest) -> str:
    """The expression that the address of a callback begins with; its whole text if there is none."""
    return (outgoing.url.leading or outgoing.url.text) if outgoing.url is not None else ""


def _webhooks(contract: Contract, made: SentRequests) -> Iterator[tuple[str, StatementRef, WebhookCause]]:
    known = checked_resources(contract)
    subscriptions = next(
        (
            (known[name], each)
            for name, each in made.subscriptions.items()
            if name in known and known[name].can("create")
        ),
        None,
    )
    for stated in made.told:
        outgoing, resource = made.requests.webhooks.get(stated.name), known.get(stated.of)
        change = _change(resource, stated.changes, needs_update=bool(stated.when)) if resource is not None else None
        if outgoing is not None and resource is not None and change is not None:
            others = frozenset(made.requests.webhooks) - {stated.name}
            cause = WebhookCause(outgoing, stated, resource, change[0], subscriptions, others)
            yield resource.operations[change[1]].name, StatementRef.of("service", "webhooks", stated), cause


def _change(resource: CheckedResource, changes: tuple[str, ...], *, needs_update: bool) -> tuple[str, str] | None:
    """The first change that an operation of ours can make, and that operation; best an update for one to a value."""
    ordered = sorted(changes, key=lambda each: needs_update and each != "updated")
    able = ((change, name) for change in ordered for name in OPERATIONS[change] if resource.can(name))
    return next((each for each in able if each[0] == "created" or resource.can("create")), None)


def _places(contract: Contract, kind: str = "", only: str = "") -> Iterator[Place]:
    """Every cause, or those of callbacks `only`; about the statement of a `kind`, or about what the document says."""
    stated = contract.behaviour.service.delivery
    for operation, statement, cause in _causes(contract):
        if not only or statement.kind == only:
            about = StatementRef.of("service", kind, stated) if kind else statement
            yield operation, about, (cause,)


def _of_callbacks(contract: Contract) -> Iterator[Place]:
    return _places(contract, only="callbacks")


def _of_deliveries(contract: Contract) -> Iterator[Place]:
    return _places(contract, "delivery")


CHECKS = (
    Check("delivery-sent", ("callbacks", "webhooks", "subscription"), _places, sent, listens=True),
    Check("delivery-address", ("callbacks",), _of_callbacks, addressed, listens=True),
    Check("delivery-content", ("callbacks", "webhooks"), _places, valid, listens=True),
    Check("delivery-signature", ("delivery",), _of_deliveries, signed, listens=True),
    Check("delivery-retry", ("delivery",), _of_deliveries, retried, listens=True),
    Check("delivery-refused", ("callbacks",), _of_callbacks, refused_is_silent, listens=True),
)
