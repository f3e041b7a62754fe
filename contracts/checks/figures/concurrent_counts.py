"""Checks of figures that count or sum up: what is created or done several times at the same time counts each time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from contracts.checks.figures.stated_counts import CountedPair, counted_pairs, worth
from contracts.checks.item_view import documented
from contracts.checks.security.other_user_changes import body_of
from contracts.checks.state.item_actions import CHANGES
from contracts.checks.stored_fields import current, expect_at_rest
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, actions_of, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from mockserver.contract import Contract
from mockserver.inference.names import words

CONCURRENT = 6
"""How many items are created at the same time."""


def concurrent_count(context: CheckContext, count: CountedPair) -> None:
    """Of several items that are created at the same time, each one counts in the figure of their owner."""
    owner = context.create_plentiful(count.owner, user=context.user_above(count.child, context.main_user))
    op, user, path = count.child.operations["create"], context.main_user, owner.path_below(count.child)
    context.prepare(owner, count.child)
    before = _figure(context, owner, count.field)
    bodies = [context.body_below(owner, count.child) for _ in range(CONCURRENT)]
    exchanges = context.send_together(op.operation, bodies, path)
    made = [
        context.record_created(count.child, each, body, user, path)
        for each, body in zip(exchanges, bodies, strict=True)
    ]
    accepted = {str(item.id): (each, item) for each, item in zip(exchanges, made, strict=True) if item is not None}
    if len(accepted) < 2:
        raise CannotBuildRequest(f"{op.name} accepts {len(accepted)} of several requests at the same time")
    wanted = before + sum(worth(count, each, item) for each, item in accepted.values())
    _, shown, reading = current(context, owner)
    is_right = _is_close(shown.get(count.field), wanted)
    if not is_right:
        expect_at_rest(context, owner, count.field)
    context.expect(
        is_right,
        f"{count.field} of the {count.owner.name} is {float(wanted):g} after {len(accepted)} {count.child.name} items "
        "were created at the same time",
        f"{count.field} is {shown.get(count.field)}",
        owner.exchange,
        *exchanges,
        *reading,
        about=count.field,
    )


def _figure(context: CheckContext, owner: CreatedItem, field: str) -> Fraction:
    value = current(context, owner)[1].get(field)
    if type(value) not in (int, float):
        raise CannotBuildRequest(f"a new {owner.resource.name} shows no {field}")
    return Fraction(str(value))


def _is_close(value: Any, wanted: Fraction) -> bool:
    return type(value) in (int, float) and abs(Fraction(str(value)) - wanted) <= Fraction(1, 1000)


def concurrent_growth(context: CheckContext, child: CheckedResource, owner: CheckedResource) -> None:
    """A figure that each item raises by the same amount is raised by each of several at the same time, too."""
    context.create(child)  # this finds out what the item above needs
    user = context.main_user
    item = context.create_plentiful(owner, user=context.user_above(child, user))
    context.prepare(item, child)
    path, op, first = item.path_below(child), child.operations["create"], context.body_below(item, child)
    numbers = {name: value for name, value in first.items() if type(value) in (int, float)}
    seen, done = [_figures(context, item)], []
    for _ in range(2):
        exchange, made = context.try_create(
            child, {**context.body_below(item, child), **numbers}, path=path, may_conflict=True
        )
        if made is None:
            raise CannotBuildRequest(f"{op.name} answers {exchange.status} to one request after the other")
        done.append(exchange)
        seen.append(_figures(context, item))
    steps = {name: [after.get(name, value) - value for after in seen[1:]] for name, value in seen[0].items()}
    growing = {name: first for name, (first, second) in steps.items() if first and second == 2 * first}
    if not growing:
        raise CannotBuildRequest(f"no figure of a {owner.name} grows by the same amount with each {child.name}")
    bodies = [{**context.body_below(item, child), **numbers} for _ in range(CONCURRENT)]
    exchanges = context.send_together(op.operation, bodies, path)
    made_together = [
        context.record_created(child, each, body, user, path) for each, body in zip(exchanges, bodies, strict=True)
    ]
    accepted = len({str(each.id) for each in made_together if each is not None})
    wanted = {name: seen[2][name] + accepted * step for name, step in growing.items()}
    when = f"after {accepted} {child.name} items more were created at the same time"
    _expect_figures(context, op, item, wanted, when, [*done, *exchanges])


def concurrent_action(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """A figure that each request raises by one is raised by each of several requests at the same time, too."""
    item, body = context.create_plentiful(resource), body_of(context, op)
    if body is None:
        raise CannotBuildRequest(f"no valid body of {op.name} is known")
    seen, done = [_figures(context, item)], []
    for _ in range(2):
        done.append(context.send(op, path=item.path, body=body))
        if len(done) == 1 and done[0].status >= 300 and context.bring_to(op, item):
            seen, done = [_figures(context, item)], [context.send(op, path=item.path, body=body)]
        if done[-1].status >= 300:
            raise CannotBuildRequest(f"{op.name} answers {done[-1].status} to one request after the other")
        seen.append(_figures(context, item))
    counting = [
        name for name, value in seen[0].items() if [each.get(name) for each in seen[1:]] == [value + 1, value + 2]
    ]
    if not counting:
        raise CannotBuildRequest(f"no figure of a {resource.name} is one more after each {op.name}")
    exchanges = context.send_together(op.operation, [body] * CONCURRENT, item.path)
    accepted = sum(each.status < 300 for each in exchanges)
    wanted = {name: seen[2][name] + accepted for name in counting}
    _expect_figures(context, op, item, wanted, f"after {accepted} concurrent requests more", [*done, *exchanges])


def _expect_figures(
    context: CheckContext,
    op: ResourceOperation,
    item: CreatedItem,
    wanted: Mapping[str, int],
    when: str,
    sent: Sequence[RecordedExchange],
) -> None:
    """Expect these figures of an item after what was `sent`."""
    _, shown, reading = current(context, item)
    for name, value in wanted.items():
        if shown.get(name) != value:
            expect_at_rest(context, item, name)
        context.expect(
            shown.get(name) == value,
            f"{name} of the {item.resource.name} is {value} {when}",
            f"{name} is {shown.get(name)}",
            item.exchange,
            *sent,
            *reading,
            about=name,
            statement=_counts_requests(op, name),
        )


def _figures(context: CheckContext, item: CreatedItem) -> dict[str, int]:
    shown = current(context, item)[1]
    return {name: value for name, value in shown.items() if type(value) is int}


def _counts_requests(op: ResourceOperation, name: str) -> StatementRef:
    """A count of something that is done counts each time; a version may count in another way."""
    is_version = bool(CHANGES & set(words(name)))
    text = f"Each request raises {name} by one, as it does for one request after the other."
    source = "what the service shows for one request after the other"
    return StatementRef(op.name, "http", "inferred" if is_version else "implied", source, text)


def _action_places(contract: Contract) -> Iterator[Place]:
    """POST operations directly below an item that create no item of their own."""
    known = checked_resources(contract)
    creates = {each.operations["create"].name for each in known.values() if each.can("create")}
    for resource in known.values():
        for op in actions_of(contract, resource) if resource.can("create", "get") else ():
            if op.operation.method == "post" and op.name not in creates:
                text = "Each request counts."
                yield op.name, StatementRef(op.name, "http", "implied", "what a count means", text), (resource, op)


def _growth_places(contract: Contract) -> Iterator[Place]:
    """Creates below an item that shows figures; those that a statement is about are looked at by `concurrent-count`."""
    known = checked_resources(contract)
    for child in known.values():
        owner = known.get(owner_of(child))
        if owner is None or not owner.can("create", "get") or not child.can("create") or child.is_put:
            continue
        counted = {each.field for each in owner.behaviour.counts}
        shown = documented(contract, owner.operations["get"])
        sent = owner.operations["create"].body_schema(contract.schemas)
        own = contract.schemas.properties(sent) if sent is not None else {}
        figures = [name for name, at in shown.items() if "integer" in contract.schemas.types(at) and name not in own]
        if {*figures} - counted - {owner.behaviour.identity.field}:
            op = child.operations["create"].name
            text = "Each item counts."
            yield op, StatementRef(op, "http", "implied", "what a count means", text), (child, owner)


def _places(contract: Contract) -> Iterator[Place]:
    for owner, child, each in counted_pairs(contract):
        pair = CountedPair(owner, child, each)
        if pair.is_below:
            op = child.operations["create"].name
            what = f"the sum of {each.sum} of" if each.sum else "the number of"
            text = f"{each.field} of a {owner.name} is {what} its {child.name} items."
            yield op, StatementRef(op, "counts", each.evidence, each.source, text), (pair,)


CHECKS = (
    Check("concurrent-count", ("counts",), _places, concurrent_count, exclusive=False),
    Check("concurrent-growth", (), _growth_places, concurrent_growth, exclusive=False),
    Check("concurrent-action", (), _action_places, concurrent_action, exclusive=False),
)
