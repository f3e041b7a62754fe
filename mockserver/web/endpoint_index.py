"""The endpoints of a service by path, and by the resource that they are about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from mockserver.behaviour.statements import OperationBehaviour
from mockserver.contract import Contract
from mockserver.handlers.actions import create
from mockserver.handlers.binding.binding import EVERY_HANDLER
from mockserver.handlers.binding.bound_operation import BoundOperation
from mockserver.openapi import path_template
from mockserver.openapi.document import Document, Operation
from mockserver.openapi.path_conditions import conditions
from mockserver.web.endpoint import Endpoint
from mockserver.web.endpoint_choice import EndpointChoice
from mockserver.web.request.router import Router


class ResourceOperations(Mapping[str, BoundOperation]):
    """One bound operation for each resource, by the resource's name; one that creates, if there is one.

    An endpoint is asked for its operation when its resource is looked for.
    """

    def __init__(self, contract: Contract, endpoints: Mapping[str, Endpoint]) -> None:
        self._acting, self._endpoints = contract.acting, endpoints
        self._found: dict[str, BoundOperation | None] = {}

    def __getitem__(self, resource: str) -> BoundOperation:
        """The operation. Raises KeyError for a resource without one."""
        if resource not in self._found:
            self._found[resource] = self._find(resource)
        found = self._found[resource]
        if found is None:
            raise KeyError(resource)
        return found

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._acting if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _find(self, resource: str) -> BoundOperation | None:
        acting = sorted(self._acting.get(resource, ()) if resource else (), key=lambda entry: not _creates(entry[1]))
        bound_ones = (self._endpoints[operation.operation_id].bound for operation, _ in acting)
        return next((bound for bound in bound_ones if bound is not None), None)


def _creates(stated: OperationBehaviour) -> bool:
    handler = EVERY_HANDLER.get(stated.action.does) if stated.action is not None else None
    return handler is not None and handler.begin is create


Methods = dict[str, Endpoint | EndpointChoice]
"""What answers each method of a path."""


def router(endpoints: Iterable[Endpoint]) -> Router:
    """A router of the endpoints by method; paths that differ only in the names of parameters share one entry.

    So do those that differ only in what is behind them, such as `?op=a`: a request chooses among these.
    """
    found: dict[str, tuple[str, dict[str, list[Endpoint]]]] = {}
    for endpoint in endpoints:
        operation = endpoint.operation
        for path in dict.fromkeys((operation.path, path_template.split(operation.path)[0])):
            _, methods = found.setdefault(path_template.shape(path), (path, {}))
            methods.setdefault(operation.http_method, []).append(endpoint)
    made = Router()
    for path, methods in found.values():
        value = {method: _choice(path, each) for method, each in methods.items()}
        made.add(path, value)
        parameters = [p for each in methods.values() for endpoint in each for p in endpoint.operation.parameters]
        for name in dict.fromkeys(p.name for p in parameters if p.slashes and f"{{{p.name}}}" in path):
            made.add_long(path, name, value)
        if any(p.resource_name for p in parameters):
            made.accept_slashes()
    return made


def endpoints_of(methods: Methods) -> list[Endpoint]:
    """All endpoints of a path."""
    each = (found.endpoints if isinstance(found, EndpointChoice) else [found] for found in methods.values())
    return [endpoint for several in each for endpoint in several]


def _choice(path: str, endpoints: list[Endpoint]) -> Endpoint | EndpointChoice:
    """The endpoint of a method: the first one, or a choice if what is behind the path tells several apart."""
    if all(endpoint.operation.path == path or not conditions(endpoint.operation) for endpoint in endpoints):
        return endpoints[0]
    return EndpointChoice((conditions(endpoint.operation), endpoint) for endpoint in endpoints)


def routers(document: Document, endpoints: Collection[Endpoint], whole: Router) -> dict[str, Router]:
    """The router below each path of a server: `whole`, with all operations, below those of the document.

    An operation with servers of its own is below their paths too. So a client finds it that was generated from the
    document, and one that appends every path to the same address. The longest path is first.
    """
    first, *others = document.base_paths
    found: dict[str, Router] = {first: whole, **{base: whole for base in others if _is_clear(base, endpoints)}}
    for base in document.own_base_paths:
        own = [endpoint for endpoint in endpoints if base in endpoint.operation.base_paths]
        if base not in found and _is_clear(base, own):
            found[base] = router(own)
    return dict(sorted(found.items(), key=lambda entry: -len(entry[0])))


def _is_clear(base: str, endpoints: Iterable[Endpoint]) -> bool:
    """Can operations be served below this path too? At the root, `/{id}` would hide the pages of the mock."""
    return bool(base) or not any(_hides_pages(endpoint.operation) for endpoint in endpoints)


def _hides_pages(operation: Operation) -> bool:
    return operation.path == "/" or operation.path.startswith("/{")
