"""A check of waiting lists whose items take several places: one for which enough places become free gets them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from contracts.checks.item_view import as_json, documented
from contracts.checks.stored_fields import current
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from mockserver.contract import Contract
from mockserver.inference.names import plain
from mockserver.inference.sentences.descriptions import room_field
from mockserver.inference.sentences.refusal_sentences import Sentence, operation_sentences
from mockserver.inference.sentences.state_rules import STATES

MOVES_UP = re.compile(
    r"\bwait(?:ing|s)?\b[^.]*\b(?:in (?:the |their )?order|one after the other|gone through|moves? up)\b|"
    r"\bwait(?:ing|s)?\b[^.]*\b(?:becomes?|gets? (?:a|the|its|their) (?:place|seat)s?)\b",
    re.IGNORECASE,
)
"""How a sentence says that what waits gets places that become free."""

ROOM = 3

PAIRS = ((1, 2), (1, 3), (2, 3), (2, 2))
"""Amounts of two items: each one fits in, but not both."""


def waiting_amount(
    context: CheckContext, child: CheckedResource, owner: CheckedResource, room: str, amount: str
) -> None:
    """An item that waits gets its places when so many become free, also if it needs more than the one that left."""
    op = child.operations["create"]
    usual = context.body(owner)
    if not context.bodies.accepts(owner.operations["create"], usual | {room: ROOM}):
        raise CannotBuildRequest(f"no {owner.name} with room for {ROOM} is valid")
    for first, second in PAIRS:
        if not all(context.bodies.accepts(op, context.body(child) | {amount: each}) for each in (first, second)):
            continue
        alone = _made(context, context.create(owner, context.body(owner) | {room: ROOM}), child, {amount: second})
        above = context.create(owner, context.body(owner) | {room: ROOM})
        one, two = (_made(context, above, child, {amount: each}) for each in (first, second))
        views = [current(context, each)[1] for each in (alone, one, two)]
        name = next((each for each in _states(context, child) if _tells(each, *views)), "")
        if not name:
            continue
        removed = context.delete(one)
        if removed.status >= 300:
            raise CannotBuildRequest(f"a {child.name} cannot be deleted: status {removed.status}")
        _, item, shown = current(context, two)
        context.expect(
            item.get(name) == views[0][name],
            f"the {child.name} with {amount} {second} that waits gets its places when all {ROOM} are free: {name} is "
            f"{as_json(views[0][name])}",
            f"{name} is {as_json(item.get(name))}",
            above.exchange,
            one.exchange,
            two.exchange,
            removed,
            *shown,
            about="moves up",
        )
        return
    raise CannotBuildRequest(f"no two {child.name} items were found so that the second one waits")


def _made(context: CheckContext, above: CreatedItem, child: CheckedResource, fields: dict[str, Any]) -> CreatedItem:
    _, made = context.create_below(above, child, context.body(child) | fields)
    if made is None:
        raise CannotBuildRequest(f"{child.operations['create'].name} shows no id")
    return made


def _states(context: CheckContext, child: CheckedResource) -> list[str]:
    fields = documented(context.contract, child.operations["get" if child.can("get") else "list"])
    return [name for name in fields if plain(name).endswith(STATES)]


def _tells(name: str, alone: dict[str, Any], one: dict[str, Any], two: dict[str, Any]) -> bool:
    """Does a field say that the first two have a place, and the third one waits?"""
    return alone.get(name) is not None and alone.get(name) == one.get(name) and two.get(name) not in (None, alone[name])


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for child in known.values():
        owner = known.get(owner_of(child))
        shows = child.can("get") or child.can("list")
        if owner is None or not owner.can("create") or not child.can("create", "delete") or not shows:
            continue
        bodies = [each.operations["create"].body_schema(contract.schemas) for each in (owner, child)]
        above, below = (contract.schemas.properties(each) if each is not None else {} for each in bodies)
        room = room_field(above, child.name)
        refers = {each.field for each in child.behaviour.references}
        amounts = [n for n, at in below.items() if "integer" in contract.schemas.types(at) and n not in refers]
        said = _said(contract, child)
        if room and len(amounts) == 1 and said is not None:
            op = child.operations["delete"].name
            text = f"A {child.name} that waits gets places that become free."
            yield op, StatementRef(op, "parent", "described", said.source, text), (child, owner, room, amounts[0])


def _said(contract: Contract, child: CheckedResource) -> Sentence | None:
    for name in ("delete", "create"):
        for each in operation_sentences(contract.schemas, child.operations[name].operation):
            if MOVES_UP.search(each.text):
                return each
    return None


CHECKS = (Check("waiting-amount", ("parent",), _places, waiting_amount, exclusive=False),)
