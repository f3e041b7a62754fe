"""One operation compiled: from the bytes of a request to the bytes of its reply."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from mockserver.call import ANONYMOUS, Call, Principal, Reply
from mockserver.errors import Forbidden, NotAcceptable, Refusal, TooLarge, Unanswerable, UnsupportedMediaType
from mockserver.semantics.actions import forget
from mockserver.semantics.binding import Binding, perform
from mockserver.semantics.turn import Turn
from mockserver.spec import template
from mockserver.spec.document import Operation
from mockserver.spec.schemas import Validator
from mockserver.state.store import Transaction
from mockserver.web import prefer
from mockserver.web.accept import accepts
from mockserver.web.body import BodyReader
from mockserver.web.credentials import Gate
from mockserver.web.parameter import ParameterReader, read_all
from mockserver.web.query import Query
from mockserver.web.rate import Limiter
from mockserver.web.refusal import Refusals

if TYPE_CHECKING:
    from mockserver.web.service import Service

log = logging.getLogger("mockserver")

Scope = Mapping[str, Any]
Headers = tuple[tuple[str, str], ...]
LENGTH = re.compile(r"[0-9]{1,18}")
"""A `Content-Length` (RFC 9110 section 8.6) that can be compared with a bound."""

NOTHING: dict[str, Any] = {}
NO_QUERY = Query()


class Endpoint:
    """An operation made ready: credentials, parameters, body, what it does, and what judges its replies."""

    def __init__(self, operation: Operation, binding: Binding | None, service: Service, refusals: Refusals) -> None:
        schemas = service.contract.schemas
        self.operation, self.binding, self.service, self.refusals = operation, binding, service, refusals
        self._gate = Gate(operation, service.contract.document, service.keyring)
        self._readers = tuple(ParameterReader(p, schemas) for p in operation.parameters if _is_read(p.name, p.location))
        self._cookies = any(p.location == "cookie" for p in operation.parameters) or any(
            s.location == "cookie" for s in service.contract.document.security_schemes.values()
        )
        self._body = BodyReader(operation.request_body, schemas) if operation.request_body else None
        stated = service.contract.behaviour.operations.get((operation.path, operation.method))
        self._roles = frozenset(stated.permission.roles) if stated and stated.permission else None
        self._limiter = self._choose_limiter(service, stated)
        self._forgets = binding is not None and binding.act.end is forget
        self._validators: dict[tuple[int, str], Validator | None] = {}
        self._names = tuple(template.names(operation.path))

    async def __call__(self, scope: Scope, receive: Any, values: dict[str, str]) -> tuple[Reply, Headers]:
        """Answer one request: the reply, checked, and headers that go out with any reply.

        A request happens wholly or not at all: what it changed is taken back when its reply cannot be made.
        """
        path, transaction = scope["path"], Transaction(self.service.store)
        limits: Headers = ()
        try:
            if values and tuple(values) != self._names:
                values = dict(zip(self._names, values.values(), strict=True))
            sources = self._sources(scope, values)
            principal = ANONYMOUS if self._gate.is_open and not sources["header"] else self._gate.admit(sources)
            tenant = self._tenant(principal, sources)
            if self._limiter is not None:
                limits = self._limiter.count(principal, tenant, scope["method"], path, self.operation.operation_id)
            self._refuse_stranger(principal, tenant)
            given = read_all(self._readers, sources) if self._readers else EMPTY
            body, media_type = None, ""
            if self._body is not None:
                body, media_type = self._body.read(*await self._read(sources["header"], receive))
            self._refuse_unacceptable(sources["header"])
            call = Call(scope["method"], path, given["path"], given["query"], given["header"], given["cookie"], body,
                        media_type, principal, tenant)  # fmt: skip
            wish = prefer.read(scope["headers"]) if "prefer" in sources["header"] else None
            if wish is not None:
                answered = self.service.force(self, call, sources["header"].get("accept", "*/*"), wish)
            else:
                answered = await self._answer(call, transaction, sources)
            reply = self.prove(answered)
            transaction.commit()
            if self._forgets:
                self._forget(call)
        except Refusal as refusal:
            transaction.rollback()
            reply = self.refused(refusal, scope["method"], path)
        except BaseException:
            transaction.rollback()
            raise
        return reply, limits

    def _forget(self, call: Call) -> None:
        """What was obtained for a registration goes with it."""
        id = self.binding.id(call) if self.binding else ""
        self.service.asking.forget(f"{self.service.name}/{call.tenant}/{id}")

    async def _answer(self, call: Call, transaction: Transaction, sources: Mapping[str, Any]) -> Reply:
        if self.binding is None:
            return self.service.improvise(self, call, sources)
        turn = Turn(call, self.binding, transaction, self.service.world)
        reply = perform(turn)
        return reply if isinstance(reply, Reply) else await self.service.asking.answer(reply, turn)

    def refused(self, refusal: Refusal, method: str, path: str) -> Reply:
        """The reply that tells a client why it is refused."""
        if isinstance(refusal, Unanswerable):
            log.error("%s %s: %s", method, path, refusal.message)
        reply = self.refusals.reply(refusal, self.operation, method, path)
        try:
            return self.prove(reply, refused=True)
        except Unanswerable as fault:
            log.error("%s %s: %s", method, path, fault.message)  # noqa: TRY400  # the trace tells nothing more
            return reply

    def prove(self, reply: Reply, *, refused: bool = False) -> Reply:
        """The reply, if it keeps the document. Raises Unanswerable otherwise: a mock that lies is of no use."""
        if reply.proven:
            return reply
        key = (reply.status, reply.media_type)
        if key not in self._validators:
            self._validators[key] = self._validator(reply, refused)
        validator = self._validators[key]
        if validator is not None and "json" in reply.media_type and not validator.is_valid(reply.body):
            fault = next(iter(validator.iter_errors(reply.body)))
            at = "/".join(str(step) for step in fault.instance_path)
            raise Unanswerable(f"our own {reply.status} reply breaks the document at /{at}: {fault.message}")
        return reply

    def _validator(self, reply: Reply, refused: bool) -> Validator | None:
        response = self.operation.response(reply.status)
        if response is None and not refused and self.operation.success() is not None:
            raise Unanswerable(f"our own reply has the status {reply.status}, which is not documented")
        kind = reply.media_type.partition(";")[0]
        media = [m for m in response.content if m.name.partition(";")[0] == kind] if response else []
        pointer = media[0].schema if media else None
        return self.service.contract.schemas.validator(pointer, "response") if pointer else None

    def _sources(self, scope: Scope, values: dict[str, str]) -> dict[str, Any]:
        headers = _headers(scope["headers"])
        query = Query(scope["query_string"]) if scope["query_string"] else NO_QUERY
        cookies = _cookies(headers.get("cookie", "")) if self._cookies else NOTHING
        return {"header": headers, "query": query, "path": values, "cookie": cookies}

    def _tenant(self, principal: Principal, sources: Mapping[str, Any]) -> str:
        if self.binding is None or self.binding.plan is None:
            return principal.home
        return self.binding.plan.tenant(principal, sources["path"], sources["header"])

    def _refuse_stranger(self, principal: Principal, tenant: str) -> None:
        plan = self.binding.plan if self.binding else None
        if plan is not None and plan.statements.tenant.by == "path" and not principal.may_enter(tenant):
            raise self._no_access(f"{plan.statements.tenant.name} not found")
        if self._roles is not None and principal.role not in self._roles:
            raise self._no_access(f"the role {principal.role or 'none'!r} may not do this")

    def _no_access(self, message: str) -> Refusal:
        if self.service.contract.behaviour.service.no_access.refusal == "missing" and self.binding is not None:
            plan = self.binding.resource.statements.tenant
            return self.service.missing(f"{plan.name or 'item'} not found or no access")
        return Forbidden(message)

    async def _read(self, headers: Mapping[str, str], receive: Any) -> tuple[bytes, str]:
        """The body's bytes and content type. Raises TooLarge and UnsupportedMediaType."""
        if "content-encoding" in headers and headers["content-encoding"].lower() != "identity":
            known = (("accept-encoding", "identity"),)
            raise UnsupportedMediaType("a content encoding is not supported", headers=known)
        bound, content = self.service.max_body, b""
        length = headers.get("content-length", "0")
        if not LENGTH.fullmatch(length) or int(length) > bound:
            raise TooLarge(f"the body is larger than {bound} bytes", limit=bound)
        while True:
            message = await receive()
            content = content + message.get("body", b"") if content else message.get("body", b"")
            if len(content) > bound:
                raise TooLarge(f"the body is larger than {bound} bytes", limit=bound)
            if not message.get("more_body"):
                return content, headers.get("content-type", "")

    def _refuse_unacceptable(self, headers: Mapping[str, str]) -> None:
        accept = headers.get("accept")
        if accept is None or accept in ("*/*", "application/json"):
            return
        success = self.operation.success()
        offered = [media.name for media in success.content] if success else []
        if offered and not any(accepts(accept, name) for name in offered):
            raise NotAcceptable(f"nothing that {accept!r} accepts is offered; there is {', '.join(offered)}")

    def _choose_limiter(self, service: Service, stated: Any) -> Limiter | None:
        own = stated.rate_limit if stated else None
        return Limiter(own, service.world.clock, kept=service.limits) if own else service.limiter


