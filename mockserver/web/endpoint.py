"""One operation compiled: from the bytes of a request to the bytes of its reply."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from mockserver.behaviour.statements import OperationBehaviour
from mockserver.contract import Contract
from mockserver.errors import Forbidden, Missing, NotAcceptable, Refusal, TooLarge, Unanswerable, UnsupportedMediaType
from mockserver.handlers import tenants
from mockserver.handlers.actions import deleted_reply
from mockserver.handlers.request_context import BoundOperation
from mockserver.messages import Call, Principal, Reply
from mockserver.openapi import json_codec, media_types, path_template
from mockserver.openapi.document import Document, Operation
from mockserver.openapi.schemas import Validator
from mockserver.state.transaction import Transaction
from mockserver.web.operation_handlers import OURS, OperationHandler, RaisedResponse
from mockserver.web.request import prefer
from mockserver.web.request.authentication import Authenticator
from mockserver.web.request.body import BodyReader
from mockserver.web.request.content_negotiation import accepts
from mockserver.web.request.parameters import ParameterReader, Parameters, RequestTarget
from mockserver.web.request.query import Query
from mockserver.web.request.rate_limit import RateLimiter
from mockserver.web.request.router import raw_path
from mockserver.web.response import serializers
from mockserver.web.response.error_responses import ErrorResponses
from mockserver.web.response.preferred_response import preferred
from mockserver.web.service_parts import ServiceParts

log = logging.getLogger("mockserver")

Scope = Mapping[str, Any]
Headers = tuple[tuple[str, str], ...]
LONGEST = 18
"""How many digits a `Content-Length` (RFC 9110 section 8.6) has at most that is compared with a bound."""

NOTHING: dict[str, Any] = {}
NO_QUERY = Query()


class ReadBody(NamedTuple):
    """A body that another program has read and validated, and the name of its media type."""

    value: Any
    media_type: str


class Endpoint:
    """An operation made ready: credentials, parameters, body, and what judges its replies.

    `connect` says how its handler is found; it is found when it is first needed.
    """

    def __init__(
        self, operation: Operation, bound: BoundOperation | None, parts: ServiceParts, errors: ErrorResponses
    ) -> None:
        schemas = parts.contract.schemas
        self.operation, self.bound, self._parts, self._errors = operation, bound, parts, errors
        plan = bound.plan if bound else None
        self._authenticator = Authenticator(operation, parts.contract.document, parts.keyring)
        own = [p for p in operation.parameters if _is_read(p.name, p.location)]
        claimed = _claimed(operation, parts.contract.document)
        readers = [ParameterReader(p, schemas, claimed) for p in own]
        self._parameters = Parameters(readers, path_template.names(operation.path))
        self._cookies = any(p.location == "cookie" for p in operation.parameters) or any(
            s.location == "cookie" for s in parts.contract.document.security_schemes.values()
        )
        self._body = BodyReader(operation.request_body, schemas) if operation.request_body else None
        stated = parts.contract.behaviour.operations.get((operation.path, operation.method))
        self._roles = frozenset(stated.permission.roles) if stated and stated.permission else None
        self._limiter = _limiter(parts, stated)
        self._forgets = bound is not None and bound.handler.end is deleted_reply
        self._validators: dict[tuple[int, str, bool], Validator | None] = {}
        self._tenant = tenants.finder(plan.statements.tenant) if plan is not None else _home
        self._is_shared = plan is not None and plan.statements.tenant.by == "path"
        self._is_guarded = self._is_shared or self._roles is not None
        self._offered = tuple(media.name for media in success.content) if (success := operation.success()) else ()
        self._promised = frozenset(_promised(operation, parts.contract))
        self._store, self._place = parts.store, path_template.shape(operation.path)
        self._outside = parts.outside
        self._find: Callable[[Operation], OperationHandler] | None = None
        self._handler: OperationHandler | None = None
        self.needs_task = False

    def connect(self, find: Callable[[Operation], OperationHandler]) -> None:
        """Have `find` find the handler."""
        self._find, self._handler = find, None

    def resolve(self) -> OperationHandler:
        """Find the handler. Raises HandlerError for a function that cannot answer the operation."""
        assert self._find is not None  # noqa: S101  # an endpoint answers after it is connected
        self._handler = self._find(self.operation)
        self.needs_task = self._handler.needs_task
        return self._handler

    async def __call__(self, scope: Scope, receive: Any, values: tuple[str, ...]) -> tuple[Reply, Headers]:
        """Answer one request, whose path has these raw values: the reply, checked, and headers that go with any reply.

        `receive` is ASGI's, or the bytes of the body where they are all there, or a ReadBody. A request happens wholly
        or not at all: what it changed is taken back when its reply cannot be made.
        """
        method, path, transaction = scope["method"], scope["path"], Transaction(self._store)
        limits: Headers = ()
        try:
            headers, target = _headers(scope["headers"]), self._parameters.target(values, scope["query_string"])
            principal = self._authenticator.cached_principal(
                headers.get("authorization")
            ) or self._authenticator.authenticate(self._sources(headers, target))
            tenant = self._tenant(principal, target.path, headers)
            if self._limiter is not None:
                place = "/".join((self._place, *values))  # the same at the root and below the service's name
                limits = self._limiter.count(principal, tenant, method, place, self.operation.operation_id)
            if self._is_guarded:
                self._refuse_stranger(principal, tenant)
            given = (target.values if self._parameters.are_in_target else None) or self._parameters.read(
                target, self._sources(headers, target)
            )
            content, body, media_type = b"", None, ""
            if self._body is not None:
                content, body, media_type = await self._read(self._body, headers, receive)
            if "accept" in headers:
                self._refuse_unacceptable(headers)
            call = Call(
                method,
                raw_path(scope),
                given["path"],
                given["query"],
                given["header"],
                given["cookie"],
                body,
                media_type,
                principal,
                tenant,
            )
            preferences = prefer.read(scope["headers"]) if "prefer" in headers else None
            accept, by = headers.get("accept", "*/*"), OURS
            if preferences is not None:
                reply = preferred(self.operation, call, accept, preferences, self._parts.examples, self._errors)
            else:
                handler = self._handler or self.resolve()
                done = handler.reply(call, transaction, accept, scope, content)
                reply = done if isinstance(done, Reply) else await done
                by = handler.name
            reply = encoded(self.validate_response(reply, by=by))  # before the commit: what cannot be written is undone
            transaction.commit()
            if self._forgets:
                self._forget(call)
        except Refusal as refusal:
            transaction.rollback()
            reply = self.refused(refusal, method, path)
        except BaseException as fault:
            transaction.rollback()
            if not isinstance(fault, Exception):
                raise
            log.exception("%s %s failed", method, path)
            reply = self.refused(Unanswerable("the sandbox failed; its log says why"), method, path)
        return reply, limits

    def clear(self) -> None:
        """Forget what was counted against the operation's limit, its own or its service's."""
        if self._limiter is not None:
            self._limiter.clear()

    def _forget(self, call: Call) -> None:
        """What an outside service keeps for an item goes when the item is deleted."""
        id = self.bound.id(call) if self.bound else ""
        self._outside.forget(f"{self._parts.contract.name}/{call.tenant}/{id}")

    def refused(self, refusal: Refusal, method: str, path: str) -> Reply:
        """The reply that tells a client why it is refused."""
        if isinstance(refusal, Unanswerable):
            log.error("%s %s: %s", method, path, refusal.message)
        if isinstance(refusal, RaisedResponse):
            reply = refusal.reply
        else:
            reply = self._errors.reply(refusal, self.operation, method, path)
        try:
            return self.validate_response(reply, refused=True)
        except Unanswerable as fault:
            log.error("%s %s: %s", method, path, fault.message)  # noqa: TRY400  # the trace tells nothing more
            return reply

    def validate_response(self, reply: Reply, *, refused: bool = False, by: str = OURS) -> Reply:
        """The reply, if it keeps the document. Raises Unanswerable otherwise; `by` says whose reply it is."""
        if reply.proven:
            return reply
        key = (reply.status, reply.media_type, refused)
        if key not in self._validators:
            self._validators[key] = self._validator(reply, refused, by)
        validator = self._validators[key]
        if validator is not None and not validator.is_valid(reply.body):
            fault = next(iter(validator.iter_errors(reply.body)))
            at = "/".join(str(step) for step in fault.instance_path)
            raise Unanswerable(f"{by} {reply.status} reply breaks the document at /{at}: {fault.message}")
        return reply

    def _validator(self, reply: Reply, refused: bool, by: str) -> Validator | None:
        response = self.operation.response(reply.status)
        if response is None and not refused and self.operation.success() is not None:
            raise Unanswerable(f"{by} reply has the status {reply.status}, which is not documented")
        content = response.content if response else ()
        found = media_types.best([media.name for media in content], reply.media_type)
        pointer = content[found].schema if found is not None else None
        schemas = self._parts.contract.schemas
        if pointer is not None and media_types.is_lines(reply.media_type):
            return schemas.lines_validator(pointer, "response")
        return schemas.validator(pointer, "response") if pointer and media_types.is_json(reply.media_type) else None

    def _sources(self, headers: Mapping[str, str], target: RequestTarget) -> dict[str, Any]:
        """All that a request says, for those who have to look at it anew."""
        query = Query(target.query) if target.query else NO_QUERY
        cookies = _cookies(headers.get("cookie", "")) if self._cookies else NOTHING
        return {"header": headers, "query": query, "path": target.path, "cookie": cookies}

    def _refuse_stranger(self, principal: Principal, tenant: str) -> None:
        if self._is_shared and self.bound is not None and not principal.may_enter(tenant):
            raise self._no_access(f"{self.bound.resource.statements.tenant.name} not found")
        if self._roles is not None and principal.role not in self._roles:
            raise self._no_access(f"the role {principal.role or 'none'!r} may not do this")

    def _no_access(self, message: str) -> Refusal:
        if self._parts.contract.behaviour.service.no_access.refusal == "missing" and self.bound is not None:
            plan = self.bound.resource.statements.tenant
            return Missing(f"{plan.name or 'item'} not found or no access", resource="item")
        return Forbidden(message)

    async def _read(self, reader: BodyReader, headers: Mapping[str, str], receive: Any) -> tuple[bytes, Any, str]:
        """The bytes of the body, its value and media type. Raises TooLarge, UnsupportedMediaType, or like `reader`."""
        if type(receive) is ReadBody:
            return b"", receive.value, receive.media_type
        if "content-encoding" in headers and headers["content-encoding"].lower() != "identity":
            known = (("accept-encoding", "identity"),)
            raise UnsupportedMediaType("a content encoding is not supported", headers=known)
        max_length, length = self._parts.max_body, headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > LONGEST or int(length) > max_length:
            raise TooLarge(f"the body is larger than {max_length} bytes", limit=max_length)
        content: bytes = receive if isinstance(receive, bytes) else await _received(receive, max_length)
        if len(content) > max_length:
            raise TooLarge(f"the body is larger than {max_length} bytes", limit=max_length)
        return content, *reader.read(content, headers.get("content-type", ""))

    def _refuse_unacceptable(self, headers: dict[str, str]) -> None:
        accept = headers["accept"]
        if accept in ("*/*", "application/json"):
            return
        if self._offered and not any(accepts(accept, name) for name in self._offered):
            if accept in self._promised:
                headers["accept"] = "*/*"  # then what there is may be sent all the same (RFC 9110 section 12.5.1)
                return
            raise NotAcceptable(f"nothing that {accept!r} accepts is offered; there is {', '.join(self._offered)}")


async def _received(receive: Any, max_length: int) -> bytes:
    """The body's bytes as they come, until it is clear that there are more than `bound`."""
    message = await receive()
    content: bytes = message.get("body", b"")
    while message.get("more_body") and len(content) <= max_length:
        message = await receive()
        content += message.get("body", b"")
    return content


