"""The interceptor that answers requests by overrides. It is there only while there are any."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from mockserver.errors import Refusal
from mockserver.openapi.document import Operation
from mockserver.web.control.namespaces import DEFAULT, name_in
from mockserver.web.control.overrides.answer import AnsweredRequest, App, OverrideAnswer
from mockserver.web.control.overrides.matched_request import MatchedRequest
from mockserver.web.control.overrides.override import Override, Step
from mockserver.web.control.overrides.overrides import Overrides
from mockserver.web.control.overrides.places import OverrideList
from mockserver.web.exchange import Exchange, Found, IncomingRequest, OutgoingResponse
from mockserver.web.middleware.admin_guard import is_own_page
from mockserver.web.operation_handlers import CAPACITY
from mockserver.web.request.headers import read_headers
from mockserver.web.request.router import raw_path

APPLIED = "mockserver.override"
"""The key of an ASGI scope with the answer that applies, the request, and the headers as they were sent."""

NAMING = (b"mock-namespace", b"baggage")
"""The header fields that may name a namespace."""


class OverrideInterceptor:
    """Looks for an override for each request. `app` is the mock, which a duplicate delivery calls once more."""

    def __init__(self, overrides: Overrides, app: App) -> None:
        self._overrides, self._app = overrides, app

    def concerns(self, scope: Any, found: Found) -> bool:
        """May an override apply to a request? `found` are the name of its service, and its operation."""
        return self._list(scope, *found) is not None

    async def before(self, request: IncomingRequest) -> OutgoingResponse | None:
        """The response of the override that applies, if it makes one. Raises ConnectionFault."""
        listed = self._list(request.scope, request.service, request.operation)
        if listed is None:
            return None
        matched = MatchedRequest(request, self._overrides.services)
        candidates = listed.candidates(matched)
        if any(each.is_counted for each in candidates):
            namespace = candidates[0].scope.namespace
            found = self._overrides.counted(namespace, lambda: _first(self._candidates(matched), matched))
        else:
            found = _first(candidates, matched)
        return await self._answer(matched, *found) if found is not None else None

    def _candidates(self, matched: MatchedRequest) -> list[Override]:
        """The overrides that may apply to a request, after what other processes did."""
        listed = self._overrides.list_of(_namespace(matched.incoming.scope["headers"]))
        return listed.candidates(matched) if listed is not None else []

    async def after(self, exchange: Exchange) -> None:
        """Let the override that applies change the response or break the connection."""
        scope = exchange.request.scope
        if APPLIED in scope:
            answer, answered, scope["headers"] = scope.pop(APPLIED)
            answer.after(answered, exchange)

    def _list(self, scope: Any, service: str | None, operation: Operation | None) -> OverrideList | None:
        """The overrides of the namespace of a request, if there are any for its operation or its path."""
        listed = self._overrides.list_of(_namespace(scope["headers"]))
        if listed is None or (operation is not None and listed.is_listed(service, operation.operation_id)):
            return listed
        if listed.is_by_operation:
            return None
        if operation is None and is_own_page(scope):
            return None  # neither the admin API nor its page is overridden: an override could not be removed
        owner = self._overrides.services.get(service) if service is not None else None
        services, is_known = self._overrides.services, operation is not None
        return listed if listed.is_at_path(owner, raw_path(scope), services, is_known=is_known) else None

    async def _answer(self, matched: MatchedRequest, override: Override, step: Step) -> OutgoingResponse | None:
        waits, answer = step
        scope = matched.incoming.scope
        scope.pop(CAPACITY, None)
        answered = AnsweredRequest(matched, self._overrides.namespaces.named(override.scope.namespace.name), self._app)
        scope[APPLIED] = (answer, answered, scope["headers"])
        seconds = waits(override.random) if waits is not None else 0.0
        matched.overridden(f"override {override.id}: {_described(answer, seconds)}")
        if seconds:
            await asyncio.sleep(seconds)
        try:
            return await answer.before(answered)
        except Refusal as refusal:  # the document allows no such response
            if matched.endpoint is None:
                raise
            return answered.outgoing(matched.endpoint.refused(refusal, matched.method, scope["path"]))


def _first(candidates: Iterable[Override], matched: MatchedRequest) -> tuple[Override, Step] | None:
    for override in candidates:
        step = override.take(matched)
        if step is not None:
            return override, step
    return None


def _described(answer: OverrideAnswer, seconds: float) -> str:
    return f"{answer.name}, after {seconds:.3f} s" if seconds else answer.name


def _namespace(headers: Any) -> str:
    for name, _ in headers:
        if name in NAMING:
            return name_in(read_headers(headers)) or DEFAULT
    return DEFAULT
