"""Errors that an override asks for, in the words and the format of the service."""

from __future__ import annotations

import math

from mockserver.errors import REFUSALS, Fault, Refusal
from mockserver.messages import Reply
from mockserver.openapi.document import Operation
from mockserver.web.control.overrides.answer import AnsweredRequest
from mockserver.web.endpoint import Endpoint
from mockserver.web.response.default_errors import BREAKDOWN

MESSAGES = {
    "malformed": "The body cannot be parsed",
    "invalid": "The request is not valid",
    "unauthenticated": "The credential is not valid",
    "forbidden": "The credential does not allow this",
    "missing": "There is no such item",
    "unknown-path": "There is no such path",
    "method-not-allowed": "The method is not allowed here",
    "not-acceptable": "Nothing that the client accepts is offered",
    "conflict": "This conflicts with what is stored",
    "precondition-failed": "The item was changed meanwhile",
    "precondition-required": "The request needs If-Match",
    "too-large": "The body is too large",
    "unsupported-media-type": "The content type is not supported",
    "range-not-satisfiable": "The content has no such part",
    "too-many": "Too many requests",
    "bad-gateway": "Another server could not be reached",
    "unanswerable": "The request could not be answered",
}
"""What each kind of error says where the service has no words of its own."""

USUAL_WAIT = 1.0
"""After how many seconds to try again, where the service states no rate limit."""


def error_of_kind(kind: str, endpoint: Endpoint, now: float) -> Refusal:
    """An error as if it had happened now."""
    if kind == "too-many":
        return _too_many(endpoint, now)
    faults = (Fault("body", (), MESSAGES[kind], "type"),) if kind == "invalid" else ()
    return REFUSALS[kind](MESSAGES[kind], faults=faults)


def _too_many(endpoint: Endpoint, now: float) -> Refusal:
    """The refusal of a rate limit that is used up: `Retry-After` says the same as the body and other headers."""
    if endpoint.limiter is not None:
        refusal: Refusal = endpoint.limiter.used_up(now)
    else:
        refusal = REFUSALS["too-many"](MESSAGES["too-many"], retry_after_ms=math.ceil(USUAL_WAIT * 1000), limit=0)
    return with_retry_after(refusal, refusal.values["retry_after_ms"] / 1000)


def with_retry_after(refusal: Refusal, seconds: float) -> Refusal:
    """The refusal with `Retry-After` (RFC 9110 section 10.2.3), unless its headers have it."""
    if all(name.lower() != "retry-after" for name, _ in refusal.headers):
        refusal.headers = (*refusal.headers, ("retry-after", str(max(1, math.ceil(seconds)))))
    return refusal


def error_reply(
    refusal: Refusal, endpoint: Endpoint, answered: AnsweredRequest | None, status: int | None = None
) -> Reply:
    """The reply for an error, with the header fields that the document requires for its status."""
    method = answered.request.method if answered is not None else endpoint.operation.http_method
    path = answered.request.path if answered is not None else endpoint.operation.path
    reply = endpoint.errors.reply(refusal, endpoint.operation, method, path)
    reply = reply._replace(status=status or reply.status)
    response = endpoint.operation.response(reply.status)
    if response is None or answered is None:
        return reply
    own = endpoint.examples.headers(endpoint.operation, answered.request.call, response, reply.status)
    return reply._replace(headers=tuple(dict((*own, *reply.headers)).items()))


def is_possible(kind: str, endpoint: Endpoint) -> bool:
    """May the service answer with this kind of error, by its document, its behaviour, or as any server?"""
    if endpoint.errors.states(kind):
        return True
    return is_possible_status(
        error_reply(error_of_kind(kind, endpoint, 0.0), endpoint, None).status, endpoint.operation
    )


def is_possible_status(status: int, operation: Operation) -> bool:
    """Is a status documented, or one that any server may send, whatever its document says: it breaks down?"""
    return status >= BREAKDOWN or operation.response(status) is not None


def possible_kinds(endpoint: Endpoint) -> list[str]:
    """The kinds of errors that the service may answer an operation with."""
    return [kind for kind in REFUSALS if is_possible(kind, endpoint)]
