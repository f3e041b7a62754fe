"""Check of injection: a text with quotes or tags is data, wherever it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import ANONYMOUS
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.registration import login_of
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place, resource_of
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.openapi.document import Parameter
from mockserver.openapi.media_types import essence

ALWAYS_TRUE = ("' OR '1'='1", '" OR "1"="1', "%' OR 1=1 -- ")
"""Ends of a text that make a condition true if the text becomes a part of a query."""

HARMLESS = " OR 1=1"
"""The same words without a quote. A search that knows OR finds the same with it."""

SCRIPT = "<script>contractCheck()</script>"
SEVERAL = 3
"""At most this many parameters of an operation are tried."""


def injection(context: CheckContext, op: ResourceOperation, resource: CheckedResource | None) -> None:
    """A text with quotes or tags is data: it finds nothing more, and does not come back as a script."""
    login = login_of(context.contract, op)
    if login is not None and op.media_type is not None:
        _check_login(context, op, login.name, login.password)
        return
    created = context.create(resource) if resource is not None and resource.can("create") else None
    path = dict(created.path) if created is not None else {}
    for parameter in _texts(context, op):
        _check_filter(context, op, path, parameter.name)
        _check_script(context, context.send(op, path=path, query={parameter.name: SCRIPT}), parameter.name)
    if created is not None and resource is not None and resource.is_of_item(op):
        _check_id(context, op, path, resource.behaviour.identity.parameter)


def _texts(context: CheckContext, op: ResourceOperation) -> list[Parameter]:
    """Query parameters that take any text."""
    keyword, types = context.contract.schemas.keyword, context.contract.schemas.types
    return [
        each
        for each in op.operation.parameters
        if each.location == "query"
        and each.schema is not None
        and "string" in types(each.schema)
        and not any(keyword(each.schema, word) is not None for word in ("enum", "const", "format", "pattern"))
    ][:SEVERAL]


def _check_filter(context: CheckContext, op: ResourceOperation, path: dict[str, Any], name: str) -> None:
    """What finds nothing finds nothing with a condition at its end either."""
    nothing = context.shared.mark() + "-nowhere"
    before = context.send(op, path=path, query={name: nothing})
    if not _finds_nothing(before) or not _finds_nothing(context.send(op, path=path, query={name: nothing + HARMLESS})):
        return
    for end in ALWAYS_TRUE:
        exchange = context.send(op, path=path, query={name: nothing + end})
        context.compared += 1
        found = _longest_list(exchange.json)
        if exchange.status < 300 and found:
            context.report_violation(
                f"{name} with a quote and a condition finds nothing, as without it",
                f"{found} items",
                before,
                exchange,
                about=f"filter {name}",
            )
            return


def _finds_nothing(exchange: RecordedExchange) -> bool:
    return exchange.status < 300 and isinstance(exchange.json, dict | list) and _longest_list(exchange.json) == 0


def _longest_list(value: Any, depth: int = 0) -> int:
    """The number of objects in the longest list of a response."""
    if depth > 3:
        return 0
    below = value.values() if isinstance(value, dict) else ()
    own = len(value) if isinstance(value, list) else 0
    return max([own, *(_longest_list(each, depth + 1) for each in below)])


def _check_script(context: CheckContext, exchange: RecordedExchange, where: str) -> None:
    """A script in a request does not come back as a script. A refusal that is no page says nothing about that."""
    kind = essence(exchange.header("content-type") or "")
    is_page = kind in ("text/html", "application/xhtml+xml")
    if not is_page and exchange.status >= 300:
        return
    context.expect(
        not (is_page and SCRIPT.encode() in exchange.reply_body),
        f"a script in {where} does not come back as a part of a page",
        f"it is in the {kind} response as it was sent",
        exchange,
        about=f"script {where}",
    )


def _check_id(context: CheckContext, op: ResourceOperation, path: dict[str, Any], name: str) -> None:
    """No id with a condition at its end finds an item.

    A service that succeeds for any unknown id, which another check reports, must not show the present item for this one.
    """
    numbers = isinstance(path.get(name), int)
    plain = 987_654_321 if numbers else "contract-check-nowhere" + HARMLESS
    finds_any = context.send(op, path=path | {name: plain}).status < 300
    for id in ("987654321 OR 1=1",) if numbers else tuple("contract-check-nowhere" + end for end in ALWAYS_TRUE[:2]):
        exchange = context.send(op, path=path | {name: id})
        context.expect_status(
            exchange.status >= 300 or (finds_any and str(path.get(name)) not in map(str, _leaves(exchange.json))),
            f"the {name} {id}, which no item has, is not found",
            exchange,
            about="id",
        )
    _check_script(context, context.send(op, path=path | {name: SCRIPT}), name)


def _leaves(value: Any) -> Iterator[Any]:
    """The values in a response that are no objects and no lists."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _leaves(each)
    else:
        yield value


def _check_login(context: CheckContext, op: ResourceOperation, user: str, password: str) -> None:
    """A condition instead of a name and a password does not log in."""
    body = context.bodies.minimal(op, context.check)
    if body is None:
        raise CannotBuildRequest(f"cannot generate a valid body for {op.name}")
    refused = context.send(op, user=ANONYMOUS, body=body | {user: "contract-check", password: "contract-check"})
    if 200 <= refused.status < 300:
        raise CannotBuildRequest(f"{op.name} answers a failed login with {refused.status} too")
    for end in ALWAYS_TRUE[:2]:
        sent = body | {user: "contract-check" + end, password: "contract-check" + end}
        exchange = context.send(op, user=ANONYMOUS, body=sent)
        context.expect_status(
            not 200 <= exchange.status < 300 or not exchange.json,
            "a login with a quote and a condition instead of a name is refused",
            exchange,
            about="login",
        )


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    source = "OWASP API Security Top 10 2023, API8; CWE-89, CWE-79"
    for op in resource_operations(contract):
        resource = resource_of(op, known)
        reads = op.operation.method == "get" and (
            any(p.location == "query" for p in op.operation.parameters)
            or (resource is not None and resource.is_of_item(op))
        )
        if reads or (op.media_type is not None and login_of(contract, op) is not None):
            statement = StatementRef(
                op.name, "http", "implied", source, "A text is data, and never a part of a query or a page."
            )
            yield op.name, statement, (op, resource)


CHECKS = (Check("injection", (), _places, injection, exclusive=False),)
