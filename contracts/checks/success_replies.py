"""Checks of success replies: status, envelope and Location header."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from contracts.checks.reply_templates import misfits
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import Request
from contracts.model.finding import BINDING_EVIDENCE, RecordedExchange
from contracts.model.resources import CheckedResource, ResourceOperation, value_at
from contracts.runner.check import Check, operation_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import ReplyStatement


def reply(context: CheckContext, resource: CheckedResource, op: ResourceOperation, statement: ReplyStatement) -> None:
    """A success has the status and the envelope that are said."""
    exchange = _succeeding(context, resource, op)
    if exchange.status >= 300:
        raise CannotBuildRequest(f"{op.name} answers {exchange.status}")
    if statement.status is not None and not (exchange.status == 201 and _may_make(resource, op)):
        context.expect(
            exchange.status == statement.status,
            f"status {statement.status}",
            f"status {exchange.status}",
            exchange,
            about="status",
        )
    if "{location}" in statement.headers.values() and _is_promised(op, statement):
        _located(context, resource, statement, exchange)
    if op.operation.method != "head" and exchange.reply_body:
        for problem in misfits(op.template, exchange.json, {}):
            context.report_violation("the envelope that is said", problem, exchange, about=problem.partition(" ")[0])


def _may_make(resource: CheckedResource, op: ResourceOperation) -> bool:
    """Does a PUT go to where nothing is, so that a 201 tells what it made (RFC 9110 section 9.3.4)?"""
    return bool(op.behaviour.action and op.behaviour.action.upsert) and not resource.can("create")


def _is_promised(op: ResourceOperation, statement: ReplyStatement) -> bool:
    """Is Location documented, or said by somebody who knows? A guess alone promises nothing."""
    response = op.operation.success()
    return statement.evidence in BINDING_EVIDENCE or any(
        h.name.lower() == "location" for h in (response.headers if response else ())
    )


def _located(
    context: CheckContext, resource: CheckedResource, statement: ReplyStatement, exchange: RecordedExchange
) -> None:
    """The address of a new item is told, and the item is there (RFC 9110 section 10.2.2)."""
    name = next(name for name, written in statement.headers.items() if written == "{location}")
    address = exchange.header(name)
    if not context.expect(
        bool(address), f"{name} says where the new item is", "no such header", exchange, about="location"
    ):
        return
    parts, base = urlsplit(urljoin(exchange.url, str(address))), urlsplit(context.target.base_url).path
    if not context.expect(
        parts.path.startswith(base), f"{name} leads below {base}", repr(address), exchange, about="base"
    ) or not resource.can("get"):
        return
    seen = context.target.send(Request("GET", parts.path.removeprefix(base)), context.main_user)
    context.expect(
        seen.status == 200, f"the item is at {parts.path}", f"status {seen.status}", exchange, seen, about="located"
    )
    field = resource.behaviour.identity.field
    wanted = value_at(exchange.json, resource.operations["create"].reply_path("item") or ())
    found = context.item(resource.operations["get"], seen)
    if isinstance(wanted, dict) and field in wanted and field in found:
        context.expect(
            found[field] == wanted[field],
            f"the item at {parts.path} is the new one, {wanted[field]}",
            f"{field} {found[field]}",
            exchange,
            seen,
            about="located other",
        )


def _succeeding(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> RecordedExchange:
    does = op.behaviour.action.does if op.behaviour.action else ""
    if does == "create":
        return context.try_create(resource)[0]
    if does == "answer" or not resource.can("create"):
        body = context.bodies.minimal(op, context.check) if op.media_type else None
        return context.send(op, body=body) if body is not None else context.send(op)
    made = context.some_item(resource) if does in ("get", "list") else context.create(resource)
    body = context.bodies.minimal(op, context.check) if does in ("update", "replace") else None
    return context.send(op, path=made.path, body=body) if body is not None else context.send(op, path=made.path)


CHECKS = (Check("reply", ("reply",), operation_statement("reply"), reply, exclusive=False),)
