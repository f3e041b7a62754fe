"""The operations of all services, by the paths they are served at: what answers a request, whichever way it comes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from mockserver.openapi.document import Operation
from mockserver.web.operation_handlers import OperationHandler
from mockserver.web.request.router import Match, raw_path
from mockserver.web.service import Service
from mockserver.web.serving.fast_path import FastPath, KnownPaths

CACHED_PATHS = 1024
"""How many paths are cached with their match: clients choose the ids in them, so memory must be bounded."""

LONGEST_CACHED = 1_024
"""The longest path that is cached, in bytes."""


class MountedOperations:
    """Finds the service and the operation of a request. A service is below its name, and the only one at the root too.

    `prefixes` has each prefix with its service, `roots` the same with the paths of the documents' servers, longest
    first. Operations with servers of their own are below the paths of these too.
    The mock answers every operation; Connexion's resolver may find functions of the user instead (`operations.py`).
    """

    def __init__(self, services: Mapping[str, Service]) -> None:
        self.prefixes = {f"/{name}": service for name, service in services.items()}
        if len(services) == 1:
            self.prefixes |= {"": next(iter(services.values()))}
        mounted = [
            (prefix + base, each, find) for prefix, each in self.prefixes.items() for base, find in each.finders.items()
        ]
        self._mounted = sorted(mounted, key=lambda entry: -len(entry[0]))
        self.roots = [(base, service) for base, service, _ in self._mounted]
        self._cache: KnownPaths = {}
        self.fast_path = FastPath(self._cache, self._find)
        for service in services.values():
            service.connect(partial(_mock_handler, service))

    def find(self, scope: Any) -> tuple[Service, Match] | None:
        """The service that has the path of a request, and its match."""
        return self._cache.get(scope.get("raw_path")) or self._find(scope)

    def locate(self, scope: Any) -> tuple[str | None, Operation | None]:
        """The name of the service and the operation of a request; None for each that there is not."""
        found = self.find(scope)
        if found is None:
            return None, None
        endpoint = found[0].endpoint(scope, found[1])
        return found[0].name, endpoint.operation if endpoint is not None else None

    def _find(self, scope: Any) -> tuple[Service, Match] | None:
        """As `find`, for a path that is not cached; the next request with the same path finds it there."""
        path = raw_path(scope)
        for base_path, service, find in self._mounted:
            match = find(path[len(base_path) :]) if path.startswith(base_path) else None
            if match is not None:
                self._cache_match(scope.get("raw_path"), (service, match))
                return service, match
        return None

    def _cache_match(self, path: bytes | None, found: tuple[Service, Match]) -> None:
        if len(self._cache) >= CACHED_PATHS:
            self._cache.clear()
        if path is not None and len(path) <= LONGEST_CACHED:
            self._cache[path] = found


def is_root_taken(services: Mapping[str, Service]) -> bool:
    """Has the only service an operation at `/`?"""
    return len(services) == 1 and next(iter(services.values())).router.find("/") is not None


def _mock_handler(service: Service, operation: Operation) -> OperationHandler:
    return service.mock_handler(operation.operation_id)