def encoded(reply: Reply) -> Reply:
    """The reply with the bytes of its body."""
    if reply.content is not None or reply.status in (204, 304):
        return reply
    return Reply(reply.status, reply.body, reply.headers, reply.media_type, encode(reply), True)


def encode(reply: Reply) -> bytes:
    """The bytes of a reply's body."""
    if reply.content is not None:
        return reply.content
    if media_types.is_json(reply.media_type):
        return json_codec.write(reply.body)
    if media_types.is_lines(reply.media_type):
        return serializers.lines(reply.body)
    return reply.body if isinstance(reply.body, bytes) else serializers.plain(reply.body)


def _home(principal: Principal, path: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """Whose data a request is about that is about no resource."""
    return principal.home


def _limiter(parts: ServiceParts, stated: OperationBehaviour | None) -> RateLimiter | None:
    """The operation's own rate limit, else its service's; None where there is nothing to count or to announce."""
    own = stated.rate_limit if stated else None
    limiter = RateLimiter(own, parts.world.clock, enforced=parts.enforces_limits) if own else parts.limiter
    return limiter if limiter is not None and limiter.is_needed else None


def _promised(operation: Operation, contract: Contract) -> list[str]:
    """The values of `Accept` that the document lists as those of a parameter."""
    asked = (p.schema for p in operation.parameters if (p.location, p.name.lower()) == ("header", "accept"))
    return [str(v) for at in asked if at for v in contract.schemas.keyword(at, "enum") or ()]


def _claimed(operation: Operation, document: Document) -> frozenset[str]:
    """The names in the query that parameters and API keys have."""
    keys = (s.parameter for s in document.security_schemes.values() if s.location == "query")
    return frozenset([*(p.name for p in operation.parameters if p.location == "query"), *keys])


def _is_read(name: str, location: str) -> bool:
    """`Accept`, `Content-Type` and `Authorization` are no parameters (OpenAPI 3.1 section 4.8.12.1)."""
    return location != "header" or name.lower() not in ("accept", "content-type", "authorization")


def _headers(pairs: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Values by name in lower case; those of a name that comes again stand behind a comma (RFC 9110 section 5.3)."""
    found = {name.decode("latin-1"): value.decode("latin-1") for name, value in pairs}
    if len(found) == len(pairs):
        return found
    lists: dict[str, list[str]] = {}
    for name, value in pairs:
        lists.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
    return {name: ("; " if name == "cookie" else ", ").join(values) for name, values in lists.items()}


def _cookies(text: str) -> dict[str, str]:
    """Cookie pairs as they stand (RFC 6265 section 4.2), without the quotation marks that may be around a value."""
    pairs = (part.partition("=")[::2] for part in text.split(";") if "=" in part)
    return {name.strip(): value.strip().removeprefix('"').removesuffix('"') for name, value in pairs}
