"""Why a valid value may be refused although its own bound is right: a rule between two fields, or the form of a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from contracts.checks.stored_fields import weaker
from contracts.checks.valid_bodies import is_reference
from contracts.client.text_forms import of_length
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.model.told_reasons import other_reason
from contracts.runner.context import CheckContext
from mockserver.inference.names import words
from mockserver.inference.values.ordered_pairs import pairs

OTHER_RULE = "The schema allows the value; another rule of the service, which no schema can state, may forbid it."

FORBIDDEN = 403
"""The status of what is not invalid: who asks may not have it, or not here."""

IsAccepted = Callable[[Mapping[str, Any]], bool]
"""Sends a body and says if it succeeds."""


def told_elsewhere(
    context: CheckContext, op: ResourceOperation, name: str, exchange: RecordedExchange
) -> StatementRef | None:
    """A guess in place of the statement that a valid value of `name` is accepted, if the refusal tells another reason."""
    known = {*context.bodies.properties(op), *(each.name for each in op.operation.parameters)}
    reason = other_reason(exchange, name, known, is_new=op.operation.method == "post")
    return weaker(context, f"{OTHER_RULE} It says: {reason}") if reason else None


def is_accepted_beside_others(
    context: CheckContext, op: ResourceOperation, body: Mapping[str, Any], name: str, is_accepted: IsAccepted
) -> bool:
    """Is a refused number accepted beside other numbers, so that a rule between fields forbids it and not its bound?

    No schema can state that a minimum is at most a maximum, or a discount at most a price.
    """
    tried: list[Mapping[str, Any]] = [body]
    for other in _beside_other_numbers(context, op, body, name):
        if other not in tried:
            tried.append(other)
            if is_accepted(other):
                return True
    return False


def _beside_other_numbers(
    context: CheckContext, op: ResourceOperation, body: Mapping[str, Any], name: str
) -> Iterator[Mapping[str, Any]]:
    """The body with all numbers beside `name` the same, one larger, and one smaller, where that is valid."""
    value, schemas = body[name], context.contract.schemas
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    others = [
        other
        for other, pointer in context.bodies.properties(op).items()
        if schemas.types(pointer) & {"integer", "number"}
        and other not in op.rule_fields | {name}
        and not is_reference(context, other)
    ]
    for step in (0, 1, -1):
        made = dict(body)
        for other in others:
            whole = made | {other: value + step}
            made = whole if context.bodies.accepts(op, whole) else made
        yield made


def is_in_pair(context: CheckContext, op: ResourceOperation, name: str) -> bool:
    """Is it one of two fields that come in order, such as a first and a last day?"""
    return any(name in pair for pair in pairs(context.bodies.properties(op)))


CHOOSING = frozenset(("type", "kind", "mode", "method", "provider", "strategy"))
"""Last words of the name of a field that tells kinds of items apart, which may need different fields."""


def chooses_fields(context: CheckContext, op: ResourceOperation, name: str) -> bool:
    """Does a field with an `enum` tell kinds of items apart, beside fields that only some kinds may need?"""
    known = context.bodies.properties(op)
    is_listed = context.contract.schemas.keyword(known[name], "enum") is not None
    return (
        is_listed
        and not CHOOSING.isdisjoint(words(name)[-1:])
        and bool(known.keys() - context.bodies.required(op) - {name})
    )


def is_stated_in_order(resource: CheckedResource, name: str) -> bool:
    """Does the document say in which order a field and another one come? `ordered-fields` looks at their values."""
    return any(name in (each.low, each.high) for each in resource.behaviour.ordered)


def is_form_refused(
    context: CheckContext,
    op: ResourceOperation,
    body: Mapping[str, Any],
    name: str,
    present: Any,
    is_accepted: IsAccepted,
) -> bool:
    """Is a text at a bound refused in another length, too, so that its letters or its form are refused?

    `present` is an ordinary value. The other text is the one nearest to its length.
    """
    value = body[name]
    if not isinstance(value, str) or not isinstance(present, str) or abs(len(value) - len(present)) < 2:
        return False
    nearest = of_length(value, len(present) + (1 if len(value) > len(present) else -1))
    other = {**body, name: nearest}
    return nearest is not None and context.bodies.accepts(op, other) and not is_accepted(other)
