"""The operation that a request for an unknown path or method probably means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from heapq import nlargest
from typing import TYPE_CHECKING, NamedTuple

from mockserver.lazy_module import LazyModule
from mockserver.openapi.document import Operation
from mockserver.web.service import Service

if TYPE_CHECKING:
    import difflib
else:
    difflib = LazyModule("difflib")

LONGEST = 200
"""How many characters of a path are compared: clients choose it."""

CLOSER_LOOKS = 20
"""How many operations are compared letter by letter: those that share most parts of the path."""


class Candidate(NamedTuple):
    """An operation, its service, and its path with the prefix that clients use."""

    service: Service
    operation: Operation
    path: str


def nearest(method: str, target: str, services: Mapping[str, Service]) -> Candidate | None:
    """The operation that is most like a request; None if no service has operations."""
    path = target.partition("?")[0][:LONGEST]
    parts = frozenset(path.strip("/").split("/"))
    close = nlargest(CLOSER_LOOKS, _candidates(services), key=lambda one: _shared(one, parts, method))
    return max(close, key=lambda one: _likeness(one, path, method), default=None)


def mount_of(service: Service, services: Mapping[str, Service]) -> str:
    """What is before the paths of the servers of a service: its name, if it is not the only one."""
    return "" if len(services) == 1 else f"/{service.name}"


def prefix_of(service: Service, services: Mapping[str, Service]) -> str:
    """What the paths of a service begin with."""
    return mount_of(service, services) + service.contract.document.base_path


def path_of(service: Service, operation: Operation, services: Mapping[str, Service]) -> str:
    """The path template of an operation below the address of the mock, by its first server."""
    base = service.contract.document.base_path_of(operation)
    return mount_of(service, services) + base + operation.path


def _candidates(services: Mapping[str, Service]) -> Iterator[Candidate]:
    for service in services.values():
        for endpoint in service.endpoints.values():
            yield Candidate(service, endpoint.operation, path_of(service, endpoint.operation, services))


def _shared(candidate: Candidate, parts: frozenset[str], method: str) -> tuple[int, bool]:
    own = candidate.path.strip("/").split("/")
    return sum(part in parts for part in own) - abs(len(own) - len(parts)), _has(candidate, method)


def _likeness(candidate: Candidate, path: str, method: str) -> float:
    compared = difflib.SequenceMatcher(None, candidate.path[:LONGEST], path, autojunk=False)
    return compared.ratio() + 0.1 * _has(candidate, method)


def _has(candidate: Candidate, method: str) -> bool:
    return candidate.operation.http_method == method
