"""Checks of the uses of an item: how often it can be used, what counts that, and where it leads to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts.checks.item_view import as_json
from contracts.checks.missing_items import HIDDEN_OR_GONE
from contracts.checks.stored_fields import current
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.item_uses import ItemTarget, ItemUse, targets_of, uses_of
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Evidence
from mockserver.contract import Contract

FEW = (2, 1, 3)
"""How often an item can be used. The first valid number is taken."""


def use(context: CheckContext, made: CreatedItem, each: ItemUse | ItemTarget) -> RecordedExchange:
    """Use an item once."""
    body = context.bodies.minimal(each.op, context.check) if each.op.media_type else None
    return context.send(each.op, user=made.user, path=made.path, body=MISSING if body is None else body)


def limited_use(context: CheckContext, resource: CheckedResource, each: ItemUse) -> None:
    """An item can be used as often as it says, and not once more."""
    create, body = resource.operations["create"], context.body(resource)
    few = next((n for n in FEW if context.bodies.accepts(create, {**body, each.limit: n})), None)
    if few is None:
        raise CannotBuildRequest(f"no small {each.limit} is valid")
    made = context.create(resource, {**body, each.limit: few})
    if current(context, made)[1].get(each.limit) != few:
        raise CannotBuildRequest(f"a new {resource.name} shows another {each.limit} than was sent")
    done = [use(context, made, each) for _ in range(few)]
    refused = next((exchange for exchange in done if exchange.status >= 400), None)
    if refused is not None:
        raise CannotBuildRequest(f"{each.op.name} answers {refused.status} before it was used {few} times")
    more = use(context, made, each)
    context.expect_status(
        400 <= more.status < 500,
        f"{each.op.name} is refused after {few} times, since {each.limit} is {few}",
        made.exchange,
        *done,
        more,
        about=each.limit,
    )


def counted_use(context: CheckContext, resource: CheckedResource, each: ItemUse) -> None:
    """Each use of an item is counted once."""
    made = context.create(resource)
    before = current(context, made)[1].get(each.counts)
    if type(before) is not int:
        raise CannotBuildRequest(f"a new {resource.name} shows no {each.counts}")
    done = [use(context, made, each) for _ in range(2)]
    if any(exchange.status >= 400 for exchange in done):
        raise CannotBuildRequest(f"{each.op.name} answers {done[-1].status} for a new {resource.name}")
    _, shown, reading = current(context, made)
    context.expect(
        shown.get(each.counts) == before + len(done),
        f"{each.counts} is {before + len(done)} after {each.op.name} was used {len(done)} times",
        as_json(shown.get(each.counts)),
        made.exchange,
        *done,
        *reading,
        about=each.counts,
    )


def redirect(context: CheckContext, resource: CheckedResource, each: ItemTarget) -> None:
    """A redirection leads to the address that the item has, also after a change of it, and nowhere once it is deleted."""
    made = context.create(resource)
    target = current(context, made)[1].get(each.field)
    first = use(context, made, each)
    if not 300 <= first.status < 400 or not isinstance(target, str):
        raise CannotBuildRequest(f"{each.op.name} answers {first.status} for a new {resource.name}")
    is_given = _expect_target(
        context, each, target, made.exchange, first, evidence="described" if each.said else "inferred"
    )
    op = resource.operations.get("update") or resource.operations.get("replace")
    if is_given and op is not None and each.field in context.bodies.properties(op):
        _check_changed(context, made, each, target, first)
    if resource.can("delete"):
        deleted = context.delete(made)
        after = use(context, made, each)
        if deleted.status in (200, 204):
            context.expect_status(
                after.status in HIDDEN_OR_GONE or after.status == 401,
                f"{each.op.name} does not find a deleted {resource.name}",
                made.exchange,
                first,
                deleted,
                after,
                about="deleted",
            )


def _check_changed(
    context: CheckContext, made: CreatedItem, each: ItemTarget, target: str, first: RecordedExchange
) -> None:
    op = made.resource.operations.get("update") or made.resource.operations["replace"]
    other = context.bodies.other(op, each.field, target, context.check)
    whole = made.sent if op == made.resource.operations.get("replace") else {}
    changed = context.send(op, user=made.user, path=made.path, body={**whole, each.field: other})
    shown = current(context, made)[1].get(each.field)
    if changed.status < 300 and shown == other:
        then = use(context, made, each)
        _expect_target(context, each, other, made.exchange, first, changed, then, evidence="implied")


def _expect_target(
    context: CheckContext, each: ItemTarget, target: Any, *exchanges: RecordedExchange, evidence: Evidence
) -> bool:
    source = each.said.source if each.said is not None else f"the name of {each.field}"
    location = exchanges[-1].header("location")
    return context.expect(
        location == target,
        f"{each.op.name} leads to the {each.field} of the item: {target}",
        f"Location: {location}",
        *exchanges,
        about="changed" if evidence == "implied" else "new",
        statement=StatementRef(each.op.name, "action", evidence, source, f"It leads to the {each.field} of the item."),
    )


def _limit_places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        for each in uses_of(contract, resource):
            if each.limit:
                text = f"{each.op.name} works as often as {each.limit} says."
                stated = StatementRef(each.op.name, "capacity", "described", each.source, text)
                yield each.op.name, stated, (resource, each)


def _count_places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        for each in uses_of(contract, resource):
            if each.counts:
                text = f"{each.counts} counts how often {each.op.name} was used."
                stated = StatementRef(each.op.name, "counts", "described", each.source, text)
                yield each.op.name, stated, (resource, each)


def _target_places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        for each in targets_of(contract, resource):
            text = f"{each.op.name} is about the items that there are."
            stated = StatementRef(each.op.name, "http", "implied", "the path of the operation", text)
            yield each.op.name, stated, (resource, each)


CHECKS = (
    Check("limited-use", (), _limit_places, limited_use, exclusive=False),
    Check("counted-use", (), _count_places, counted_use, exclusive=False),
    Check("redirect", (), _target_places, redirect, exclusive=False),
)
