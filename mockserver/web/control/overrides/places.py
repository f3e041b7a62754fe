"""Which operations the condition of an override may match, and where the override is listed to be found fast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi import path_template
from mockserver.suggestions import meant
from mockserver.web import endpoint_index
from mockserver.web.control.conditions import check_name, check_path_parameters, invalid
from mockserver.web.control.overrides.buckets import OverrideBucket
from mockserver.web.control.overrides.matched_request import MatchedRequest, paths_of
from mockserver.web.control.overrides.override import Override
from mockserver.web.control.overrides.response_checks import ALL_THE_SAME
from mockserver.web.endpoint import Endpoint
from mockserver.web.service import Service

Owned = tuple[Service, Endpoint]
"""An operation with the service that has it."""

PLAIN = lazy_pattern(r"[A-Za-z0-9/_.~-]*")
"""A path that has one form only."""

OperationKey = tuple[str | None, str]
"""The name of a service and an operationId."""


def concerned(when: Mapping[str, Any], services: Mapping[str, Service], *, is_invalid: bool) -> tuple[Owned, ...]:
    """The operations that a condition may match. Raises Invalid for a service, operation, path or path parameter
    that there is not.

    With `is_invalid` there may be no operation for a path.
    """
    if "service" in when:
        check_name("service", when["service"], list(services), ("when", "service"))
    chosen = [services[when["service"]]] if "service" in when else list(services.values())
    found = [(service, endpoint) for service in chosen for endpoint in service.endpoints.values()]
    if "operation" in when:
        found = _named(when["operation"], found)
    if "path" in when:
        found = list(_at_path(when["path"], found, is_invalid=is_invalid or "operation" in when))
    if "method" in when:
        found = [owned for owned in found if _has_method(owned[1], when["method"].upper())]
    if not found and not is_invalid:
        raise invalid(f"no operation matches all of this{ALL_THE_SAME}", ("when",))
    if found:
        check_path_parameters(when, (endpoint.operation.path for _, endpoint in found), ("when",))
    return tuple(found)


def _named(name: str, known: list[Owned]) -> list[Owned]:
    check_name("operation", name, [endpoint.operation.operation_id for _, endpoint in known], ("when", "operation"))
    return [owned for owned in known if owned[1].operation.operation_id == name]


def _at_path(path: str, known: list[Owned], *, is_invalid: bool) -> Iterator[Owned]:
    """The operations of a path, which is literal or a template."""
    services = dict.fromkeys(service for service, _ in known)
    matches = {service.name: service.find(path) for service in services}
    shape, found = path_template.shape(path), False
    for service, endpoint in known:
        match = matches[service.name]
        is_here = match is not None and endpoint in endpoint_index.endpoints_of(match[0])
        if is_here or ("{" in path and path_template.shape(endpoint.operation.path) == shape):
            found = True
            yield service, endpoint
    if not found and not is_invalid:
        paths = list(dict.fromkeys(endpoint.operation.path for _, endpoint in known))
        raise invalid(
            f"no operation has the path {path!r}; {meant(path, paths)}{ALL_THE_SAME}",
            ("when", "path"),
        )


def _has_method(endpoint: Endpoint, method: str) -> bool:
    own = endpoint.operation.http_method.upper()
    return own == method or (method == "HEAD" and own == "GET")


class OverrideList:
    """The overrides of one namespace by id, and where to look for those that may apply to a request."""

    def __init__(self) -> None:
        self.by_id: dict[str, Override] = {}
        self._by_operation: dict[OperationKey, OverrideBucket] = {}
        self._by_path: dict[str, OverrideBucket] = {}
        self._others: list[Override] = []

    def put(self, override: Override) -> None:
        """Add an override, or put it in the place of the one with its id."""
        self.by_id[override.id] = override
        self._list_all()

    def add(self, override: Override) -> None:
        """Add a new override, which comes before all others."""
        self.by_id[override.id] = override
        self._list(override)

    def remove(self, id: str) -> None:
        """Remove an override."""
        del self.by_id[id]
        self._list_all()

    def newest_first(self) -> list[Override]:
        """All overrides in the order in which they are tried."""
        return sorted(self.by_id.values(), key=_newest)

    def is_listed(self, service: str | None, operation: str) -> bool:
        """Are there overrides of an operation?"""
        return (service, operation) in self._by_operation

    @property
    def is_by_operation(self) -> bool:
        """Does each name operations, so that none is for a path?"""
        return not (self._others or self._by_path)

    def is_at_path(self, service: Service | None, raw: str, services: Mapping[str, Service], *, is_known: bool) -> bool:
        """May there be candidates for a raw path, or for any? An operation for it may be known."""
        if self._others or not self._by_path:
            return bool(self._others)
        return any(_settled(path) in self._by_path for path in paths_of(raw, service, services, is_known=is_known))

    def candidates(self, request: MatchedRequest) -> list[Override]:
        """The overrides that may apply to a request, the newest first."""
        found = list(self._others)
        listed = self._by_operation.get((request.service, request.operation or ""))
        paths = request.paths if self._by_path else ()
        for bucket in (listed, *(self._by_path.get(_settled(path)) for path in paths)):
            if bucket is not None:
                found += bucket.candidates(request)
        return sorted(found, key=_newest)

    def _list_all(self) -> None:
        self._by_operation.clear()
        self._by_path.clear()
        self._others.clear()
        for override in sorted(self.by_id.values(), key=lambda each: each.number):
            self._list(override)

    def _list(self, override: Override) -> None:
        when, endpoints = override.wanted.get("when", {}), override.scope.endpoints
        if "path" in when and "{" not in when["path"]:
            self._by_path.setdefault(_settled(when["path"]), OverrideBucket()).add(override)
        elif endpoints and ("operation" in when or "path" in when):
            for service, endpoint in endpoints:
                key = (service.name, endpoint.operation.operation_id)
                self._by_operation.setdefault(key, OverrideBucket()).add(override)
        else:
            self._others.append(override)


def _settled(path: str) -> str:
    """A path in the one form of all that mean the same (RFC 3986 section 6.2.2)."""
    return path if PLAIN.fullmatch(path) else "/".join(map(path_template.canonical, path.split("/")))


def _newest(override: Override) -> int:
    return -override.number
