"""A check of figures that count items: several that are created at the same time all count."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.checks.stated_counts import CountedPair, counted_pairs
from contracts.checks.stored_fields import current, expect_at_rest
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

CONCURRENT = 6
"""How many items are created at the same time."""


def concurrent_count(context: CheckContext, count: CountedPair) -> None:
    """Of several items that are created at the same time, each one counts in the figure of their owner."""
    owner = context.create_plentiful(count.owner)
    op, user, path = count.child.operations["create"], context.main_user, owner.path_below(count.child)
    before = current(context, owner)[1].get(count.field)
    if type(before) is not int:
        raise CannotBuildRequest(f"a new {count.owner.name} shows no {count.field}")
    bodies = [context.body(count.child) for _ in range(CONCURRENT)]
    exchanges = context.send_together(op.operation, bodies, path)
    made = [
        context.record_created(count.child, each, body, user, path)
        for each, body in zip(exchanges, bodies, strict=True)
    ]
    accepted = len({str(each.id) for each in made if each is not None})
    if accepted < 2:
        raise CannotBuildRequest(f"{op.name} accepts {accepted} of several requests at the same time")
    _, shown, reading = current(context, owner)
    if shown.get(count.field) != before + accepted:
        expect_at_rest(context, owner, count.field)
    context.expect(
        shown.get(count.field) == before + accepted,
        f"{count.field} of the {count.owner.name} is {before + accepted} after {accepted} {count.child.name} items "
        "were created at the same time",
        f"{count.field} is {shown.get(count.field)}",
        owner.exchange,
        *exchanges,
        *reading,
        about=count.field,
    )


def _places(contract: Contract) -> Iterator[Place]:
    for owner, child, each in counted_pairs(contract):
        pair = CountedPair(owner, child, each)
        if pair.is_below and not each.sum:
            op = child.operations["create"].name
            text = f"{each.field} of a {owner.name} is the number of its {child.name} items."
            yield op, StatementRef(op, "counts", each.evidence, each.source, text), (pair,)


CHECKS = (Check("concurrent-count", ("counts",), _places, concurrent_count, exclusive=False),)
