"""Checks of items that say how many others they take: a course with a capacity takes so many students."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from contracts.checks.stored_fields import lasting_changes, settled
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from mockserver.behaviour.statements import FROM_DOCUMENT
from mockserver.contract import Contract
from mockserver.inference.sentences import descriptions
from mockserver.inference.sentences.described_statements import refusals

SMALL = (2, 1, 3, 4, 5)
"""Capacities that are tried, the first valid one counts."""

TOGETHER = 6
"""So many requests more than the capacity are sent at the same time."""


def owner_capacity(context: CheckContext, child: CheckedResource, owner: CheckedResource, field: str) -> None:
    """An item takes as many items below it as its capacity says, and no more; one that is refused does not count."""
    above, limit = _small_owner(context, child, owner, field)
    path, added = above.path_below(child), []
    for number in range(limit):
        exchange, made = context.try_create(child, path=path)
        if made is None:
            raise CannotBuildRequest(f"create {number + 1} of {limit} below the {owner.name} gets {exchange.status}")
        added.append(exchange)
    before = settled(context, above) if owner.can("get") else {}
    over, _ = context.try_create(child, path=path)
    context.expect_status(
        400 <= over.status < 500,
        f"create {limit + 1} below a {owner.name} whose {field} is {limit} is refused",
        above.exchange,
        *added,
        over,
        about="over",
    )
    changed, _, shown = lasting_changes(context, above, before) if before and over.status >= 400 else ([], {}, ())
    context.expect(
        not changed,
        f"create {limit + 1}, which is refused, does not change the {owner.name}",
        "; ".join(changed),
        above.exchange,
        *added,
        over,
        *shown,
        about="over changes",
        statement=replace(context.statement, text="A refused request has no effect.") if context.statement else None,
    )


def concurrent_owner_capacity(
    context: CheckContext, child: CheckedResource, owner: CheckedResource, field: str
) -> None:
    """Of many creates at the same time, no more succeed than the capacity of the item above says."""
    above, limit = _small_owner(context, child, owner, field)
    path = above.path_below(child)
    bodies = [context.body(child) for _ in range(limit + TOGETHER)]
    user = context.creator(child, above.user, path)
    exchanges = context.send_together(child.operations["create"].operation, bodies, path, user)
    made = [
        context.record_created(child, exchange, body, user, path)
        for body, exchange in zip(bodies, exchanges, strict=True)
    ]
    added = len([each for each in made if each is not None])
    if not added:
        raise CannotBuildRequest(f"creates at the same time get {exchanges[0].status}")
    context.expect(
        added <= limit,
        f"at most {limit} of {len(exchanges)} creates at the same time succeed, since {field} is {limit}",
        f"{added} succeed",
        above.exchange,
        *exchanges,
        about="together",
    )


def _small_owner(
    context: CheckContext, child: CheckedResource, owner: CheckedResource, field: str
) -> tuple[CreatedItem, int]:
    """An item that takes few, and how many."""
    context.create(child)  # what is tried to find a body that is accepted must not take the room of the small one
    create, body = owner.operations["create"], context.body(owner)
    limit = next((each for each in SMALL if context.bodies.accepts(create, body | {field: each})), None)
    if limit is None:
        raise CannotBuildRequest(f"no small {field} is valid")
    above = context.create(owner, body | {field: limit})
    if above.item.get(field, limit) != limit:
        raise CannotBuildRequest(f"a new {owner.name} has another {field} than was sent")
    return above, limit


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for child in known.values():
        owner, parent = known.get(owner_of(child)), child.behaviour.parent
        if parent is None or not parent.capacity or owner is None or not (owner.can("create") and child.can("create")):
            continue
        op = child.operations["create"]
        said = descriptions.full(refusals(contract.schemas, op.operation))
        if child.leads_through_owner(op):
            is_read = parent.evidence in FROM_DOCUMENT or parent.evidence == "inferred"
            source = f'"{said}" ({op.operation.pointer})' if is_read else parent.source
            evidence = "described" if is_read and said else parent.evidence
            text = f"The {owner.name} takes no more items than its {parent.capacity} says."
            yield op.name, StatementRef(op.name, "capacity", evidence, source, text), (child, owner, parent.capacity)


CHECKS = (
    Check("owner-capacity", ("parent",), _places, owner_capacity, exclusive=False),
    Check("concurrent-owner-capacity", ("parent",), _places, concurrent_owner_capacity, quick=False, exclusive=False),
)
