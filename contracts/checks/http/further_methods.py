"""Checks of the methods that OpenAPI 3.2 added: `QUERY` changes nothing, and methods of any other name are served."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place, resource_of
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

UNKNOWN_METHOD = (405, 501)
"""The statuses for a method that a resource does not allow, or a server does not know (RFC 9110 section 9.1)."""


def query_is_safe(context: CheckContext, op: ResourceOperation, resource: CheckedResource | None) -> None:
    """A QUERY changes nothing, and the same QUERY again is answered with the same status."""
    path = context.path_to(op, resource)
    lists = [one for one in checked_resources(context.contract).values() if _is_listed(one)]
    before = _steady(context, lists)
    first = context.send(op, path=path)
    after = {one.name: _listed(context, one) for one in lists if one.name in before}
    for name, items in before.items():
        context.expect(
            items == after[name],
            f"the list of {name} is the same after a QUERY as before, because QUERY is safe",
            "the list has changed",
            first,
            about=f"safe {name}",
        )
    again = context.send(op, path=path)
    context.expect_status(
        first.status == again.status,
        f"the same QUERY again has the same status {first.status}, because QUERY is idempotent",
        first,
        again,
        about="idempotent",
    )


def _is_listed(resource: CheckedResource) -> bool:
    return resource.can("list") and not resource.behaviour.parent


def _listed(context: CheckContext, resource: CheckedResource) -> list[dict[str, Any]]:
    return context.items(resource, context.list_page(resource))


def _steady(context: CheckContext, resources: list[CheckedResource]) -> dict[str, list[dict[str, Any]]]:
    """The lists by the name of their resource, without those that change by themselves."""
    first = {one.name: _listed(context, one) for one in resources}
    return {one.name: items for one in resources if (items := _listed(context, one)) == first[one.name]}


def additional_method(context: CheckContext, op: ResourceOperation, resource: CheckedResource | None) -> None:
    """A documented method of any name is served: it is not refused as unknown (405 or 501)."""
    exchange = context.send(op, path=context.path_to(op, resource))
    context.expect_status(
        exchange.status not in UNKNOWN_METHOD,
        f"the documented method {op.operation.http_method} is served",
        exchange,
        about="unknown",
    )


def _query_places(contract: Contract) -> Iterator[Place]:
    source = "OpenAPI 3.2 section 4.9.1, the HTTP QUERY method (safe and idempotent)"
    for op, resource in _operations(contract):
        if op.operation.method == "query":
            yield (
                op.name,
                StatementRef(op.name, "http", "documented", source, "A QUERY changes nothing."),
                (op, resource),
            )


def _additional_places(contract: Contract) -> Iterator[Place]:
    source = "OpenAPI 3.2 section 4.9.1 (additionalOperations)"
    for op, resource in _operations(contract):
        if op.operation.is_additional:
            statement = StatementRef(op.name, "http", "documented", source, "A documented method is served.")
            yield op.name, statement, (op, resource)


def _operations(contract: Contract) -> Iterator[tuple[ResourceOperation, CheckedResource | None]]:
    """Each operation with its resource, which may be the one whose items have the same path."""
    known = checked_resources(contract)
    of_path = {one.operations["get"].operation.path: one for one in known.values() if one.can("get")}
    for op in resource_operations(contract):
        yield op, resource_of(op, known) or of_path.get(op.operation.path)


CHECKS = (
    Check("query-safe", (), _query_places, query_is_safe),
    Check("additional-method", (), _additional_places, additional_method, exclusive=False),
)
