"""Keeping every request with its response: the port to the journal, which is no interceptor because it must be fast."""

from __future__ import annotations

import time
from typing import Any, Protocol

from mockserver.web.endpoint import Endpoint
from mockserver.web.serving.response_writer import complete
from mockserver.web.serving.uvicorn_protocol import CompleteResponse
from mockserver.web.trace import TRACE, Trace


class Recorder(Protocol):
    """Keeps requests with their responses; it gets none to the admin API."""

    def record(
        self, scope: Any, body: bytes, trace: Trace, seconds: float, response: CompleteResponse
    ) -> CompleteResponse:
        """Called with each request and its response; returns the response as it is to be sent."""
        ...

    def record_failure(self, scope: Any, body: bytes, trace: Trace, seconds: float) -> None:
        """Called with each request that gets no response: the client left, or the mock failed."""


async def recorded_response(
    endpoint: Endpoint, scope: Any, body: bytes, values: tuple[str, ...], recorder: Recorder
) -> CompleteResponse:
    """The response of an operation to a request whose body has arrived, recorded."""
    began, trace = time.perf_counter(), Trace()
    scope[TRACE] = trace
    try:
        reply, limits = await endpoint(scope, body, values)
    except BaseException:  # the client left
        recorder.record_failure(scope, body, trace, time.perf_counter() - began)
        raise
    response = complete(reply, limits, scope["method"])
    return recorder.record(scope, body, trace, time.perf_counter() - began, response)
