"""Checks of links: what a response links to is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.client.target import SAFE
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.link_values import values_of
from contracts.model.resources import (
    CheckedResource,
    ResourceOperation,
    checked_resources,
    name_of,
    resource_operations,
)
from contracts.runner.check import Check, Place, resource_of
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.errors import InvalidDocument
from mockserver.openapi import path_template
from mockserver.openapi.link_values import NoLinkValue, link_value
from mockserver.openapi.links import DocumentedLink, documented_links
from mockserver.openapi.runtime_expressions import ExpressionValues

NOT_THERE = (404, 410)
"""The statuses of a link that leads to nothing."""

WRONG_VALUE = (400, 422)
"""The statuses of a request whose parameters are refused; without a body, only the link can be the reason."""


def links(context: CheckContext, op: ResourceOperation, resource: CheckedResource | None, link: DocumentedLink) -> None:
    """A documented link of a response leads to something: the operation finds what it names, and takes the values."""
    exchange = _success(context, op, resource)
    values = values_of(op.operation, exchange)
    response = op.operation.response(exchange.status)
    if response is None or link.status != response.status:
        raise CannotBuildRequest(f"the response {exchange.status} has no such link; {link.status} has it")
    _check_names(context, op, link, exchange)
    given = _given(link, values)
    missing = [
        each.name for each in link.target.parameters if each.location == "path" and each.name not in given["path"]
    ]
    if missing:
        raise CannotBuildRequest(f"the link does not say {', '.join(missing)} of {name_of(link.target)}")
    if link.target.http_method not in SAFE and not _is_ours(context, link, given["path"]):
        raise CannotBuildRequest(f"{name_of(link.target)} would change something that this check has not created")
    body = _body(context, link, values)
    followed = context.send(
        link.target, path=given["path"], query=given["query"], headers=given["header"], body=body, may_fail=True
    )
    if followed.status in (401, 403):
        raise CannotBuildRequest(f"{name_of(link.target)} returned {followed.status} for this user")
    refused = NOT_THERE if body is not MISSING else NOT_THERE + WRONG_VALUE
    context.expect_status(
        followed.status not in refused,
        f"the link {link.name} of {op.name} leads to something",
        exchange,
        followed,
        about=f"{link.status} {link.name}",
    )


def _check_names(
    context: CheckContext, op: ResourceOperation, link: DocumentedLink, exchange: RecordedExchange
) -> None:
    """The linked operation has the parameters that the link names."""
    known = {(each.location, each.name) for each in link.target.parameters}
    unknown = [name for name in link.parameters if name not in known]
    context.expect(
        not unknown,
        f"the link {link.name} of {op.name} names parameters of {name_of(link.target)}",
        f"it has no parameter {', '.join(name for _, name in unknown)}",
        exchange,
        about=f"{link.status} {link.name} names",
    )


def _is_ours(context: CheckContext, link: DocumentedLink, path: Mapping[str, Any]) -> bool:
    """Is the item that the link leads to one that this check has created? Only such an item may be changed."""
    names = path_template.names(link.target.path)
    return bool(names) and str(path[names[-1]]) in context.created_ids()


def _success(context: CheckContext, op: ResourceOperation, resource: CheckedResource | None) -> RecordedExchange:
    """A response of the operation to a valid request. Raises CannotBuildRequest."""
    if resource is not None and resource.operations.get("create") == op:
        return context.create(resource).exchange
    if op.operation.http_method not in SAFE:
        raise CannotBuildRequest("links are followed from creates and from requests that change nothing")
    made = _made(context, op, resource)
    exchange = context.send(op, path=made.path if made is not None else {})
    if not 200 <= exchange.status < 300:
        raise CannotBuildRequest(f"{op.name} returned {exchange.status} for a valid request")
    return exchange


def _made(context: CheckContext, op: ResourceOperation, resource: CheckedResource | None) -> CreatedItem | None:
    """A new item for an operation on one item, so that a link may change it; else any item."""
    if resource is not None and resource.can("create") and resource.is_of_item(op) and not context.target.read_only:
        return context.create(resource)
    return context.item_for(op, resource)


def _given(link: DocumentedLink, values: ExpressionValues) -> dict[str, dict[str, Any]]:
    """The parameters of the link by place. Raises CannotBuildRequest where a value is not in the response."""
    given: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}, "cookie": {}}
    try:
        for (place, name), written in link.parameters.items():
            value = link_value(written, values)
            given[place][name] = str(value) if place == "header" else value
    except (NoLinkValue, InvalidDocument) as fault:
        raise CannotBuildRequest(str(fault)) from None
    return given


def _body(context: CheckContext, link: DocumentedLink, values: ExpressionValues) -> Any:
    """The body that the link gives; else, where the operation needs one, a valid one."""
    if link.body is not None:
        try:
            return link_value(link.body, values)
        except (NoLinkValue, InvalidDocument) as fault:
            raise CannotBuildRequest(str(fault)) from None
    if link.target.request_body is None or not link.target.request_body.required:
        return MISSING
    op = context.shared.operations.get(name_of(link.target))
    body = context.shared.bodies.minimal(op, context.shared.mark()) if op is not None else None
    if body is None:
        raise CannotBuildRequest(f"no valid body can be generated for {name_of(link.target)}")
    return body


def _link_places(contract: Contract) -> Iterator[Place]:
    """Each link of a success response. A link need not be usable at any time, so a broken one is a warning."""
    known = checked_resources(contract)
    of_path = {one.operations["get"].operation.path: one for one in known.values() if one.can("get")}
    source = "OpenAPI 3.1 section 4.8.20 (a link names an operation that can follow)"
    for op in resource_operations(contract):
        resource = resource_of(op, known) or of_path.get(op.operation.path)
        for link in documented_links(op.operation, contract.document):
            if link.status[:1] == "2" or link.status == "default":
                text = f"The link {link.name} leads to {name_of(link.target)}."
                yield op.name, StatementRef(op.name, "http", "inferred", source, text), (op, resource, link)


CHECKS = (Check("links", (), _link_places, links, exclusive=False),)
