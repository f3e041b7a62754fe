"""A check of what a request does to the figures of other items: an order lowers the stock of what is ordered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from contracts.checks.item_view import as_json, documented
from contracts.checks.stored_fields import current, expect_at_rest
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.model.body_references import LIST, body_references, holders, referring, steps_of
from contracts.model.fillings import fillings, move_of
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from mockserver.behaviour.statements import Reference
from mockserver.contract import Contract
from mockserver.inference.names import plain
from mockserver.inference.sentences.effect_sentences import Effect, effects, is_called, named_amount, named_figure
from mockserver.inference.sentences.relative_sentences import refused_for_amount
from mockserver.openapi import path_template

Candidate = tuple[CheckedResource, Reference | None]
"""A resource, and the reference of a request to its items; None if the path names them."""


FEW = (3, 2, 5, 10)
"""Figures for an item that is soon used up. The first valid one is taken."""


REST = re.compile(
    r"\bmore than (?:what is|the|its) (?:left|rest|remain\w*)|\bexceed\w* (?:the|its|what)\b", re.IGNORECASE
)
"""How a sentence compares an amount with what is left of the item above."""


class Affected(NamedTuple):
    """A figure of an item to which a request refers by `reference`, or below which it is (None)."""

    effect: Effect
    owner: CheckedResource
    field: str
    reference: Reference | None

    @property
    def text(self) -> str:
        """The effect in our words."""
        done = "raised" if self.effect.sign > 0 else "lowered"
        return f"{self.field} of the {self.owner.name} is {done}."


def stated_effect(
    context: CheckContext, op: ResourceOperation, child: CheckedResource | None, affected: tuple[Affected, ...]
) -> None:
    """A request changes the figures of other items as the document says: a transfer moves what it says."""
    if child is not None:
        context.body(child)  # to learn how items differ may create some, which change the figures, too
    items = _named_items(context, affected)
    before = [_figure(context, item, each) for item, each in zip(items, affected, strict=True)]
    exchange, body = _request(context, op, child, list(zip(items, affected, strict=True)))
    if exchange.status >= 300:
        raise CannotBuildRequest(f"{op.name} answers {exchange.status}")
    for item, each, was in zip(items, affected, before, strict=True):
        amount = _amount(body, each, item.id)
        _, shown, reading = current(context, item)
        now = shown.get(each.field)
        right = type(now) in (int, float) and _is_right(
            Fraction(str(was)), Fraction(str(now)), each.effect.sign, amount
        )
        if not right:
            expect_at_rest(context, item, each.field)
        moved = f" by {as_json(float(amount) if amount.denominator > 1 else int(amount))}" if amount is not None else ""
        context.expect(
            right,
            f"{each.field} of the {each.owner.name} is {'raised' if each.effect.sign > 0 else 'lowered'}{moved}",
            f"it was {as_json(was)} and is {as_json(now)}",
            item.exchange,
            exchange,
            *reading,
            about=f"{each.field} of {each.reference.field if each.reference else each.owner.name}",
            statement=StatementRef(op.name, "references", "described", each.effect.source, each.text),
        )


def _named_items(context: CheckContext, affected: Iterable[Affected]) -> list[CreatedItem]:
    """An item for each figure; figures of what one path or one reference names are those of one item."""
    made: dict[tuple[str, str], CreatedItem] = {}
    found: list[CreatedItem] = []
    for each in affected:
        named = (each.owner.name, each.reference.field if each.reference is not None else "")
        if named not in made:
            made[named] = context.create_plentiful(each.owner, always=True)
        found.append(made[named])
    return found


def more_than_left(context: CheckContext, child: CheckedResource, each: Affected, field: str) -> None:
    """A request for more than there is is refused, where the document says so: a quantity above the stock."""
    owner, op = each.owner, child.operations["create"]
    has = next(
        (n for n in FEW if context.bodies.accepts(owner.operations["create"], _with_few(context, each, n))), None
    )
    if has is None:
        raise CannotBuildRequest(f"no small {each.field} of a {owner.name} is valid")
    context.body(child)  # to learn how items differ may create some, which take from the figure, too
    item = context.create(owner, _with_few(context, each, has))
    shown = current(context, item)[1].get(each.field)
    if shown != has:
        raise CannotBuildRequest(f"a new {owner.name} shows another {each.field} than was sent")
    fields = each.reference.field if each.reference is not None else ""
    if each.reference is None:
        context.prepare(item, child)
    exchanges: list[RecordedExchange] = []
    for amount in (has, has + 1):
        body = context.body(child)
        body = referring(body, fields, item.id) if fields else body
        body = _with_amount(body, steps_of(fields)[:-1] if fields else [], field, amount)
        if not context.bodies.accepts(op, body):
            raise CannotBuildRequest(f"no valid {child.name} has {amount} as {field}")
        path = item.path_below(child) if each.reference is None else None
        exchanges.insert(0, context.try_create(child, body, path=path, may_conflict=True)[0])
        if amount == has and exchanges[0].status >= 300:
            raise CannotBuildRequest(f"{op.name} answers {exchanges[0].status} to a request for all that there is")
    context.expect_status(
        400 <= exchanges[0].status < 500,
        f"{op.name} is refused for more than is left: {field} {has + 1}, after {has} of the {each.field} of {has}",
        item.exchange,
        exchanges[1],
        exchanges[0],
        about=f"more than {each.field}",
    )


def _with_few(context: CheckContext, each: Affected, amount: int) -> dict[str, Any]:
    return context.body(each.owner) | {each.field: amount}


def _with_amount(value: Any, steps: Sequence[str], field: str, amount: int) -> Any:
    """The body with the amount beside the reference; of several lines, only the first one is kept."""
    if not steps:
        return {**value, field: amount}
    first, *rest = steps
    if first == LIST:
        return [_with_amount(each, rest, field, amount) for each in value[:1]]
    return {**value, first: _with_amount(value[first], rest, field, amount)}


def _is_right(was: Fraction, now: Fraction, sign: int, amount: Fraction | None) -> bool:
    if amount is None:
        return (now - was) * sign > 0
    return abs(now - was - sign * amount) <= Fraction(1, 1000)


def _figure(context: CheckContext, item: CreatedItem, each: Affected) -> Any:
    shown = current(context, item)[1].get(each.field)
    if type(shown) not in (int, float):
        raise CannotBuildRequest(f"a new {each.owner.name} shows no {each.field}")
    return shown


def _request(
    context: CheckContext,
    op: ResourceOperation,
    child: CheckedResource | None,
    pairs: list[tuple[CreatedItem, Affected]],
) -> tuple[RecordedExchange, Mapping[str, Any]]:
    """Send the request that refers to the items. Returns the exchange and the body."""
    above = next((item for item, each in pairs if each.reference is None), None)
    if child is None:
        body = context.bodies.minimal(op, context.check) if op.media_type else MISSING
        sent = MISSING if body is None else body
        return context.send(op, path=above.path if above else None, body=sent), body if isinstance(body, dict) else {}
    made = context.body(child)
    for item, each in pairs:
        made = referring(made, each.reference.field, item.id) if each.reference is not None else made
    path = above.path_below(child) if above is not None else None
    return context.try_create(child, made, path=path)[0], made


def _amount(body: Mapping[str, Any], each: Affected, key: Any) -> Fraction | None:
    """By how much the figure changes, if the sentence says it."""
    by = each.effect.by
    if not isinstance(by, str):
        return by
    told = list(holders(body, steps_of(each.reference.field), key)) if each.reference is not None else [body]
    values = [_number(place, by) or _number(body, by) for place in told]
    return None if not values or any(value is None for value in values) else sum((v for v in values if v), Fraction(0))


def _number(place: Mapping[str, Any], written: str) -> Fraction | None:
    value = place.get(named_amount(place, written))
    return Fraction(str(value)) if type(value) in (int, float) else None


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    created_by = {each.operations["create"].name: each for each in known.values() if each.can("create")}
    for op in resource_operations(contract):
        if op.operation.method not in ("post", "put", "patch"):
            continue
        child = created_by.get(op.name)
        found = tuple(_affected(contract, known, op, child))
        if found:
            first = StatementRef(op.name, "references", "described", found[0].effect.source, found[0].text)
            yield op.name, first, (op, child, found)


def _few_places(contract: Contract) -> Iterator[Place]:
    """Creates that lower a figure by an amount of theirs, and are refused for more than there is, as a sentence says."""
    known = checked_resources(contract)
    for child in known.values():
        op = child.operations.get("create")
        said = refused_for_amount(contract.schemas, op.operation) if op is not None else None
        for each in _affected(contract, known, op, child) if op is not None and said is not None else ():
            field = _amount_field(contract, child.operations["create"], each)
            owned = each.owner.operations["create"].body_schema(contract.schemas)
            if each.effect.sign < 0 and field and owned and each.field in contract.schemas.properties(owned):
                name, text = child.operations["create"].name, f"There is no more than the {each.field} says."
                source = said.source if said is not None else ""
                yield name, StatementRef(name, "references", "described", source, text), (child, each, field)


def _scarce_places(contract: Contract) -> Iterator[Place]:
    yield from _few_places(contract)
    yield from _rest_places(contract)


def _rest_places(contract: Contract) -> Iterator[Place]:
    """Creates below an item that has the same amount: a refund of no more than what is left of the payment."""
    known = checked_resources(contract)
    for child in known.values():
        op, owner = child.operations.get("create"), known.get(owner_of(child))
        said = refused_for_amount(contract.schemas, op.operation) if op is not None and owner is not None else None
        if op is None or owner is None or said is None or not owner.can("create", "get") or not REST.search(said.text):
            continue
        sent, had = (dict(_whole_numbers(contract, each.operations["create"])) for each in (child, owner))
        common = [name for name in sent if name in had and name in documented(contract, owner.operations["get"])]
        if len(common) == 1:
            rest = Affected(Effect(common[0], owner.name, -1, common[0], said.source), owner, common[0], None)
            text = f"There is no more than the {common[0]} of the {owner.name}."
            yield op.name, StatementRef(op.name, "parent", "described", said.source, text), (child, rest, common[0])


def _whole_numbers(contract: Contract, op: ResourceOperation) -> Iterator[tuple[str, str]]:
    """The whole numbers of a request body."""
    pointer, schemas = op.body_schema(contract.schemas), contract.schemas
    for name, at in schemas.properties(pointer).items() if pointer is not None else ():
        if "integer" in schemas.types(at):
            yield name, at


def _amount_field(contract: Contract, op: ResourceOperation, each: Affected) -> str:
    """The whole number of the request by which the figure is lowered; empty if the sentence names none."""
    schemas, pointer = contract.schemas, op.body_schema(contract.schemas)
    for step in steps_of(each.reference.field)[:-1] if each.reference is not None else ():
        if pointer is not None:
            pointer = schemas.items(pointer) if step == LIST else schemas.properties(pointer).get(step)
    known = schemas.properties(pointer) if pointer is not None else {}
    name = named_amount(known, each.effect.by) if isinstance(each.effect.by, str) else ""
    return name if name and "integer" in schemas.types(known[name]) else ""


def _affected(
    contract: Contract, known: Mapping[str, CheckedResource], op: ResourceOperation, child: CheckedResource | None
) -> Iterator[Affected]:
    """What is said of each figure: once, though two sentences or two readings of one say it; not if they disagree."""
    found: dict[tuple[str, str, str], list[Affected]] = {}
    for each in _readings(contract, known, op, child):
        named = (each.owner.name, each.field, each.reference.field if each.reference is not None else "")
        found.setdefault(named, []).append(each)
    yield from (said[0] for said in found.values() if len({each.effect.sign for each in said}) == 1)


def _readings(
    contract: Contract, known: Mapping[str, CheckedResource], op: ResourceOperation, child: CheckedResource | None
) -> Iterator[Affected]:
    yield from _moved(contract, known, op, child)
    candidates = list(_candidates(contract, known, op, child))
    for effect in effects(contract.schemas, op.operation):
        found = _meant(effect.of, candidates)
        for owner, reference in found if len(found) == 1 else ():
            shows = owner.operations.get("get") or owner.operations.get("list")
            field = named_figure(contract.schemas, documented(contract, shows), effect.field) if shows else ""
            if field and owner.can("create"):
                yield Affected(effect, owner, field, reference)


def _moved(
    contract: Contract, known: Mapping[str, CheckedResource], op: ResourceOperation, child: CheckedResource | None
) -> Iterator[Affected]:
    """What an operation adds to a balance or a stock, takes from it, or moves from one item to another."""
    move = move_of(contract.schemas, known, child) if child is not None else None
    if move is not None and move.owner.can("create"):
        for sign, reference in ((-1, move.giver), (1, move.taker)):
            effect = Effect(move.figure, move.owner.name, sign, move.amount, move.source)
            yield Affected(effect, move.owner, move.figure, reference)
    for each in fillings(contract.schemas, known, [op]):
        if each.owner.can("create") and (child is None or owner_of(child) == each.owner.name):
            effect = Effect(each.figure, each.owner.name, each.sign, each.amount, each.source)
            yield Affected(effect, each.owner, each.figure, None)


def _meant(of: str, candidates: list[Candidate]) -> list[Candidate]:
    """The items that a sentence means: by the name of the field that refers to them, or else by their own."""
    by_field = [each for each in candidates if of and each[1] and plain(of) == plain(steps_of(each[1].field)[-1])]
    return by_field or [(owner, r) for owner, r in candidates if not of or is_called(of, owner.name)]


def _candidates(
    contract: Contract, known: Mapping[str, CheckedResource], op: ResourceOperation, child: CheckedResource | None
) -> Iterator[Candidate]:
    """The items that a request may affect: that above it, and those that its body names."""
    if child is None or owner_of(child):
        for owner in known.values():
            paths = {each.operation.path for each in owner.operations.values() if owner.is_of_item(each)}
            if path_template.is_step_below(op.operation.path, paths):
                yield owner, None
    for each in body_references(contract.schemas, child, op) if child is not None else ():
        named = known.get(each.resource)
        if named is not None and each.key == named.behaviour.identity.field:
            yield named, each


CHECKS = (
    Check("stated-effect", ("references",), _places, stated_effect, exclusive=False),
    Check("more-than-left", ("references",), _scarce_places, more_than_left, exclusive=False),
)
