"""A check of the price of many: from the number on that the document says, they cost less, and not before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from contracts.checks.item_view import as_json
from contracts.checks.stored_fields import current
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.discount_sentences import QuantityDiscount, quantity_discounts
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.inference.sentences.figure_sentences import number_in

LEAST_PART = Fraction(1, 5)
"""A price of many is at least so much of the price of one, times their number."""


def quantity_discount(context: CheckContext, resource: CheckedResource, said: QuantityDiscount) -> None:
    """From the number on that the document says, many cost less by the stated part, and fewer do not."""
    body = context.body(resource)
    one, first = _created(context, resource, {**body, said.field: 1})
    shown = {said.least: _created(context, resource, {**body, said.field: said.least})}
    for number in (said.least - 1, said.least + 1):
        asked = {**body, said.field: number}
        if number > 1 and context.bodies.accepts(resource.operations["create"], asked):
            shown[number] = _created(context, resource, asked)
    prices = [name for name in one if name not in body and _is_price(one, shown, name, said)]
    if len(prices) != 1:
        raise CannotBuildRequest(f"no number of a {resource.name} grows with {said.field} alone")
    price = prices[0]
    each = Fraction(str(one[price]))
    for number, (item, history) in sorted(shown.items()):
        wanted = number * each * (1 - said.share * (number >= said.least))
        seen = number_in(item.get(price))
        context.expect(
            seen is not None and abs(seen - wanted) <= 1,
            f"with {said.field} {number}, {price} is {_written(wanted)}: {as_json(one[price])} for one"
            f"{f', {int(said.share * 100)} percent off' if number >= said.least else ', nothing off'}",
            as_json(item.get(price)),
            *first,
            *history,
            about=f"{price} of {number}",
        )


Shown = tuple[Mapping[str, Any], tuple[RecordedExchange, ...]]


def _created(context: CheckContext, resource: CheckedResource, body: dict[str, Any]) -> Shown:
    made = context.create(resource, body)
    _, item, reading = current(context, made)
    return item, (made.exchange, *reading)


def _is_price(one: Mapping[str, Any], shown: Mapping[int, Shown], name: str, said: QuantityDiscount) -> bool:
    """Is a number the price of all? Of fewer it is that of one times the number, with the part off or not."""
    each = number_in(one.get(name))
    if not each or each <= 1:
        return False
    few = [number for number in shown if number < said.least] or list(shown)
    for number, (item, _) in shown.items():
        seen = number_in(item.get(name))
        if seen is None or not LEAST_PART * number * each <= seen <= number * each:
            return False
        if number in few and all(abs(seen - number * each * part) > 1 for part in (1, 1 - said.share)):
            return False
    return True


def _written(value: Fraction) -> str:
    return str(int(value)) if value.denominator == 1 else f"{float(value):.2f}"


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        op = resource.operations.get("create")
        pointer = op.body_schema(contract.schemas) if op is not None else None
        if op is None or pointer is None or not resource.can("get"):
            continue
        for said in quantity_discounts(contract.schemas, op.operation, contract.schemas.properties(pointer)):
            text = f"{said.least} and more of {said.field} cost {int(said.share * 100)} percent less."
            yield op.name, StatementRef(op.name, "schema", "described", said.source, text), (resource, said)


CHECKS = (Check("quantity-discount", (), _places, quantity_discount, exclusive=False),)
