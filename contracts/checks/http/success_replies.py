"""Checks of success replies: status, envelope and Location header."""

from __future__ import annotations

from urllib.parse import parse_qsl, urljoin, urlsplit

from contracts.checks.item_view import as_json
from contracts.checks.missing_items import is_said_absent
from contracts.checks.reply_templates import template_differences, without_examples
from contracts.client.request_builder import CannotBuildRequest, servers_of
from contracts.client.target import Request
from contracts.model.finding import BINDING_EVIDENCE, RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, value_at
from contracts.runner.check import Check, operation_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import ReplyStatement


def reply(context: CheckContext, resource: CheckedResource, op: ResourceOperation, statement: ReplyStatement) -> None:
    """A success reply has the stated status, envelope and Location header."""
    exchange = _send_valid_request(context, resource, op)
    if exchange.status >= 300 or is_said_absent(op, exchange.status):
        raise CannotBuildRequest(f"{op.name} answers {exchange.status}")
    if statement.status is not None and not (exchange.status == 201 and _may_create(resource, op)):
        context.expect_status(
            exchange.status == statement.status, f"a success has status {statement.status}", exchange, about="status"
        )
    if "{location}" in statement.headers.values() and _is_location_stated(op, statement):
        _check_location(context, resource, statement, exchange, _stated_location(op, exchange))
    if op.operation.method != "head" and exchange.reply_body:
        context.compared += 1
        # What the mock shows beside the items is an example if it is not stated: `next` is another one each time.
        template = op.template if statement.evidence != "inferred" else without_examples(op.template)
        for problem in template_differences(template, exchange.json, {}):
            context.report_violation(
                "the reply has the stated envelope", problem, exchange, about=problem.partition(" ")[0]
            )


def _may_create(resource: CheckedResource, op: ResourceOperation) -> bool:
    """Can a PUT create the item, so that 201 is right as well (RFC 9110 section 9.3.4)?"""
    return op.creates_missing and (resource.is_put or not resource.can("create"))


def _is_location_stated(op: ResourceOperation, statement: ReplyStatement) -> bool:
    """Is the Location header documented, or part of a documented statement? An inferred one is not checked."""
    response = op.operation.success()
    return statement.evidence in BINDING_EVIDENCE or any(
        h.name.lower() == "location" for h in (response.headers if response else ())
    )


def _stated_location(op: ResourceOperation, exchange: RecordedExchange) -> StatementRef | None:
    """What HTTP says of a Location in a 201 that the document names; None if the statement of the reply is all.

    That of a 202 may lead to a job.
    """
    is_named = any(
        header.name.lower() == "location"
        for each in op.operation.responses
        if each.status == "201"
        for header in each.headers
    )
    text = "The Location of a 201 leads to the new item."
    is_law = is_named and exchange.status == 201
    return StatementRef(op.name, "reply", "documented", "RFC 9110 section 15.3.2", text) if is_law else None


def _check_location(
    context: CheckContext,
    resource: CheckedResource,
    statement: ReplyStatement,
    exchange: RecordedExchange,
    law: StatementRef | None,
) -> None:
    """The Location header is the URL of the new item (RFC 9110 section 10.2.2)."""
    name = next(name for name, written in statement.headers.items() if written == "{location}")
    address = exchange.header(name)
    if not context.expect(
        bool(address),
        f"the create reply has the header {name} with the URL of the new item",
        "no such header",
        exchange,
        about="location",
    ):
        return
    operation = resource.operations["get" if resource.can("get") else "create"].operation
    servers = servers_of(context.contract.document, operation)
    parts = urlsplit(urljoin(exchange.url, str(address)))
    base = urlsplit(context.target.address(Request("GET", "", servers=servers))).path
    if not context.expect(
        parts.path.startswith(base), f"the URL in {name} starts with {base}", as_json(address), exchange, about="base"
    ) or not resource.can("get"):
        return
    response = context.target.send(
        _following(context, resource, address, parts.path.removeprefix(base)), context.main_user
    )
    context.expect_status(
        response.status == 200,
        f"a GET of {parts.path}, the value of {name}, returns the new item",
        exchange,
        response,
        about="located",
        statement=law,
    )
    field = resource.behaviour.identity.field
    wanted = value_at(exchange.json, resource.operations["create"].reply_path("item") or ())
    found = context.item(resource.operations["get"], response)
    if isinstance(wanted, dict) and field in wanted and field in found:
        context.expect(
            found[field] == wanted[field],
            f"{name} leads to the new item {wanted[field]}",
            f"it leads to {found[field]}",
            exchange,
            response,
            about="located other",
            statement=law,
        )


def _following(context: CheckContext, resource: CheckedResource, address: object, path: str) -> Request:
    """A GET of the address in a Location header, with what a GET of such an item requires: the header of a tenant."""
    asked = context.request(resource.operations["get"].operation, user=context.main_user)
    own = dict(parse_qsl(urlsplit(str(address)).query, keep_blank_values=True))
    left_out = {*own, resource.behaviour.identity.parameter}
    further = (pair for pair in asked.query if pair[0] not in left_out)
    return asked._replace(path=path, query=(*own.items(), *further))


def _send_valid_request(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> RecordedExchange:
    does = op.behaviour.action.does if op.behaviour.action else ""
    if does == "create" or (does == "replace" and resource.is_put):
        return context.try_create(resource)[0]
    if does == "answer" or not resource.can("create"):
        body = context.bodies.minimal(op, context.check) if op.media_type else None
        return context.send(op, body=body) if body is not None else context.send(op)
    created = context.some_item(resource) if does in ("get", "list") else context.create(resource)
    body = context.bodies.minimal(op, context.check) if does in ("update", "replace") else None
    return context.send(op, path=created.path, body=body) if body is not None else context.send(op, path=created.path)


CHECKS = (Check("reply", ("reply",), operation_statement("reply"), reply, exclusive=False),)
