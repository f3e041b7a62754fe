"""A check of actions on copies: what they make of an item follows from what it took, not from what its source is now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import Any

from contracts.checks.relations.kept_copies import kept_places
from contracts.checks.stored_fields import current
from contracts.checks.valid_bodies import every_change
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.model.body_references import referring
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource, ResourceOperation, actions_of
from contracts.runner.amounts import PLENTY, with_numbers
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Reference
from mockserver.contract import Contract
from mockserver.inference.names import words

MOST_ACTIONS = 3
"""So many actions are done one after the other."""

NOT_FIGURES = frozenset(("id", "no", "number", "at", "time", "version", "seq", "sequence", "position"))


def kept_result(
    context: CheckContext, child: CheckedResource, reference: Reference | None, op: ResourceOperation
) -> None:
    """After actions, the figures of an item are the same whether its source has changed meanwhile or not."""
    owner = context.shared.resources[op.behaviour.action.of if op.behaviour.action else ""]
    numbers = {name: value for name, value in context.body(owner).items() if type(value) in (int, float)}
    actions = _in_best_order(context, child, reference, op, numbers)
    undisturbed, steady, _ = _ended(context, child, reference, op, actions, numbers, changes_at=None)
    again, _, _ = _ended(context, child, reference, op, actions, numbers, changes_at=None)
    figures = [name for name, value in undisturbed.items() if _is_figure(name, value) and again.get(name) == value]
    if not figures:
        raise CannotBuildRequest(f"two {child.name} items after the same requests show no figure alike")
    for place in range(len(actions)):
        item, made, history = _ended(context, child, reference, op, actions, numbers, changes_at=place)
        other = [name for name in figures if name in item and item[name] != undisturbed[name]]
        context.expect(
            not other,
            f"{', '.join(other or figures)} of the {child.name} is what it is without {op.name} between the requests: "
            f"{', '.join(str(undisturbed[name]) for name in other or figures)}",
            ", ".join(str(item[name]) for name in other),
            steady.exchange,
            made.exchange,
            *history,
            about="kept result",
        )
        if other:
            return


def _in_best_order(
    context: CheckContext,
    child: CheckedResource,
    reference: Reference | None,
    op: ResourceOperation,
    numbers: Mapping[str, Any],
) -> Sequence[ResourceOperation]:
    """The actions in the order in which most of them succeed: what is ended takes no more work."""
    orders = list(permutations(list(actions_of(context.contract, child))[:MOST_ACTIONS]))
    accepted = []
    for each in orders:
        history = _ended(context, child, reference, op, each, numbers, changes_at=None)[2][: len(each)]
        accepted.append(sum(exchange.status < 300 for exchange in history))
        if accepted[-1] == len(each):
            break
    return orders[accepted.index(max(accepted))]


def _ended(
    context: CheckContext,
    child: CheckedResource,
    reference: Reference | None,
    op: ResourceOperation,
    actions: Sequence[ResourceOperation],
    numbers: Mapping[str, Any],
    *,
    changes_at: int | None,
) -> tuple[dict[str, Any], CreatedItem, list[RecordedExchange]]:
    """A new item after all actions, with a change of its source before one of them. Raises CannotBuildRequest.

    Each source has the same `numbers`.
    """
    owner = context.shared.resources[op.behaviour.action.of if op.behaviour.action else ""]
    source = context.create(owner, {**context.body(owner), **numbers})
    body = context.body(child)
    path = source.path_below(child) if reference is None else None
    made = context.create(child, referring(body, reference.field, source.id) if reference else body, path=path)
    history: list[RecordedExchange] = []
    for number, action in enumerate(actions):
        if number == changes_at:
            changed = every_change(context, owner, op, source)
            exchange = context.send(op, path=source.path, body=changed) if changed else None
            if exchange is None or exchange.status >= 300:
                raise CannotBuildRequest(f"{op.name} changes nothing")
            history.append(exchange)
        history.append(context.send(action, path=made.path, body=_body(context, action)))
    if not any(each.status < 300 for each in history):
        raise CannotBuildRequest(f"no action on a {child.name} succeeds")
    _, item, shown = current(context, made)
    return item, made, [*history, *shown]


def _body(context: CheckContext, op: ResourceOperation) -> Any:
    """A body of an action with high numbers, so that what follows from them can be seen."""
    body = context.bodies.minimal(op, context.check) if op.media_type else None
    pointer = context.bodies.schema(op)
    if body is None or pointer is None:
        return MISSING if body is None else body
    high = with_numbers(context.contract.schemas, pointer, body, lambda *_: PLENTY)
    return high if context.bodies.accepts(op, high) else body


def _is_figure(name: str, value: Any) -> bool:
    return type(value) in (int, float) and not NOT_FIGURES & set(words(name))


def _places(contract: Contract) -> Iterator[Place]:
    for name, statement, arguments, _ in kept_places(contract):
        if any(actions_of(contract, arguments[0])):
            yield name, statement, arguments


CHECKS = (Check("kept-result", ("references",), _places, kept_result, exclusive=False),)
