"""The short way of a request that has come as a whole: to its operation, with none of the layers between."""

from __future__ import annotations

from typing import Any

from mockserver.web.endpoint import Endpoint
from mockserver.web.request.router import Match
from mockserver.web.service import Service
from mockserver.web.serving.response_writer import answered
from mockserver.web.serving.uvicorn_protocol import Answer

KnownPaths = dict[bytes, tuple[Service, Match]]
"""Paths as they were asked for, with the service and what stands there."""


class FastPath:
    """The short way to what is `known`, a mapping that others fill."""

    def __init__(self, known: KnownPaths) -> None:
        self._known = known

    def at_once(self, scope: Any, body: bytes) -> Answer | None:
        """What answers a request: a coroutine of status, header lines and body, which seldom waits.

        None where a layer has something to say: to a page of another origin, of a path or method that is not known, or
        where a real outside service or a user's function is asked, which needs a Task from its first step.
        """
        found = self._known.get(scope["raw_path"])
        if found is None:
            return None
        for name, _ in scope["headers"]:
            if name == b"origin":
                return None
        service, (methods, values) = found
        endpoint: Endpoint | None = methods.get(scope["method"])
        if endpoint is None or endpoint.needs_task or service.outside.is_real:
            return None
        return answered(endpoint, scope, body, values)
