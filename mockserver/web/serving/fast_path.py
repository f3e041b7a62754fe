"""Fast path for a request whose body has fully arrived: to its operation, without the middlewares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.web.endpoint import Endpoint
from mockserver.web.endpoint_choice import EndpointChoice
from mockserver.web.request.router import Match
from mockserver.web.service import Service
from mockserver.web.serving.recorder import Recorder
from mockserver.web.serving.response_writer import complete_response
from mockserver.web.serving.uvicorn_protocol import Answer

KnownPaths = dict[bytes, tuple[Service, Match]]
"""Raw paths of earlier requests, with the service and the match of each."""

Find = Callable[[Any], tuple[Service, Match] | None]
"""From an ASGI scope to the service that has its path, and the match."""


class FastPath:
    """Answers requests for `known` paths; `find` looks for another one, and adds it.

    With a `recorder`, requests are recorded with their responses.
    """

    def __init__(self, known: KnownPaths, find: Find, recorder: Recorder | None = None) -> None:
        self._known, self._find, self._recorder = known, find, recorder

    def recorded(self, recorder: Recorder) -> FastPath:
        """The same with a recorder."""
        return FastPath(self._known, self._find, recorder)

    def answer(self, scope: Any, body: bytes) -> Answer | None:
        """The response to a request: a coroutine that seldom waits.

        None when a middleware has to answer: to a request with an `Origin`, for an unknown path or method, and for an
        operation that asks a real outside service or a user's function, which need a Task from their first step.
        """
        found = self._known.get(scope["raw_path"]) or self._find(scope)
        if found is None:
            return None
        for name, _ in scope["headers"]:
            if name == b"origin":
                return None
        service, (methods, values) = found
        endpoint: Endpoint | EndpointChoice | None = methods.get(scope["method"])
        if isinstance(endpoint, EndpointChoice):
            endpoint = endpoint.of(scope)
        if endpoint is None or endpoint.needs_task or service.outside.is_real:
            return None
        if self._recorder is not None:
            return self._recorder.answer(endpoint, scope, body, values)
        return complete_response(endpoint, scope, body, values)
