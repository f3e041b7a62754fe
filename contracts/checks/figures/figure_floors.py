"""A check of figures that are never negative: what takes more off a stock than there is is refused."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from contracts.checks.figures.stated_counts import CountedPair
from contracts.checks.item_view import documented
from contracts.checks.stored_fields import current, expect_at_rest
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.body_references import referring
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Count
from mockserver.contract import Contract
from mockserver.inference.names import words
from mockserver.inference.sentences.relative_sentences import shortage

BORROWED = frozenset(("overdraft", "overdrawn", "credit", "backorder", "backorders", "backordered", "negative", "debt"))
"""Words in the name of a field by which a figure may be negative all the same."""


def figure_floor(context: CheckContext, count: CountedPair) -> None:
    """A request that takes off more than there is does not make a figure negative that never is."""
    body = context.body(count.child)  # to learn how items differ may create some, which change the figure, too
    item = context.create(count.owner)
    if count.is_below:
        context.prepare(item, count.child)
    has: Any = current(context, item)[1].get(count.field)
    if type(has) not in (int, float) or has < 0:
        raise CannotBuildRequest(f"a new {count.owner.name} shows no {count.field}")
    op, stated = count.child.operations["create"], count.stated
    body |= _taking(stated, int(has) + 1)
    body = referring(body, stated.by, item.id) if stated.by else body
    if not context.bodies.accepts(op, body):
        raise CannotBuildRequest(f"no valid {count.child.name} has {body[stated.sum]} as {stated.sum}")
    path = item.path_below(count.child) if count.is_below else None
    exchange, _ = context.try_create(count.child, body, path=path, may_conflict=True)
    _, shown, reading = current(context, item)
    now: Any = shown.get(count.field)
    is_right = type(now) not in (int, float) or now >= 0
    if not is_right:
        expect_at_rest(context, item, count.field)
    context.expect(
        is_right,
        f"{op.name} takes no more off the {count.field} of the {count.owner.name} than there is, which is {has}",
        f"{count.field} is {now}",
        item.exchange,
        exchange,
        *reading,
        about=count.field,
    )


def _taking(stated: Count, amount: int) -> dict[str, Any]:
    """What an item has that takes an amount off."""
    if stated.lowered_by:
        kinds = {name: values[0] for name, values in stated.lowered_by.items()}
        return kinds | {stated.sum: amount}
    return {stated.sum: amount if stated.sign < 0 else -amount}


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for owner in known.values():
        shows = owner.operations.get("get")
        if shows is None or not owner.can("create"):
            continue
        fields = documented(contract, shows)
        for each in owner.behaviour.counts:
            child = known.get(each.resource)
            if child is None or not child.can("create") or each.field not in fields or not _is_sum(each):
                continue
            op = child.operations["create"]
            said = shortage(contract.schemas, op.operation, each.field, fields[each.field])
            if said and not _may_borrow(contract, child, fields.keys() - {each.field}):
                text = f"{each.field} of a {owner.name} is never negative."
                yield (
                    op.name,
                    StatementRef(op.name, "counts", "described", said, text),
                    (CountedPair(owner, child, each),),
                )


def _is_sum(stated: Count) -> bool:
    """Do amounts change it? What clients set, and requests lower, is what `more-than-left` looks at."""
    is_set = stated.on_top and stated.sign < 0
    return bool(stated.sum) and stated.refuses and not stated.mean and "[" not in stated.by and not is_set


def _may_borrow(contract: Contract, child: CheckedResource, fields: AbstractSet[str]) -> bool:
    """Has the item, or a request, a field by which the figure may be negative?"""
    pointer = child.operations["create"].body_schema(contract.schemas)
    sent = contract.schemas.properties(pointer) if pointer is not None else {}
    return any(not BORROWED.isdisjoint(words(name)) for name in (*fields, *sent))


CHECKS = (Check("figure-floor", ("counts",), _places, figure_floor),)
