"""Check of requests that change the same figure at the same time: each of them counts."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from contracts.checks.stored_fields import current, expect_at_rest
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.fillings import Filling, fillings
from contracts.model.finding import StatementRef
from contracts.model.resources import checked_resources, resource_operations
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

CONCURRENT = 6
"""How many requests are sent at the same time."""


def concurrent_effect(context: CheckContext, filling: Filling) -> None:
    """Of several requests that raise a figure at the same time, each one counts."""
    op, figure = filling.op, filling.figure
    item = context.create(filling.owner)
    body = context.bodies.minimal(op, context.check)
    amount = body.get(filling.amount) if body is not None else None
    before = _figure(context, item, figure)
    if body is None or type(amount) not in (int, float):
        raise CannotBuildRequest(f"no valid body of {op.name} has a {filling.amount}")
    exchanges = context.send_together(op.operation, [body] * CONCURRENT, item.path)
    accepted = [each for each in exchanges if 200 <= each.status < 300]
    if len(accepted) < 2:
        raise CannotBuildRequest(f"{op.name} answers {exchanges[-1].status} to several requests at the same time")
    _, shown, reading = current(context, item)
    now, wanted = shown.get(figure), before + len(accepted) * Fraction(str(amount))
    right = type(now) in (int, float) and abs(Fraction(str(now)) - wanted) <= Fraction(1, 1000)
    if not right:
        expect_at_rest(context, item, figure)
    context.expect(
        right,
        f"{figure} of the {filling.owner.name} is {float(wanted):g} after {len(accepted)} concurrent requests that "
        f"succeeded, each with {filling.amount} {amount}",
        f"{figure} is {now}",
        item.exchange,
        *accepted,
        *reading,
        about=figure,
    )


def _figure(context: CheckContext, item: CreatedItem, name: str) -> Fraction:
    value: Any = current(context, item)[1].get(name)
    if type(value) not in (int, float):
        raise CannotBuildRequest(f"a new {item.resource.name} shows no {name}")
    return Fraction(str(value))


def _places(contract: Contract) -> Iterator[Place]:
    for each in fillings(contract.schemas, checked_resources(contract), resource_operations(contract)):
        if each.sign > 0 and each.owner.can("create"):
            text = f"Each request raises the {each.figure} of the {each.owner.name}."
            yield each.op.name, StatementRef(each.op.name, "references", "described", each.source, text), (each,)


CHECKS = (Check("concurrent-effect", ("references",), _places, concurrent_effect, exclusive=False),)
