"""The middleware to which Connexion gives each document, and which answers requests for its operations."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from connexion.middleware.abstract import SpecMiddleware

from mockserver.web.connexion_document import HostedSpecification
from mockserver.web.hosting import HostedOperations
from mockserver.web.mounted_operations import MountedOperations
from mockserver.web.request.router import Match
from mockserver.web.resolver import HostedResolver
from mockserver.web.service import Service
from mockserver.web.serving.response_writer import write


class OperationsMiddleware(SpecMiddleware):  # type: ignore[misc]  # connexion has no types: a base of type Any
    """Answers requests for the paths of documents; passes all others to the next middleware."""

    def __init__(self, next_app: Any, *, served: MountedOperations) -> None:
        self._next, self._served = next_app, served
        self._connected: set[str] = set()

    def add_api(
        self, specification: HostedSpecification, *, resolver: HostedResolver, service: Service, **options: Any
    ) -> None:
        """Let the resolver find the handlers of a service when they are needed, at whatever path it is served.

        Functions of the user are found now. Raises HandlerError for one that cannot answer its operation.
        """
        if service.name not in self._connected:
            self._connected.add(service.name)
            service.connect(HostedOperations(specification, resolver, service).handler)
            for endpoint in service.endpoints.values() if resolver.has_functions else ():
                endpoint.resolve()

    def __call__(self, scope: Any, receive: Any, send: Any) -> Awaitable[None]:
        if scope["type"] == "http":
            found = self._served.find(scope)
            if found is not None:
                return self._answer(*found, scope, receive, send)
        awaitable: Awaitable[None] = self._next(scope, receive, send)
        return awaitable

    @staticmethod
    async def _answer(service: Service, match: Match, scope: Any, receive: Any, send: Any) -> None:
        endpoint = service.endpoint(scope, match)
        if endpoint is not None:
            reply, limits, _ = await endpoint(scope, receive, match[1])
        else:
            reply, limits = service.no_endpoint_reply(scope, match), ()
        await write(reply, limits, scope, send)
