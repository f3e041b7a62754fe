"""Checks of figures that count: what is created or done several times at the same time counts each time."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.checks.item_actions import CHANGES
from contracts.checks.other_user_changes import body_of
from contracts.checks.stated_counts import CountedPair, counted_pairs
from contracts.checks.stored_fields import current, expect_at_rest
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, actions_of, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.inference.names import words

CONCURRENT = 6
"""How many items are created at the same time."""


def concurrent_count(context: CheckContext, count: CountedPair) -> None:
    """Of several items that are created at the same time, each one counts in the figure of their owner."""
    owner = context.create_plentiful(count.owner)
    op, user, path = count.child.operations["create"], context.main_user, owner.path_below(count.child)
    context.prepare(owner, count.child)
    before = current(context, owner)[1].get(count.field)
    if type(before) is not int:
        raise CannotBuildRequest(f"a new {count.owner.name} shows no {count.field}")
    bodies = [context.body_below(owner, count.child) for _ in range(CONCURRENT)]
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
    _, shown, reading = current(context, item)
    for name in counting:
        wanted = seen[2][name] + accepted
        if shown.get(name) != wanted:
            expect_at_rest(context, item, name)
        context.expect(
            shown.get(name) == wanted,
            f"{name} of the {resource.name} is {wanted} after {accepted} concurrent requests more",
            f"{name} is {shown.get(name)}",
            item.exchange,
            *done,
            *exchanges,
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


def _places(contract: Contract) -> Iterator[Place]:
    for owner, child, each in counted_pairs(contract):
        pair = CountedPair(owner, child, each)
        if pair.is_below and not each.sum:
            op = child.operations["create"].name
            text = f"{each.field} of a {owner.name} is the number of its {child.name} items."
            yield op, StatementRef(op, "counts", each.evidence, each.source, text), (pair,)


CHECKS = (
    Check("concurrent-count", ("counts",), _places, concurrent_count, exclusive=False),
    Check("concurrent-action", (), _action_places, concurrent_action, exclusive=False),
)
