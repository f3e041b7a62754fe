"""The endpoints of a service by path, and by the resource that they are about."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.handlers.actions import create
from mockserver.handlers.request_context import BoundOperation
from mockserver.openapi import path_template
from mockserver.web.endpoint import Endpoint
from mockserver.web.request.router import Router


def bound_operations(endpoints: Iterable[Endpoint]) -> dict[str, BoundOperation]:
    """One bound operation for each resource, by the resource's name; one that creates, if there is one."""
    found: dict[str, BoundOperation] = {}
    bound_ones = [endpoint.bound for endpoint in endpoints if endpoint.bound is not None]
    for bound in sorted(bound_ones, key=lambda each: each.handler.begin is not create):
        if bound.plan is not None:
            found.setdefault(bound.plan.name, bound)
    return found


def router(endpoints: Iterable[Endpoint]) -> Router:
    """A router of the endpoints by method; paths that differ only in the names of parameters share one entry."""
    found: dict[str, dict[str, Endpoint]] = {}
    for endpoint in endpoints:
        operation = endpoint.operation
        found.setdefault(path_template.shape(operation.path), {}).setdefault(operation.method.upper(), endpoint)
    made = Router()
    for methods in found.values():
        made.add(next(iter(methods.values())).operation.path, methods)
    return made
