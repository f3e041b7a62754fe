"""Numbers of items that clients set and other items change: a movement adds its quantity to the stock of a product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from mockserver.inference.draft import SENDING, ResourceDraft
from mockserver.inference.evidence import Statement, described, inferred
from mockserver.inference.names import noun, plain, words
from mockserver.inference.sentences.effect_sentences import Effect, effects, is_called, named_amount, named_figure
from mockserver.inference.values.amounts import amount_name, is_amount
from mockserver.openapi.schemas import Schemas

MOVING = frozenset(("movement", "adjustment", "transaction", "entry", "posting", "correction", "change"))
"""What items are called that change a number of the item above."""

FIGURES = frozenset((
    "balance", "stock", "quantity", "points", "inventory", "credits", "stocklevel", "stockquantity", "quantityonhand",
    "onhand", "instock", "quantityinstock", "amountinstock",
))  # fmt: skip
"""Plain names of such a number."""

AMOUNTS = ("quantity", "amount", "delta", "change", "points", "credits", "units", "difference", "adjustment", "value")
"""Plain names of what is added, the likeliest first."""

KINDS = ("type", "kind", "direction", "reason", "operation")
"""Plain names of the property that says whether it is added or taken off."""

TAKEN_OFF = frozenset((
    "out", "outbound", "outgoing", "debit", "withdrawal", "withdraw", "sale", "sold", "issue", "issued", "decrease",
    "remove", "removal", "redeem", "redemption", "spend", "spent", "shipment", "consumption", "loss", "subtract",
    "expense",
))  # fmt: skip
"""Plain values of it by which it is taken off."""


class _Change(NamedTuple):
    """Items add `amount` (empty: one each) to the number `field` of others, or take it off."""

    field: str
    amount: str
    sign: int
    source: str


def effect_counts(
    schemas: Schemas, draft: ResourceDraft, other: ResourceDraft, by: str, known: frozenset[str]
) -> Iterator[Statement]:
    """The `counts` by which `other` items change numbers of the items of a resource; `by` names the property.

    `known` are the numbers that follow from other items already.
    """
    sent = next(other.request_properties("create"), {})
    fields = {name: at for name, at in draft.properties().items() if name not in known}
    made = other.action("create")
    if made is None or not sent or sum(action.does == "create" for action in other.actions) > 1:
        return
    said = [_said(schemas, each, fields, sent) for each in effects(schemas, made.operation) if _is_of(each, draft)]
    found = [each for each in said if each is not None] or list(_named(schemas, fields, sent, other))
    own = {name for asked in draft.request_properties(*SENDING) for name in asked}
    for each in {one.field: one for one in found}.values():
        keys: Statement = {"field": each.field, "resource": other.name} | ({"by": by} if by else {})
        keys |= {"sum": each.amount} if each.amount else {}
        keys |= {"on-top": True} if each.field in own else {}
        keys |= {"sign": -1} if each.sign < 0 else lowering(schemas, sent, each.amount)
        if each.source:
            yield keys | described(each.source)
        else:
            yield inferred(f"a {other.name} changes the {each.field}, by their names", **keys)


def _is_of(effect: Effect, draft: ResourceDraft) -> bool:
    return not effect.of or is_called(effect.of, draft.name)


def _said(schemas: Schemas, effect: Effect, fields: Mapping[str, str], sent: Mapping[str, str]) -> _Change | None:
    """What a sentence about the create says; None if it names no number of the item, or nothing that is added."""
    field = named_figure(schemas, fields, effect.field)
    numbers = {name: at for name, at in sent.items() if is_amount(schemas, at)}
    if isinstance(effect.by, Fraction):
        return _Change(field, "", effect.sign, effect.source) if field and effect.by == 1 else None
    amount = named_amount(numbers, effect.by) if effect.by else _amount(numbers)
    return _Change(field, amount, effect.sign, effect.source) if field and amount else None


def _named(
    schemas: Schemas, fields: Mapping[str, str], sent: Mapping[str, str], other: ResourceDraft
) -> Iterator[_Change]:
    """What the names say, if items are called so, and both have one such number only."""
    figures = [n for n, at in fields.items() if amount_name(n) in FIGURES and is_amount(schemas, at)]
    numbers = {name: at for name, at in sent.items() if is_amount(schemas, at)}
    amount = _amount(numbers)
    if noun(other.word)[-1] in MOVING and len(figures) == 1 and amount and len(numbers) <= 2:
        yield _Change(figures[0], amount, 1, "")


def _amount(numbers: Mapping[str, str]) -> str:
    """The number of a request that says how much; empty if none is called so."""
    known = {amount_name(name): name for name in numbers}
    return next((known[each] for each in AMOUNTS if each in known), "")


def lowering(schemas: Schemas, sent: Mapping[str, str], amount: str) -> Statement:
    """By which values of a property an amount is taken off, if it cannot be negative itself."""
    is_text = bool(amount) and schemas.types(sent[amount]) - {"null"} == {"string"}
    if is_text and not schemas.validator(sent[amount], "request").is_valid("-1.00"):
        is_text = False  # it cannot be negative
        least: Any = 0
    else:
        least = schemas.keyword(sent[amount], "minimum") if amount else None
    above = schemas.keyword(sent[amount], "exclusiveMinimum") if amount else None
    if not any(isinstance(each, int | float) and each >= 0 for each in (least, above)):
        return {}
    for name, at in sent.items() if amount else ():
        values: Sequence[Any] = schemas.keyword(at, "enum") or ()
        off = [value for value in values if isinstance(value, str) and not TAKEN_OFF.isdisjoint(words(value))]
        if plain(name) in KINDS and off and len(off) < len(values):
            return {"lowered-by": {name: off}}
    return {}
