"""The status and the body that an error reply must have."""

from __future__ import annotations

from contracts.checks.reply_templates import template_differences
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import ResourceOperation
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import ErrorBody
from mockserver.errors import REFUSALS

REFUSED_BODY = (400, 422)
"""The statuses of a body that a service does not take."""


def error_statement(context: CheckContext, kind: str, op: ResourceOperation | None = None) -> ErrorBody | None:
    """The statement about the body of a kind of error, or None."""
    own = op.behaviour.errors.bodies if op else {}
    service = context.contract.behaviour.service.errors.bodies
    return own.get(kind) or service.get(kind) or own.get("default") or service.get("default")


def check_error_body(
    context: CheckContext, kind: str, exchange: RecordedExchange, op: ResourceOperation | None = None
) -> None:
    """Report where the body of an error reply differs from its statement."""
    statement = error_statement(context, kind, op)
    if statement is None:
        return
    reference = StatementRef.of("service", f"errors.{kind}", statement)
    for problem in template_differences(statement.body, exchange.json, {"status": exchange.status}):
        context.report_violation(
            f"the body of a `{kind}` error has the stated form",
            problem,
            exchange,
            statement=reference,
            about=problem.partition(" ")[0],
        )


def error_statuses(context: CheckContext, kind: str, op: ResourceOperation) -> frozenset[int]:
    """The statuses that a kind of error may have at an operation: the stated, the documented, or those of HTTP."""
    for errors in (op.behaviour.errors.bodies, context.contract.behaviour.service.errors.bodies):
        if kind in errors and errors[kind].status is not None:
            return frozenset({int(errors[kind].status or 0)})
    own = REFUSALS[kind].status
    said = {str(each.status) for each in op.operation.responses}
    if kind == "unauthenticated" and "403" in said and "401" not in said:
        return frozenset({own, 403})  # the document says which one it is
    if kind not in ("invalid", "malformed"):
        return frozenset({own})
    documented = {400, 422} if said & {"default", "4XX"} else {int(each) for each in said & {"400", "422"}}
    stated = kind in context.contract.behaviour.service.errors.bodies
    if kind == "malformed" and not stated:
        return frozenset({400, *documented} if documented else {400, 422})  # any server may return 400 for it
    return frozenset({own} if stated and (own in documented or not documented) else documented or {400, 422})


def check_refused(
    context: CheckContext, kind: str, op: ResourceOperation, exchange: RecordedExchange, what: str, about: str
) -> bool:
    """Report a violation unless a request is refused with the right status and body. Returns whether it is refused."""
    wanted = error_statuses(context, kind, op)
    statuses = " or ".join(str(status) for status in sorted(wanted))
    statement = error_statement(context, kind, op)
    own = (
        StatementRef.of("service", f"errors.{kind}", statement) if statement and 400 <= exchange.status < 500 else None
    )
    if own is None and kind == "unauthenticated" and exchange.status == 403 and 401 not in documented_statuses(op):
        own = StatementRef(
            op.name,
            "http",
            "inferred",
            "RFC 6750 section 3.1",
            "A missing or invalid credential should get 401, not 403.",
        )
    if context.expect_status(
        exchange.status in wanted, f"{what} is refused with {statuses}", exchange, about=about, statement=own
    ):
        check_error_body(context, kind, exchange, op)
    return 400 <= exchange.status < 500


def documented_statuses(op: ResourceOperation) -> frozenset[int]:
    """The statuses that the document lists for an operation, without ranges and `default`."""
    return frozenset(int(each.status) for each in op.operation.responses if each.status.isdigit())


def conflict_status(context: CheckContext) -> int:
    """The stated status of a conflict, or 409 (RFC 9110 section 15.5.10)."""
    statement = context.contract.behaviour.service.errors.bodies.get("conflict")
    return statement.status if statement and statement.status else 409
