"""Check of two fields that come in order: what puts them out of order is refused, whichever request does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.checks.item_view import as_json
from contracts.checks.stored_fields import weaker
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.check import Check, resource_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Ordered
from mockserver.inference.names import plain, words
from mockserver.inference.sentences.field_order import said_orders
from mockserver.inference.sentences.refusal_sentences import Sentence, operation_sentences, refusal_sentences

NUMBERS = (200, 20, 5, 2, 1)
"""Distances between the numbers that are sent."""

BODIES = 8
"""So many bodies are made to find one of the alternative of the schema that has both fields."""

TIMES: Mapping[str, tuple[str, ...]] = {
    "date": ("2031-03-04", "2031-03-15", "2031-03-20", "2031-03-27"),
    "date-time": ("2031-03-04T10:00:00Z", "2031-03-15T10:00:00Z", "2031-03-20T10:00:00Z", "2031-03-27T10:00:00Z"),
}

REFERRING = frozenset(("rule", "rules", "obey", "obeys", "consistent"))
"""Words by which an update refers to what is said elsewhere."""

Values = tuple[Any, Any, Any, Any]
"""Four ascending values that both fields may have."""


def ordered_fields(context: CheckContext, resource: CheckedResource, statement: Ordered) -> None:
    """Two fields come in order: a request that would put them out of order is refused, also if it sends only one."""
    op = resource.operations["create"]
    values = _values(context, op, statement)
    first, second = values[1:3]
    made = context.create(resource, _with(context, resource, statement, first, second))
    wrong = _with(context, resource, statement, second, first)
    refused, _ = context.try_create(resource, wrong, may_conflict=True)
    context.expect_status(
        400 <= refused.status < 500,
        f"a request with {_shown(statement, second, first)} is refused",
        refused,
        about="create",
    )
    _check_equal(context, resource, statement, first)
    for name in ("update", "replace"):
        change = resource.operations.get(name)
        if change is not None and {statement.low, statement.high} <= set(context.bodies.properties(change)):
            _check_change(context, resource, change, statement, values, made)


def _check_equal(context: CheckContext, resource: CheckedResource, statement: Ordered, value: Any) -> None:
    """Equal values are accepted or refused, as the document says."""
    exchange, _ = context.try_create(resource, _with(context, resource, statement, value, value), may_conflict=True)
    context.expect_status(
        200 <= exchange.status < 300 if statement.equal else 400 <= exchange.status < 500,
        f"a request with {_shown(statement, value, value)} is {'accepted' if statement.equal else 'refused'}",
        exchange,
        about="equal",
    )


def _check_change(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    statement: Ordered,
    values: Values,
    made: CreatedItem,
) -> None:
    """A change of one of them compares it with the other one that is stored."""
    lowest, first, second, highest = values
    is_whole = op == resource.operations.get("replace")
    for name, value, pair in ((statement.low, highest, (highest, second)), (statement.high, lowest, (first, lowest))):
        body = {**(made.sent if is_whole else {}), name: value}
        if not context.bodies.accepts(op, body):
            continue
        exchange = context.send(op, path=made.path, body=body)
        stored = "" if is_whole else " with what is stored"
        context.expect_status(
            400 <= exchange.status < 500,
            f"a change that makes {_shown(statement, *pair)}{stored} is refused",
            made.exchange,
            exchange,
            about=f"{op.name} {name}",
            statement=_said(context, op, statement),
        )
        if exchange.status < 300:
            return  # the next one would compare with other values


def _said(context: CheckContext, op: ResourceOperation, statement: Ordered) -> StatementRef | None:
    """The sentence by which the order is that of an update, too; a guess where only another operation says it."""
    schemas, fields = context.contract.schemas, context.bodies.properties(op)
    text = f"{statement.low} comes before {statement.high}."
    said = list(refusal_sentences(schemas, op.operation))
    found = [each.source for each in said_orders(schemas, fields, said) if {each.low, each.high} == _pair(statement)]
    found += [each.source for each in operation_sentences(schemas, op.operation) if _refers(each, statement)]
    if found:
        return StatementRef(op.name, "ordered", "described", found[0], text)
    return weaker(context, "The document says it of another operation.")


def _pair(statement: Ordered) -> set[str]:
    return {statement.low, statement.high}


def _refers(sentence: Sentence, statement: Ordered) -> bool:
    """Does a sentence name both fields, or the rule?"""
    told = {plain(word) for word in sentence.text.replace(",", " ").split()}
    return {plain(name) for name in _pair(statement)} <= told or bool(REFERRING & {*words(sentence.text)})


def _with(context: CheckContext, resource: CheckedResource, statement: Ordered, low: Any, high: Any) -> dict[str, Any]:
    """A body with both fields. Raises CannotBuildRequest if only another alternative of the schema has them."""
    for _ in range(BODIES):
        body = context.body(resource) | {statement.low: low, statement.high: high}
        if context.bodies.foreign(resource.operations["create"], body).isdisjoint((statement.low, statement.high)):
            return body
    raise CannotBuildRequest(f"no body with {statement.low} and {statement.high} is of one alternative of the schema")


def _values(context: CheckContext, op: ResourceOperation, statement: Ordered) -> Values:
    """Four ascending values that both fields may have. Raises CannotBuildRequest if there are none."""
    known, schemas = context.bodies.properties(op), context.contract.schemas
    pointers = [known[name] for name in (statement.low, statement.high) if name in known]
    if len(pointers) < 2:
        raise CannotBuildRequest(f"no create request sets {statement.low} and {statement.high}")
    written = str(schemas.keyword(pointers[0], "format"))
    least = [bound for each in pointers if isinstance(bound := schemas.keyword(each, "minimum"), int | float)]
    start = max([*least, 0])
    candidates = [TIMES[written]] if written in TIMES else [_numbers(start, step) for step in NUMBERS]
    judges = [schemas.validator(each, "request") for each in pointers]
    for found in candidates:
        if all(judge.is_valid(value) for judge in judges for value in found):
            return found[0], found[1], found[2], found[3]
    raise CannotBuildRequest(f"no four values of {statement.low} and {statement.high} are known")


def _numbers(start: float, step: int) -> tuple[float, ...]:
    return tuple(start + number * step for number in range(1, 5))


def _shown(statement: Ordered, low: Any, high: Any) -> str:
    return f"{statement.low} {as_json(low)} and {statement.high} {as_json(high)}"


CHECKS = (
    Check("ordered-fields", ("ordered",), resource_statement("ordered", "create"), ordered_fields, exclusive=False),
)
