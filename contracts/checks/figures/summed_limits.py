"""A check of a limit for several items together: neither a create nor an update goes beyond it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts.checks.stored_fields import current
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.inference.sentences.sum_sentences import SumSentence, sum_limit

FEW = 10
"""How much is left of the limit for the second item."""

YEARS = range(2031, 2090)


def summed_limit(context: CheckContext, resource: CheckedResource, limit: SumSentence) -> None:
    """Items that are alike have no more together than the document says, after a create and after an update."""
    op, body = resource.operations["create"], _body(context, resource)
    amounts = (limit.most - FEW, FEW)
    if not all(context.bodies.accepts(op, body | {limit.field: each}) for each in (*amounts, 1)):
        raise CannotBuildRequest(f"no two valid {resource.name} items have {limit.most} {limit.field} together")
    made = [context.create(resource, body | {limit.field: each}) for each in amounts]
    history = [each.exchange for each in made]
    further, _ = context.try_create(resource, body | {limit.field: 1}, may_conflict=True)
    context.expect_status(
        400 <= further.status < 500,
        f"a further {resource.name} is refused: those before it have {limit.most} {limit.field} together",
        *history,
        further,
        about="create",
    )
    change = resource.operations.get("update") or resource.operations.get("replace")
    if further.status < 300 or change is None or limit.field not in context.bodies.properties(change):
        return
    whole = made[1].sent if change == resource.operations.get("replace") else {}
    more: dict[str, Any] = {**whole, limit.field: FEW + 1}
    if not context.bodies.accepts(change, more):
        return
    changed = context.send(change, path=made[1].path, body=more)
    context.expect_status(
        400 <= changed.status < 500,
        f"an update is refused after which the {resource.name} items have {limit.most + 1} {limit.field} together",
        *history,
        changed,
        about="update",
    )
    if changed.status >= 300:
        _, item, shown = current(context, made[1])
        context.expect(
            item.get(limit.field, FEW) == FEW,
            f"the refused update leaves {limit.field} at {FEW}",
            f"{limit.field} is {item.get(limit.field)}",
            *history,
            changed,
            *shown,
            about="refused",
        )


def _body(context: CheckContext, resource: CheckedResource) -> dict[str, Any]:
    """A body with a day on which there is no other item."""
    body, op = context.body(resource), resource.operations["create"]
    for name, pointer in context.bodies.properties(op).items():
        if name in body and context.contract.schemas.keyword(pointer, "format") == "date":
            year = YEARS[context.shared.next() % len(YEARS)]
            day = f"{year}-{context.random.randint(1, 12):02}-{context.random.randint(1, 28):02}"
            body |= {name: day} if context.bodies.accepts(op, body | {name: day}) else {}
    return body


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        op = resource.operations.get("create")
        pointer = op.body_schema(contract.schemas) if op is not None else None
        if op is None or pointer is None:
            continue
        known = contract.schemas.properties(pointer)
        numbers = [name for name, at in known.items() if contract.schemas.types(at) & {"integer", "number"}]
        limit = sum_limit(contract.schemas, op.operation, resource.name, numbers)
        if limit is not None and limit.most > FEW:
            text = f"The {resource.name} items together have {limit.most} {limit.field} at most."
            yield op.name, StatementRef(op.name, "capacity", "described", limit.source, text), (resource, limit)


CHECKS = (Check("summed-limit", ("sum-limit",), _places, summed_limit, exclusive=False),)
