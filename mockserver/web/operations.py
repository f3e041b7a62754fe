"""The middleware to which Connexion gives each document, and which answers requests for its operations."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from connexion.middleware.abstract import SpecMiddleware

from mockserver.openapi.document import Operation
from mockserver.web.connexion_document import HostedSpecification
from mockserver.web.hosting import HostedOperations
from mockserver.web.request.router import Match, raw_path
from mockserver.web.resolver import HostedResolver
from mockserver.web.service import Service
from mockserver.web.serving.fast_path import FastPath, KnownPaths
from mockserver.web.serving.response_writer import write

CACHED_PATHS = 1024
"""How many paths are cached with their match: clients choose the ids in them, so memory must be bounded."""

LONGEST_CACHED = 1_024
"""The longest path that is cached, in bytes."""


class OperationsMiddleware(SpecMiddleware):  # type: ignore[misc]  # connexion has no types: a base of type Any
    """Answers requests for the paths of documents; passes all others to the next middleware."""

    def __init__(self, next_app: Any) -> None:
        self._next = next_app
        self._roots: list[tuple[str, Service]] = []
        self._cache: KnownPaths = {}
        self.fast_path = FastPath(self._cache)

    def add_api(
        self,
        specification: HostedSpecification,
        *,
        base_path: str,
        resolver: HostedResolver,
        service: Service,
        **options: Any,
    ) -> None:
        """Mount a service; the longest base path is matched first. The resolver finds its handlers when needed.

        Functions of the user are found now. Raises HandlerError for one that cannot answer its operation.
        """
        if all(mounted is not service for _, mounted in self._roots):
            service.connect(HostedOperations(specification, resolver, service).handler)
            for endpoint in service.endpoints.values() if resolver.has_functions else ():
                endpoint.resolve()
        self._roots.append((base_path, service))
        self._roots.sort(key=lambda entry: -len(entry[0]))

    def __call__(self, scope: Any, receive: Any, send: Any) -> Awaitable[None]:
        if scope["type"] == "http":
            found = self._cache.get(scope.get("raw_path")) or self._find(scope)
            if found is not None:
                return self._answer(*found, scope, receive, send)
        awaitable: Awaitable[None] = self._next(scope, receive, send)
        return awaitable

    @staticmethod
    async def _answer(service: Service, match: Match, scope: Any, receive: Any, send: Any) -> None:
        endpoint = service.endpoint(scope["method"], match)
        if endpoint is not None:
            reply, limits = await endpoint(scope, receive, match[1])
        else:
            reply, limits = service.method_not_allowed_reply(scope, match), ()
        await write(reply, limits, scope, send)

    def locate(self, scope: Any) -> tuple[str | None, Operation | None]:
        """The name of the service and the operation of a request; None for each that there is not."""
        found = self._cache.get(scope.get("raw_path")) or self._find(scope)
        if found is None:
            return None, None
        endpoint = found[0].endpoint(scope["method"], found[1])
        return found[0].name, endpoint.operation if endpoint is not None else None

    def _find(self, scope: Any) -> tuple[Service, Match] | None:
        """The service that has the path, and its match; cached for the next request with the same path."""
        path = raw_path(scope)
        for base_path, service in self._roots:
            match = service.find(path[len(base_path) :]) if path.startswith(base_path) else None
            if match is not None:
                self._cache_match(scope.get("raw_path"), (service, match))
                return service, match
        return None

    def _cache_match(self, path: bytes | None, found: tuple[Service, Match]) -> None:
        if len(self._cache) >= CACHED_PATHS:
            self._cache.clear()
        if path is not None and len(path) <= LONGEST_CACHED:
            self._cache[path] = found
