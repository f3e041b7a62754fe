"""A check of actions that change the items below: cancelling a ride cancels its bookings, as the document says."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.checks.item_view import as_json, documented
from contracts.checks.state.conflicts import sent_action
from contracts.checks.stored_fields import current
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.below_sentences import ChangedBelow, changed_below
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, actions_of, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from mockserver.contract import Contract
from mockserver.inference.names import plain
from mockserver.inference.sentences.state_rules import STATES


def changed_items(
    context: CheckContext, owner: CheckedResource, child: CheckedResource, op: ResourceOperation, said: ChangedBelow
) -> None:
    """An action on an item changes the state of the items below it, where the document says so."""
    above = context.create_plentiful(owner)
    exchange, below = context.create_below(above, child)
    if below is None:
        raise CannotBuildRequest(f"a new {child.name} shows no id")
    _, before, shown = current(context, below)
    if before.get(said.field) == said.after or said.before not in ("", before.get(said.field)):
        raise CannotBuildRequest(f"{said.field} of a new {child.name} is {as_json(before.get(said.field))}")
    done = sent_action(context, op, above)
    if done.status >= 300:
        raise CannotBuildRequest(f"{op.name} answers {done.status} for a {owner.name} with a {child.name}")
    _, after, reading = current(context, below)
    context.expect(
        after.get(said.field) == said.after,
        f"{said.field} of a {child.name} is {said.after} after {op.name} of its {owner.name}",
        as_json(after.get(said.field)),
        above.exchange,
        exchange,
        *shown,
        done,
        *reading,
        about=f"{child.name} {said.field}",
    )


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for child in known.values():
        owner = known.get(owner_of(child))
        if owner is None or not owner.can("create") or not child.can("create", "get"):
            continue
        states = {
            name: tuple(value for value in contract.schemas.keyword(at, "enum") or () if isinstance(value, str))
            for name, at in documented(contract, child.operations["get"]).items()
            if plain(name).endswith(STATES)
        }
        for op in actions_of(contract, owner):
            for said in changed_below(contract.schemas, op.operation, child.name, states):
                text = f"{op.name} makes {said.field} of the {child.name} items below {said.after}."
                stated = StatementRef(op.name, "parent", "described", said.source, text)
                yield op.name, stated, (owner, child, op, said)


CHECKS = (Check("changed-below", ("parent",), _places, changed_items, exclusive=False),)
