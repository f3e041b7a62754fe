"""Checks of operations that the document does not have: other methods of an item, and pages for debugging."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import Request
from contracts.model.documented_methods import methods_at
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, checked_resources, name_of
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

METHODS = ("PATCH", "PUT", "POST", "DELETE")
"""In this order, because nothing can be tried after a delete."""

DEBUG_PATHS = (
    "/actuator", "/actuator/env", "/actuator/heapdump", "/debug", "/debug/pprof/", "/debug/vars", "/_debug", "/__debug__/",
    "/console", "/h2-console", "/_profiler", "/phpinfo.php", "/server-status", "/.env", "/.git/config", "/trace", "/dump",
)  # fmt: skip
"""Where frameworks and tools have pages that tell about a running service."""


def hidden_operation(context: CheckContext, resource: CheckedResource, path: str, methods: tuple[str, ...]) -> None:
    """An item can be used by the documented methods only."""
    created = context.create(resource)
    operation = next(op.operation for op in resource.operations.values() if op.operation.path == path)
    plain = context.request(operation, user=created.user, path=created.path)
    body = dict(created.sent)
    for method in methods:
        sends = method != "DELETE"
        exchange = context.target.send(
            plain._replace(
                method=method,
                query=(),
                querystring="",
                body=body if sends else None,
                media_type="application/json" if sends else "",
            ),
            created.user,
        )
        context.expect_status(
            not 200 <= exchange.status < 300,
            f"the undocumented method {method} is refused for an item that exists",
            created.exchange,
            exchange,
            about=method,
        )


def debug_pages(context: CheckContext) -> None:
    """No page for debugging is open."""
    root = urlsplit(context.target.base_url).path
    if _get(context, "/contract-check-nowhere").status < 400:
        raise CannotBuildRequest("the service answers every path with success")
    for path in DEBUG_PATHS:
        if any(op.operation.path.rstrip("/") == path.rstrip("/") for op in context.shared.operations.values()):
            continue
        exchange = _get(context, path)
        context.expect_status(
            not 200 <= exchange.status < 300 or not exchange.reply_body,
            f"no page for debugging at {root}{path}",
            exchange,
            about=path,
        )


def _get(context: CheckContext, path: str) -> RecordedExchange:
    return context.target.send(Request("GET", path))


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        ops = [op.operation for op in resource.operations.values() if resource.is_of_item(op)]
        if not resource.can("create") or not ops:
            continue
        path = min((op.path for op in ops), key=len)
        documented = methods_at(contract, path)  # `/pets/{id}` and `/pets/{id_or_name}` are one path
        methods = tuple(each for each in METHODS if each not in documented)
        if methods:
            first = next(op for op in ops if op.path == path)
            statement = StatementRef(
                path, "http", "documented", "RFC 9110 section 15.5.6", "An undocumented method is refused with 405."
            )
            yield name_of(first), statement, (resource, path, methods)


def _debug_places(contract: Contract) -> Iterator[Place]:
    if contract.document.operations:
        source = "OWASP API Security Top 10 2023, API9 (improper inventory management)"
        statement = StatementRef("service", "http", "inferred", source, "No page for debugging is open.")
        yield name_of(contract.document.operations[0]), statement, ()


CHECKS = (
    Check("hidden-operation", (), _places, hidden_operation, exclusive=False),
    Check("debug-pages", (), _debug_places, debug_pages, exclusive=False, rude=True),
)
