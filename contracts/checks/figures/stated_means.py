"""A check of numbers that are the mean of others: a recipe with the stars 5, 4 and 4 shows an average of 4.33."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from contracts.checks.item_view import documented
from contracts.checks.lists.listed_items import ids
from contracts.checks.stored_fields import current, expect_at_rest
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, checked_resources, value_at
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from mockserver.behaviour.statements import Count
from mockserver.contract import Contract

MOST_DIGITS = 9
"""So many digits a mean has that nothing rounds."""

UNSAID = Fraction(51, 1000)
"""By how much a mean may be rounded where nothing is said: to one decimal."""

EPSILON = Fraction(1, 10**9)
"""What is lost where a number is written as a binary fraction."""


def stated_mean(context: CheckContext, owner: CheckedResource, child: CheckedResource, mean: Count) -> None:
    """A number that is the mean of others has their mean after each create and delete."""
    above = context.create(owner)
    made: list[CreatedItem] = []
    for value in _values(context, child, mean.mean):
        body = context.body(child) | {mean.mean: value}
        item = context.create(child, body, path=above.path_below(child))
        made.append(item)
        _need_all(context, child, made)
        if not _check(context, above, mean, made, f"after {len(made)} {child.name} items"):
            return
    if child.can("delete"):
        removed = context.delete(made[0])
        if removed.status in (200, 204):
            _check(context, above, mean, made[1:], f"after the first {child.name} is deleted")


def _values(context: CheckContext, child: CheckedResource, field: str) -> list[int]:
    """Three values whose mean is no whole number: a high one, and twice the one below it. Raises CannotBuildRequest."""
    op, schemas = child.operations["create"], context.contract.schemas
    pointer = context.bodies.properties(op)[field]
    most = schemas.keyword(pointer, "maximum")
    high = int(most) if type(most) in (int, float) else 9
    valid = schemas.validator(pointer, "request").is_valid
    if not valid(high) or not valid(high - 1):
        raise CannotBuildRequest(f"no values of {field} whose mean is known are valid")
    return [high, high - 1, high - 1]


def _need_all(context: CheckContext, child: CheckedResource, made: list[CreatedItem]) -> None:
    """Raise CannotBuildRequest if an item has taken the place of another: one user may rate once only."""
    if len({str(each.id) for each in made}) < len(made):
        raise CannotBuildRequest(f"a further {child.name} of the same user replaces the first")
    listed = set(ids(child, context.list_all(made[-1])[0])) if child.can("list") else {str(each.id) for each in made}
    if not {str(each.id) for each in made} <= listed:
        raise CannotBuildRequest(f"the list does not show each new {child.name}")


def _check(context: CheckContext, above: CreatedItem, mean: Count, made: list[CreatedItem], when: str) -> bool:
    values = [each.sent[mean.mean] for each in made]
    wanted, place = Fraction(sum(values), len(values)), tuple(mean.field.split("."))
    _, item, reading = current(context, above)
    shown: Any = value_at(item, place)
    is_right = type(shown) in (int, float) and abs(Fraction(str(shown)) - wanted) <= _slack(mean) + EPSILON
    if not is_right:
        expect_at_rest(context, above, place[0])
    name = mean.field
    return context.expect(
        is_right,
        f"{name} of the {above.resource.name} is {float(wanted):.5g}, the mean of {', '.join(map(str, values))}, {when}",
        f"{name} is {shown}",
        above.exchange,
        *(each.exchange for each in made),
        *reading,
        about=f"{name} {len(made)}",
    )


def _slack(mean: Count) -> Fraction:
    """How far from the exact mean the number may be."""
    return Fraction(1, 2 * 10**mean.digits) if mean.digits < MOST_DIGITS else UNSAID


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for owner in known.values():
        for mean in owner.behaviour.counts if owner.can("create", "get") else ():
            child = known.get(mean.resource)
            if not mean.mean or child is None or owner_of(child) != owner.name or not child.can("create"):
                continue
            shown = documented(contract, owner.operations["get"])
            if mean.field.partition(".")[0] in shown:
                name = child.operations["create"].name
                text = f"{mean.field} is the mean of {mean.mean} of the {child.name} items."
                yield name, StatementRef(name, "counts", mean.evidence, mean.source, text), (owner, child, mean)


CHECKS = (Check("stated-mean", (), _places, stated_mean, exclusive=False),)
