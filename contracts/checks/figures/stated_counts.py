"""A check of figures that count other items: a department with a new employee has one employee more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from contracts.checks.item_view import documented
from contracts.checks.state.repeated_requests import send_least
from contracts.checks.stored_fields import current, expect_at_rest
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.body_references import body_references, referring
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from mockserver.behaviour.statements import Count
from mockserver.contract import Contract
from mockserver.inference.figures.counts import Counted, counted
from mockserver.inference.names import noun
from mockserver.openapi import path_template

OF_OPERATION = re.compile(r"\(/paths/[^/]+/[a-z]+\)$")
"""The end of the source of a statement that follows from the text of an operation: it says what that one does."""


class CountedPair(NamedTuple):
    """A number of the items of `owner` follows from those of `child`, as `stated`."""

    owner: CheckedResource
    child: CheckedResource
    stated: Count

    @property
    def field(self) -> str:
        """The number."""
        return self.stated.field

    @property
    def is_below(self) -> bool:
        """Is an item that is counted created below its owner?"""
        return owner_of(self.child) == self.owner.name


class Watched:
    """An owner whose figure is looked at after each request."""

    def __init__(self, context: CheckContext, count: CountedPair) -> None:
        self.context, self.count = context, count
        self.item = context.create_plentiful(count.owner)
        if count.is_below:
            context.prepare(self.item, count.child)  # trying what it needs may create an item that counts, too
        self.history = [self.item.exchange]
        self.wanted = self._shown()[0]
        if self.wanted is None:
            raise CannotBuildRequest(f"a new {count.owner.name} shows no {count.field}")

    def _shown(self) -> tuple[Fraction | None, tuple[RecordedExchange, ...]]:
        _, item, reading = current(self.context, self.item)
        value = item.get(self.count.field)
        return (Fraction(str(value)) if type(value) in (int, float) else None), reading

    def expect(self, change: Fraction, why: str, *done: RecordedExchange, operation: str = "") -> bool:
        """Has the figure changed so by a request?"""
        self.history += done
        self.wanted = (self.wanted or Fraction(0)) + change
        value, reading = self._shown()
        field, name = self.count.field, self.count.owner.name
        self.context.compared += 1
        is_right = value is not None and abs(value - self.wanted) <= Fraction(1, 1000)
        if not is_right:
            expect_at_rest(self.context, self.item, field)
            self.context.report_violation(
                f"{field} of the {name} is {float(self.wanted):g} {why}",
                f"{field} is {'not shown' if value is None else f'{float(value):g}'}",
                *self.history,
                *reading,
                about=f"{field} {why}",
                operation=operation,
            )
        return is_right


def stated_count(context: CheckContext, count: CountedPair) -> None:
    """A figure that counts items, or sums them up, does so after each create, change and delete."""
    first, name = Watched(context, count), count.child.name
    made: list[CreatedItem] = []
    for number in ("first", "second"):
        exchange, item = _below(context, count, first.item)
        made += [item] if item is not None else []
        if not first.expect(worth(count, exchange, item), f"after the {number} {name}", exchange):
            return
    field = _moving_field(context, count)
    if field and made and not _check_move(context, count, first, made[0], field):
        return
    delete = count.child.operations.get("delete")
    if delete is not None and len(made) > 1:
        removed = context.delete(made[1])
        if 200 <= removed.status < 300 and removed.status != 202:
            first.expect(
                -worth(count, made[1].exchange, made[1]),
                f"after the second {name} is deleted",
                removed,
                operation=delete.name,
            )


def _moving_field(context: CheckContext, count: CountedPair) -> str:
    """The field of an item that says where it counts, also of one that is created below that; empty without one."""
    op = count.child.operations.get("update") or count.child.operations.get("replace")
    if not count.is_below:
        return count.stated.by if "[" not in count.stated.by and "." not in count.stated.by else ""
    named = body_references(context.contract.schemas, count.child, op) if op is not None else ()
    key = count.owner.behaviour.identity.field
    found = [each.field for each in named if each.resource == count.owner.name and each.key == key]
    return found[0] if len(found) == 1 and "[" not in found[0] and "." not in found[0] else ""


def _check_move(context: CheckContext, count: CountedPair, first: Watched, item: CreatedItem, field: str) -> bool:
    """An item that then refers to another owner counts there. Returns whether nothing was wrong."""
    op = count.child.operations.get("update") or count.child.operations.get("replace")
    if op is None or field not in context.bodies.properties(op):
        return True
    second = Watched(context, count)
    is_whole = op == count.child.operations.get("replace")
    body = {**(item.sent if is_whole else {}), field: second.item.id}
    moved = context.send(op, path=item.path, body=body) if context.bodies.accepts(op, body) else None
    if moved is None or moved.status >= 300 or current(context, item)[1].get(field) != second.item.id:
        return True
    amount, name = worth(count, item.exchange, item), count.child.name
    gone = first.expect(-amount, f"after a {name} has moved away", moved, operation=op.name)
    return second.expect(amount, f"after a {name} has moved to it", item.exchange, moved, operation=op.name) and gone


def _below(
    context: CheckContext, count: CountedPair, owner: CreatedItem
) -> tuple[RecordedExchange, CreatedItem | None]:
    """Create an item that counts. Returns the exchange, and the item if it has an id."""
    if count.is_below:
        return context.create_below(owner, count.child)
    body = referring(context.body(count.child), count.stated.by, owner.id)
    if not context.bodies.accepts(count.child.operations["create"], body):
        raise CannotBuildRequest(f"no valid {count.child.name} has a {count.stated.by}")
    made = context.create(count.child, body)
    return made.exchange, made


def worth(count: CountedPair, exchange: RecordedExchange, item: CreatedItem | None) -> Fraction:
    """By how much an item raises the figure: by nothing if it is not of those that are counted."""
    amount = count.stated.sum
    shown = item.item if item is not None else count.child.operations["create"].item_in(exchange.json)
    for name, value in count.stated.where.items():
        if name not in shown:
            raise CannotBuildRequest(f"a new {count.child.name} shows no {name}, which says whether it counts")
        if shown[name] != value:
            return Fraction(0)
    if not amount:
        return Fraction(1)
    value = shown.get(amount, item.sent.get(amount) if item is not None else None)
    if type(value) not in (int, float):
        raise CannotBuildRequest(f"a new {count.child.name} shows no {amount}")
    return Fraction(str(value))


def counting_operation(context: CheckContext, owner: CheckedResource, field: str, op: ResourceOperation) -> None:
    """A figure that counts what an operation below an item adds is one more after it."""
    item = context.create(owner)
    before = current(context, item)[1].get(field)
    exchange = send_least(context, op, item.path)
    if exchange.status >= 300 or type(before) is not int:
        raise CannotBuildRequest(f"{op.name} answers {exchange.status}, and {field} is {before}")
    _, shown, reading = current(context, item)
    if shown.get(field) != before + 1:
        expect_at_rest(context, item, field)
    context.expect(
        shown.get(field) == before + 1,
        f"{field} of the {owner.name} is {before + 1} after {op.name}",
        f"{field} is {shown.get(field)}",
        item.exchange,
        exchange,
        *reading,
        about=field,
    )


def counted_pairs(contract: Contract) -> Iterator[tuple[CheckedResource, CheckedResource, Count]]:
    """The statements about numbers that follow from items which can be created, with owner and items."""
    known = checked_resources(contract)
    for owner in known.values():
        shows = owner.operations.get("get") or owner.operations.get("list")
        if shows is None or not owner.can("create"):
            continue
        for each in owner.behaviour.counts:
            child = known.get(each.resource)
            # What the items of a create add is summed up; those that would be taken off, no create sends by itself.
            is_moved = bool(each.lowered_by) and each.on_top
            is_effect = each.sign < 0 or is_moved or OF_OPERATION.search(each.source) is not None
            if each.mean or is_effect:
                continue  # stated_means.py and stated_effects.py have the checks
            if child is not None and child.can("create") and each.field in documented(contract, shows):
                yield owner, child, each


def _places(contract: Contract) -> Iterator[Place]:
    for owner, child, each in counted_pairs(contract):
        op = child.operations["create"].name
        what = f"the sum of {each.sum} of" if each.sum else "the number of"
        text = f"{each.field} of a {owner.name} is {what} its {child.name} items."
        statement = StatementRef(op, "counts", each.evidence, each.source, text)
        yield op, statement, (CountedPair(owner, child, each),)


def _figures(contract: Contract) -> Iterator[tuple[CheckedResource, str, Counted]]:
    """The numbers of items whose description says what they count."""
    for owner in checked_resources(contract).values():
        shows = owner.operations.get("get") or owner.operations.get("list")
        if shows is not None and owner.can("create"):
            for field, pointer in documented(contract, shows).items():
                said = counted(contract.schemas, pointer, owner.name)
                if said is not None:
                    yield owner, field, said


def _operation_places(contract: Contract) -> Iterator[Place]:
    """Operations below an item that add what a figure of it counts, and that create no item which has an id."""
    known = checked_resources(contract)
    created = {each.operations["create"].name for each in known.values() if each.can("create")}
    operations = [
        op for op in resource_operations(contract) if op.operation.method == "post" and op.name not in created
    ]
    for owner, field, said in _figures(contract):
        paths = {
            path_template.bare(each.operation.path) for each in owner.operations.values() if owner.is_of_item(each)
        }
        for op in operations:
            above, last = path_template.above_and_last(op.operation.path)
            if above in paths and noun(last)[-1:] == (said.noun,) and not said.is_sum:
                text = f"{field} of a {owner.name} is how many there are."
                statement = StatementRef(op.name, "references", "described", said.source, text)
                yield op.name, statement, (owner, field, op)


CHECKS = (
    Check("stated-count", ("counts",), _places, stated_count, exclusive=False),
    Check("counting-operation", (), _operation_places, counting_operation, exclusive=False),
)
