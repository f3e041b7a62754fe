"""Faults that last for some time, by the clock of the namespace: an outage, a lower rate limit, a lower capacity."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

from mockserver.behaviour.statements import RateLimit
from mockserver.errors import Refusal, TooMany
from mockserver.web.control.namespaces import Namespace
from mockserver.web.control.overrides.answer import AnsweredRequest, OverrideScope, PassedOn
from mockserver.web.control.overrides.service_errors import error_reply, with_retry_after
from mockserver.web.endpoint import Endpoint
from mockserver.web.exchange import Exchange, OutgoingResponse
from mockserver.web.operation_handlers import CAPACITY
from mockserver.web.request.rate_limit import RateLimiter

USUAL_WINDOW = 60.0
"""The window in seconds of a rate limit where the service states none."""

USUAL_HEADERS: Mapping[Literal["limit", "remaining", "reset", "retry-after"], str] = {"retry-after": "retry-after"}


class TimedFault(PassedOn):
    """A fault that begins when it is set and ends after some seconds, or never."""

    def __init__(self, name: str, fault: Mapping[str, Any], namespace: Namespace) -> None:
        self.name, seconds = name, fault.get("seconds")
        self.until = namespace.world.clock.now() + seconds if seconds is not None else math.inf

    def is_over(self, namespace: Namespace) -> bool:
        return self.until < math.inf and namespace.world.clock.now() >= self.until

    @property
    def ends_at(self) -> float | None:
        return self.until if self.until < math.inf else None


class ServiceOutage(TimedFault):
    """A 503 in the service's own words, if it documents one."""

    async def before(self, answered: AnsweredRequest) -> OutgoingResponse | None:
        left = self.until - answered.namespace.world.clock.now()
        refusal = Refusal(
            "The service is not available", retry_after_ms=math.ceil(left * 1000) if left < math.inf else 0
        )
        refusal.status = 503
        if left < math.inf:
            with_retry_after(refusal, left)
        endpoint = answered.request.endpoint
        if endpoint is None:
            return OutgoingResponse.of(503, b'{"status":503,"title":"Service Unavailable"}', "application/problem+json")
        return answered.outgoing(error_reply(refusal, endpoint, answered, 503))


class LowerRateLimit(TimedFault):
    """Fewer requests than usual, with the window and the headers of the service's own limit."""

    def __init__(self, fault: Mapping[str, Any], scope: OverrideScope) -> None:
        super().__init__("rate-limit", fault, scope.namespace)
        self._requests, self._id = fault.get("requests", 1), scope.id
        self._limiters: dict[RateLimiter | None, RateLimiter] = {}

    async def before(self, answered: AnsweredRequest) -> OutgoingResponse | None:
        endpoint, store, sender = answered.request.endpoint, answered.store, answered.request.sender
        if endpoint is None or store is None or sender is None:
            return None  # the mock refuses a request without a valid credential itself
        operation = endpoint.operation
        try:
            counted = self._limiter(endpoint).count(
                store, *sender, answered.request.method, answered.request.path, operation.operation_id
            )
        except TooMany as refusal:
            with_retry_after(refusal, refusal.values["retry_after_ms"] / 1000)
            return answered.outgoing(error_reply(refusal, endpoint, answered))
        answered.headers = counted
        return None

    def after(self, answered: AnsweredRequest, exchange: Exchange) -> None:
        """Replace the headers of the usual limit by those of this one."""
        response = exchange.response
        if response is None or exchange.streamed or not answered.headers:
            return
        given = tuple((name.lower().encode(), value.encode()) for name, value in answered.headers)
        names = {name for name, _ in given}
        headers = (*(pair for pair in response.headers if pair[0] not in names), *given)
        exchange.response = OutgoingResponse(response.status, headers, response.body)

    def _limiter(self, endpoint: Endpoint) -> RateLimiter:
        key = endpoint.limiter
        if key not in self._limiters:
            usual = key.stated if key is not None else None
            window, per = (usual.window, usual.per) if usual is not None else (USUAL_WINDOW, ("credential",))
            headers = usual.headers if usual is not None and usual.headers else USUAL_HEADERS
            limit = RateLimit(requests=self._requests, window=window, per=per, headers=headers, evidence="assumed")
            self._limiters[key] = RateLimiter(limit, f"override {self._id}")
        return self._limiters[key]


class LowerCapacity(TimedFault):
    """At most so many items in a collection; one more is refused like one above the service's own limit."""

    def __init__(self, fault: Mapping[str, Any], namespace: Namespace) -> None:
        super().__init__("capacity", fault, namespace)
        self._limit = fault.get("limit", 0)

    async def before(self, answered: AnsweredRequest) -> OutgoingResponse | None:
        answered.request.incoming.scope[CAPACITY] = self._limit
        return None
