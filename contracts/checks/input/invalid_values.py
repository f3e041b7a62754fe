"""What a service answers to a request with one invalid value, and how a finding shows the value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contracts.checks.error_replies import check_refused, documented_statuses, error_statement
from contracts.checks.item_view import as_json
from contracts.client.boundary_values import BoundaryCase
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import ResourceOperation
from contracts.model.told_reasons import is_taken
from contracts.runner.context import CheckContext

NOT_FOUND = 404

ABOUT_SOMETHING = (403, NOT_FOUND, 409)
"""The statuses of a refusal that may be about what an invalid value names, where the document lists them."""

UNCERTAIN = frozenset({"format"})
"""Keywords that a service need not enforce (JSON Schema Validation section 7.2.1)."""


def check_case_refused(
    context: CheckContext,
    op: ResourceOperation,
    exchange: RecordedExchange,
    what: str,
    about: str,
    name: str,
    keyword: str,
    *,
    trimmed: bool = False,
) -> None:
    """Report a request with a value that the schema forbids, unless it was refused and the error names the field."""
    if 200 <= exchange.status < 300:
        doubt = trimmed or keyword.rpartition("/")[2] in UNCERTAIN
        statement = StatementRef(
            op.name,
            "schema",
            "inferred" if doubt else "documented",
            "JSON Schema Validation section 6",
            f"{name}: {keyword}".removeprefix(": "),
        )
        context.report_violation(
            f"{what} is refused", f"status {exchange.status}", exchange, about=about, statement=statement
        )
    elif exchange.status in ABOUT_SOMETHING and exchange.status in documented_statuses(op):
        source, text = "RFC 9110 section 15.5.1", "An invalid value is refused with 400, whatever else it may be about."
        guess = StatementRef(op.name, "http", "inferred", source, text)
        expected = f"{what} is refused with 400 or 422"
        context.expect_status(False, expected, exchange, about=f"{about} status", statement=guess)
    elif exchange.status < 500 and is_taken(exchange):
        return  # another item has one of the values, perhaps of an earlier run, so nothing is known of the invalid one
    elif check_refused(context, "invalid", op, exchange, what, f"{about} status") and name:
        _check_names_field(context, op, exchange, name)


def _check_names_field(context: CheckContext, op: ResourceOperation, exchange: RecordedExchange, name: str) -> None:
    """An error body with a message or field names the invalid field."""
    statement = error_statement(context, "invalid", op)
    if statement is not None and any(word in str(statement.body) for word in ("{message}", "{field}", "{loc}")):
        reference = StatementRef.of("service", "errors.invalid", statement)
        context.expect(
            name.encode() in exchange.reply_body,
            f"the error body names the invalid field {name}",
            exchange.reply_body[:200].decode("utf-8", "replace"),
            exchange,
            about="names",
            statement=reference,
        )


def place_of(name: str, case: BoundaryCase) -> str:
    """The invalid value and where it is: `address.zip "x"`, or `address without zip`."""
    value, place = case.value, name
    for step in case.keyword.split("/")[:-1]:
        if isinstance(value, list) and value and step == "items":
            value, place = value[0], f"{place}[]"
        elif isinstance(value, dict) and step in value:
            value, place = value[step], f"{place}.{step}"
        elif isinstance(value, dict):
            return f"{place} without {step}"
    return f"{place} {shown_case(value)}"


def is_valid_trimmed(value: Any, is_valid: Callable[[Any], bool]) -> bool:
    """Is an invalid text valid without the white space at its ends, which many services remove first?

    The `$` of Python's patterns allows a line's end there, too.
    """
    trimmed = _trimmed(value)
    return bool(trimmed != value and is_valid(trimmed))


def _trimmed(value: Any) -> Any:
    """The value without the white space at the ends of its texts."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return [_trimmed(each) for each in value]
    return {name: _trimmed(each) for name, each in value.items()} if isinstance(value, dict) else value


def shown_case(value: Any) -> str:
    """A value as JSON, without the middle of a long one."""
    text = as_json(value)
    return text if len(text) < 60 else f"{text[:40]}… ({len(value) if hasattr(value, '__len__') else text[-5:]})"
