"""Keeping every request with its response: the port to the journal, which is no interceptor because it must be fast."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any, Protocol

from mockserver.web.endpoint import Endpoint
from mockserver.web.serving.response_writer import complete
from mockserver.web.serving.uvicorn_protocol import CompleteResponse
from mockserver.web.trace import TRACE, Trace


class Recorder(Protocol):
    """Keeps requests with their responses; it gets none to the admin API."""

    async def answer(self, endpoint: Endpoint, scope: Any, body: bytes, values: tuple[str, ...]) -> CompleteResponse:
        """The response of an operation to a request whose body has arrived, recorded."""
        ...

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
    """The response of an operation to a request whose body has arrived, recorded with a trace."""
    began, trace = perf_counter(), Trace()
    scope[TRACE] = trace
    try:
        reply, limits, _ = await endpoint(scope, body, values)
    except BaseException:  # the client left
        recorder.record_failure(scope, body, trace, perf_counter() - began)
        raise
    response = complete(reply, limits, scope["method"])
    return recorder.record(scope, body, trace, perf_counter() - began, response)


Observer = Callable[[Any, Trace, float, CompleteResponse | None], None]
"""Called with each request after the journal: its scope, its trace, the seconds it took, and its response if any."""


class ObservedRecorder:
    """A recorder that passes each request to another one, if there is one, and then to observers."""

    def __init__(self, recorder: Recorder | None, observers: Sequence[Observer]) -> None:
        self._recorder, self._observers = recorder, tuple(observers)

    async def answer(self, endpoint: Endpoint, scope: Any, body: bytes, values: tuple[str, ...]) -> CompleteResponse:
        """The response of an operation, recorded; observers want a trace."""
        return await recorded_response(endpoint, scope, body, values, self)

    def record(
        self, scope: Any, body: bytes, trace: Trace, seconds: float, response: CompleteResponse
    ) -> CompleteResponse:
        """Record a request with its response; returns the response as it is to be sent."""
        if self._recorder is not None:
            response = self._recorder.record(scope, body, trace, seconds, response)
        for observe in self._observers:
            observe(scope, trace, seconds, response)
        return response

    def record_failure(self, scope: Any, body: bytes, trace: Trace, seconds: float) -> None:
        """Record a request that gets no response."""
        if self._recorder is not None:
            self._recorder.record_failure(scope, body, trace, seconds)
        for observe in self._observers:
            observe(scope, trace, seconds, None)
