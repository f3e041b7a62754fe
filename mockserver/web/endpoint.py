"""One operation, compiled: from the bytes of a request to the bytes of its reply."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mockserver.behaviour.statements import OperationBehaviour
from mockserver.contract import Contract
from mockserver.errors import (
    Invalid,
    NotAcceptable,
    Refusal,
    TooLarge,
    Unanswerable,
    UnsupportedMediaType,
)
from mockserver.handlers import tenants
from mockserver.handlers.binding.bound_operation import BoundOperation
from mockserver.handlers.outgoing import CommittedRequest
from mockserver.handlers.replies.entity_tags import with_conditions
from mockserver.messages import Call, Principal, Reply
from mockserver.openapi import path_template
from mockserver.openapi.document import Document, Operation
from mockserver.openapi.object_parameters import whole_parameters
from mockserver.state.store import Store
from mockserver.state.transaction import Transaction
from mockserver.web.operation_handlers import OURS, OperationHandler, RaisedResponse
from mockserver.web.request import prefer
from mockserver.web.request.access import access_check
from mockserver.web.request.authentication import Authenticator
from mockserver.web.request.body import BodyReader
from mockserver.web.request.content_negotiation import accepted, accepts, stream_of
from mockserver.web.request.headers import read_cookies, read_headers
from mockserver.web.request.parameters import Parameters, RequestTarget, parameter_reader
from mockserver.web.request.prefer import NO_PREFERENCES, NOT_VALIDATED, Preferences
from mockserver.web.request.query import Query
from mockserver.web.request.rate_limit import RateLimiter
from mockserver.web.request.router import client_path
from mockserver.web.request.strict_query import StrictQuery
from mockserver.web.request.unvalidated import UnvalidatedBody
from mockserver.web.response.default_errors import summary
from mockserver.web.response.echoed_headers import echoed_headers
from mockserver.web.response.encoding import encoded
from mockserver.web.response.error_responses import ErrorResponses
from mockserver.web.response.modified_since import modified_since
from mockserver.web.response.preferred_response import preferred
from mockserver.web.response.reply_validator import ReplyValidator
from mockserver.web.service_parts import ServiceParts
from mockserver.web.trace import TRACE, UNANSWERED, Outcome, note

log = logging.getLogger("mockserver")

Scope = Mapping[str, Any]
Headers = tuple[tuple[str, str], ...]
Bind = Callable[[Operation], BoundOperation | None]
Answered = tuple[Reply, Headers, Outcome]
"""A reply, headers for any reply, and how it was decided, if the scope has TRACE; else UNANSWERED."""

MAX_LENGTH_DIGITS = 18
"""The most digits of a `Content-Length` (RFC 9110 section 8.6): a longer number is too large, and slow to convert."""

UNVALIDATED_FAULTS = (AttributeError, LookupError, TypeError, ValueError)
"""What rules may raise for a request that was not validated: they rely on its values."""

UNDERSCORE = ord("_")
"""Looked for first: bytes are searched for one byte ten times as fast as for two."""

NOTHING: dict[str, Any] = {}
NO_QUERY = Query()
NO_HEADERS: Headers = ()
NO_BODY: tuple[bytes, Any, str] = (b"", None, "")
NOBODY: Principal | None = None
NO_REFUSAL: Refusal | None = None


class ReadBody(Struct, frozen=True):
    """A body that Connexion has already read and validated, and the name of its media type."""

    value: Any
    media_type: str


class Endpoint:
    """An operation with the readers of its request, its handler and the validators of its replies.

    All of that is made when it is first needed, or by `compile`. `connect` sets the function that finds the handler.
    """

    def __init__(self, operation: Operation, bind: Bind, parts: ServiceParts, errors: ErrorResponses) -> None:
        self.operation, self._bind, self._parts, self._errors = operation, bind, parts, errors
        self.examples, self.errors, self.schemas = parts.examples, errors, parts.contract.schemas
        self._find: Callable[[Operation], OperationHandler] | None = None
        self._handler: OperationHandler | None = None
        self.needs_task = False

    if not TYPE_CHECKING:  # else mypy would allow every name

        def __getattr__(self, name: str) -> Any:
            """Compile the operation when the first of its parts is needed; what is compiled is found without a call."""
            if "bound" in self.__dict__ or name[:2] == "__":
                raise AttributeError(name)
            self.compile()
            return getattr(self, name)

    def compile(self) -> None:
        """Make what the operation needs to answer. Raises BehaviourError for statements that it cannot follow."""
        operation, parts, schemas = self.operation, self._parts, self.schemas
        bound = self._bind(operation)
        plan = bound.plan if bound else None
        anyone = None if parts.authenticates else parts.keyring.anyone()
        self._authenticator = Authenticator(operation, parts.contract.document, parts.keyring, anyone)
        read = [p for p in whole_parameters(operation) if _is_read(p.name, p.location)]
        own_parameters = with_conditions(bound.tags if bound is not None else None, read)
        self._query_names = _query_names(operation, parts.contract.document)
        filters = bound.filters.entries if bound is not None else ()
        several = frozenset(each.parameter for each in filters if each.compare in ("any-of", "all-of"))
        readers = [parameter_reader(p, schemas, self._query_names, several) for p in own_parameters]
        strict_query = StrictQuery(own_parameters, _keys(parts.contract.document), schemas)
        self._parameters = Parameters(
            readers,
            path_template.names(operation.path),
            strict_query if parts.strict_query else None,
            {each.name: names for each, names in operation.objects.items()},
        )
        self._cookies = any(p.location == "cookie" for p in operation.parameters) or any(
            s.location == "cookie" for s in parts.contract.document.security_schemes.values()
        )
        body, is_patch = operation.request_body, operation.method == "patch"
        self._body = BodyReader(body, schemas, is_patch=is_patch) if body else None
        self._unvalidated_body = UnvalidatedBody(self._body) if self._body is not None else None
        self._preferences = NO_PREFERENCES if parts.validates else NOT_VALIDATED
        stated = parts.contract.behaviour.operations.get((operation.path, operation.method))
        self._access = access_check(stated, bound, parts)
        self.limiter = self._limiter = _limiter(parts, stated, operation)
        action = stated.action if stated is not None else None
        self._is_delete = bound is not None and action is not None and action.does == "delete"
        self.validate_response = ReplyValidator(operation, schemas).validated
        self._tenant = tenants.finder(plan.statements.tenant) if plan is not None else _home_tenant
        self._stream = stream_of(operation)
        self._offered = tuple(media.name for media in success.content) if (success := operation.success()) else ()
        self._accept_values = frozenset(_accept_values(operation, parts.contract))
        self._parts_of_reply = modified_since(operation, parts.examples)
        self._echoes = echoed_headers(operation, schemas)
        self._store, self._path_shape = parts.store, path_template.shape(operation.path)
        self._outside = parts.outside
        self._notify = parts.outbox.notifier(parts.contract, operation) if parts.outbox is not None else None
        self.needs_trace = self._notify is not None  # what it sends names the entry in the journal
        self.bound = bound  # last: it says that all is made

    def connect(self, find: Callable[[Operation], OperationHandler]) -> None:
        """Set the function that finds the handler."""
        self._find, self._handler = find, None

    def resolve(self) -> OperationHandler:
        """Find the handler. Raises HandlerError for a function that cannot answer the operation."""
        assert self._find is not None  # noqa: S101  # an endpoint answers after it is connected
        self._handler = self._find(self.operation)
        self.needs_task = self._handler.needs_task
        return self._handler

    # All steps of an answer in their order, without a call for each.
    async def __call__(self, scope: Scope, receive: Any, values: tuple[str, ...]) -> Answered:  # noqa: C901
        """Answer a request by a reply that is validated. `values` are the raw values of its path.

        `receive` is the ASGI one, the whole body as bytes, or a ReadBody. Without a valid reply, changes are undone.
        """
        method, store, step, limits = scope["method"], self._store, "route", NO_HEADERS
        changes, principal, tenant, ended_by, outcome = Transaction(store), NOBODY, "", NO_REFUSAL, UNANSWERED
        try:
            headers, query, preferences = read_headers(scope["headers"]), scope["query_string"], self._preferences
            if "mock-namespace" in headers or "baggage" in headers or "mock-at" in headers:
                step = "namespace"
                changes.store = store = self._parts.named_store(headers, method) or store
            if "prefer" in headers or (UNDERSCORE in query and b"__" in query):
                preferences, query = prefer.read(scope["headers"], query, self._query_names, preferences)
            step = "authentication"
            target = self._parameters.target(values, query)
            principal = self._authenticator.cached_principal(
                headers.get("authorization")
            ) or self._authenticator.authenticate(self._sources(headers, target, scope))
            tenant = self._tenant(principal, target.path, headers)
            if self._limiter is not None:
                step = "rate limit"
                limits = self._count(self._limiter, store, principal, tenant, method, values)
            if self._access is not None:
                step = "access"
                self._access.check(principal, tenant)
            step = "parameters"
            given = (target.values if self._parameters.are_in_target else None) or self._parameters.read(
                target, self._sources(headers, target, scope), is_validated=preferences.is_validated
            )
            if self._body is not None:
                step = "body"
            content, body, media_type = NO_BODY if not self._body else await self._read(preferences, headers, receive)
            step = "media type"
            self._refuse_unacceptable(headers)
            sent = (given["path"], given["query"], given["header"], given["cookie"], body, media_type)
            call = Call(method, client_path(scope), *sent, principal, tenant)
            step = "handler"
            accept, handler = accepted(headers, body, self._stream), self._handler or self.resolve()
            if preferences is NO_PREFERENCES:
                made = handler.reply(call, changes, accept, scope, content)
                reply = made if isinstance(made, Reply) else await made
            else:
                reply = await self._preferred_reply(preferences, call, changes, accept, scope, content)
            if not reply.proven or reply.content is None:
                reply = encoded(self.validate_response(reply, by=handler.name, store=store))
            reply = reply if self._parts_of_reply is None else self._parts_of_reply.part(reply, call, headers)
            changes.commit()
            if self._is_delete or self._notify is not None:
                self._tell(CommittedRequest(call, reply, changes, scope))
        except BaseException as fault:  # noqa: BLE001  # `_ended` raises what is no error
            ended_by = self._ended(fault, scope, changes)
            reply = self.refused(ended_by, method, scope["path"], headers.get("accept", ""))
        reply = reply if self._echoes is None else self._echoes.added(reply, scope["headers"])
        if TRACE in scope:
            outcome = (self.operation, step, ended_by, principal, tenant, store.label, changes.commits, changes.rules)
            if (trace := scope[TRACE]) is not None:
                trace.outcome = outcome
        return reply, limits, outcome

    def _count(
        self,
        limiter: RateLimiter,
        store: Store,
        principal: Principal,
        tenant: str,
        method: str,
        values: tuple[str, ...],
    ) -> Headers:
        """Count a request. Returns headers for the client; raises TooMany."""
        path = "/".join((self._path_shape, *values))  # not the prefix: one count for both
        return limiter.count(store, principal, tenant, method, path, self.operation.operation_id)

    def sender(self, scope: Scope, values: tuple[str, ...]) -> tuple[Principal, str]:
        """Who sent a request, and the tenant that it is about. Raises Unauthenticated and Forbidden."""
        headers = read_headers(scope["headers"])
        target = self._parameters.target(values, scope["query_string"])
        principal = self._authenticator.cached_principal(
            headers.get("authorization")
        ) or self._authenticator.authenticate(self._sources(headers, target, scope))
        return principal, self._tenant(principal, target.path, headers)

    def _ended(self, fault: BaseException, scope: Scope, transaction: Transaction) -> Refusal:
        """The refusal that a request ends with, after its changes are undone. Raises a fault that is no error."""
        transaction.rollback()
        if not isinstance(fault, Exception):
            raise fault
        if not isinstance(fault, Refusal):
            log.error("%s %s failed", scope["method"], scope["path"], exc_info=fault)
            fault = Unanswerable("the sandbox failed; its log says why")
        # Without its frames, which lead to the trace: a circle that only the collector could free.
        note(scope, summary(fault.with_traceback(None)))
        return fault

    async def _preferred_reply(
        self,
        preferences: Preferences,
        call: Call,
        transaction: Transaction,
        accept: str,
        scope: Scope,
        content: bytes,
    ) -> Reply:
        """The reply to a request with preferences, or to one that is not validated.

        Where the handler can do nothing with values that were not validated, or its reply would be invalid, it is the
        documented example.
        """
        if preferences.choose_response:
            examples, draw, lenient = self._parts.examples, transaction.store.draw, self._parts.lenient_prefer
            return preferred(
                self.operation, call, accept, preferences, examples, self._errors, draw, is_lenient=lenient
            )
        handler = self._handler or self.resolve()
        try:
            made = handler.reply(call, transaction, accept, scope, content)
            made = made if isinstance(made, Reply) else await made
            reply = self.validate_response(made, by=handler.name, store=transaction.store)
        except (Invalid, Unanswerable, *UNVALIDATED_FAULTS):
            if handler.name != OURS or preferences.is_validated:
                raise
            transaction.rollback()
            reply = self._parts.examples.reply(self.operation, call, accept)
        if preferences is self._preferences:
            return reply
        return reply._replace(headers=(*reply.headers, preferences.applied))

    def _tell(self, request: CommittedRequest) -> None:
        """Tell the outbox what was committed, and the outside service to drop what it keeps for a deleted item."""
        if self._is_delete:
            call, store = request.call, request.transaction.store
            id = self.bound.id(call) if self.bound else ""
            self._outside.forget(f"{store.label}/{call.tenant}/{id}")
        self.send(request)

    def send(self, request: CommittedRequest) -> None:
        """Let the outbox send what the request causes."""
        if self._notify is not None:
            self._notify(request)

    def refused(self, refusal: Refusal, method: str, path: str, accept: str = "") -> Reply:
        """The validated reply for an error, in a media type that the client accepts if there is one."""
        refusal.accept = accept
        if isinstance(refusal, Unanswerable):
            log.error("%s %s: %s", method, path, refusal.message)
        if isinstance(refusal, RaisedResponse):
            reply = refusal.reply
        else:
            reply = self._errors.reply(refusal, self.operation, method, path)
        try:
            return self.validate_response(reply, refused=True)
        except Unanswerable as fault:
            log.error("%s %s: %s", method, path, fault.message)  # noqa: TRY400  # the traceback has no more information
            return reply

    def _sources(self, headers: Mapping[str, str], target: RequestTarget, scope: Scope) -> dict[str, Any]:
        """The parts of the request that parameters and credentials are read from."""
        query = Query(target.query) if target.query else NO_QUERY
        cookies = read_cookies(headers.get("cookie", "")) if self._cookies else NOTHING
        connection = scope.get("state") or NOTHING
        return {"header": headers, "query": query, "path": target.path, "cookie": cookies, "connection": connection}

    async def _read(self, preferences: Preferences, headers: Mapping[str, str], receive: Any) -> tuple[bytes, Any, str]:
        """The bytes of the body, its value and media type. Raises TooLarge and what BodyReader raises."""
        if type(receive) is ReadBody:
            return b"", receive.value, receive.media_type
        if "content-encoding" in headers and headers["content-encoding"].lower() != "identity":
            identity = (("accept-encoding", "identity"),)
            raise UnsupportedMediaType("a content encoding is not supported", headers=identity)
        max_length, length = self._parts.max_body, headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > MAX_LENGTH_DIGITS or int(length) > max_length:
            raise TooLarge(f"the body is larger than {max_length} bytes", limit=max_length)
        content: bytes = receive if isinstance(receive, bytes) else await receive_body(receive, max_length)
        if len(content) > max_length:
            raise TooLarge(f"the body is larger than {max_length} bytes", limit=max_length)
        reader = self._body if preferences is NO_PREFERENCES or preferences.is_validated else self._unvalidated_body
        assert reader is not None  # noqa: S101  # it is called for operations with a body
        return content, *reader.read(content, headers.get("content-type", ""))

    def _refuse_unacceptable(self, headers: dict[str, str]) -> None:
        accept = headers.get("accept", "*/*")
        if accept in ("*/*", "application/json"):
            return
        if self._offered and not any(accepts(accept, name) for name in self._offered):
            if accept in self._accept_values:
                headers["accept"] = "*/*"  # a server may ignore `Accept` (RFC 9110 section 12.5.1)
                return
            raise NotAcceptable(f"nothing that {accept!r} accepts is offered; there is {', '.join(self._offered)}")


async def receive_body(receive: Any, max_length: int) -> bytes:
    """The bytes of the body; reading stops when there are more than `max_length`."""
    message = await receive()
    content: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return content
    parts = bytearray(content)  # to add to bytes would copy them each time
    while message.get("more_body") and len(parts) <= max_length:
        message = await receive()
        parts += message.get("body", b"")
    return bytes(parts)


def _home_tenant(principal: Principal, path: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """The tenant of an operation without a resource."""
    return principal.home


def _limiter(parts: ServiceParts, stated: OperationBehaviour | None, operation: Operation) -> RateLimiter | None:
    """The operation's own rate limit, else its service's; None when it neither refuses nor adds headers."""
    own = stated.rate_limit if stated else None
    limiter = RateLimiter(own, operation.operation_id, enforced=parts.enforces_limits) if own else parts.limiter
    return limiter if limiter is not None and limiter.is_needed else None


def _accept_values(operation: Operation, contract: Contract) -> list[str]:
    """The values of `Accept` that the document lists in a parameter of that name."""
    accept_schemas = (p.schema for p in operation.parameters if (p.location, p.name.lower()) == ("header", "accept"))
    return [str(v) for at in accept_schemas if at for v in contract.schemas.keyword(at, "enum") or ()]


def _keys(document: Document) -> list[str]:
    """The names of the API keys in the query."""
    return [scheme.parameter for scheme in document.security_schemes.values() if scheme.location == "query"]


def _query_names(operation: Operation, document: Document) -> frozenset[str]:
    """The query names that are taken by parameters and API keys."""
    listed = [*operation.parameters, *operation.objects]
    return frozenset([*(p.name for p in listed if p.location == "query"), *_keys(document)])


def _is_read(name: str, location: str) -> bool:
    """Is it a parameter? `Accept`, `Content-Type` and `Authorization` are none (OpenAPI 3.1 section 4.8.12.1)."""
    return location != "header" or name.lower() not in ("accept", "content-type", "authorization")