EMPTY: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}, "cookie": {}}


def encode(reply: Reply) -> bytes:
    """The bytes of a reply's body."""
    if reply.content is not None:
        return reply.content
    if "json" in reply.media_type:
        return orjson.dumps(reply.body)
    if isinstance(reply.body, bytes):
        return reply.body
    return b"" if reply.body is None else str(reply.body).encode()


def _is_read(name: str, location: str) -> bool:
    """`Accept`, `Content-Type` and `Authorization` are no parameters (OpenAPI 3.1 section 4.8.12.1)."""
    return location != "header" or name.lower() not in ("accept", "content-type", "authorization")


def _headers(pairs: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Values by name in lower case; those of a name that comes again stand behind a comma (RFC 9110 section 5.3)."""
    found = {name.decode("latin-1"): value.decode("latin-1") for name, value in pairs}
    if len(found) != len(pairs):
        for name in found:
            same = [value.decode("latin-1") for key, value in pairs if key == name.encode("latin-1")]
            found[name] = ("; " if name == "cookie" else ", ").join(same)
    return found


def _cookies(text: str) -> dict[str, str]:
    """Cookie pairs as they stand (RFC 6265 section 4.2), without the quotation marks that may be around a value."""
    pairs = (part.partition("=")[::2] for part in text.split(";") if "=" in part)
    return {name.strip(): value.strip().removeprefix('"').removesuffix('"') for name, value in pairs}
