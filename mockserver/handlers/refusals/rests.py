"""Refusing a request for more than is left: a quantity above the stock, a transfer above the balance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.amounts import amount_of, plus, written
from mockserver.behaviour.statements import Count
from mockserver.contract import Contract
from mockserver.handlers.refusals.documented_refusals import documented_refusal
from mockserver.handlers.request_context import RequestContext

STATUSES = (409, 422, 402, 400)
"""The statuses by which a service may refuse it, the likeliest first."""


class Rest(NamedTuple):
    """New items take from a number of items of `owner`, as `stated`."""

    owner: str
    stated: Count


def rests(contract: Contract, resource: str) -> Iterator[Rest]:
    """What new items of a resource take from, where no more is given than there is."""
    for name, owner in contract.behaviour.resources.items():
        for each in owner.counts:
            if each.resource == resource and (each.refuses or each.shows) and "[" not in each.by:
                yield Rest(name, each)


def check_rests(context: RequestContext, fields: Mapping[str, Any]) -> None:
    """Raise Conflict or Invalid for an item that takes more than there is."""
    for owner, stated in context.bound.rests:
        above = context.owner() if not stated.by else context.collection(owner).get(fields.get(stated.by))
        left: Any = amount_of(above.fields.get(stated.field)) if above is not None else None
        wanted: Any = amount_of(fields.get(stated.sum)) if stated.sum else 1
        if stated.refuses and left is not None and wanted is not None and _is_more(stated, fields, wanted, left):
            message = f"the {stated.field} of the {owner.replace('-', ' ')} is {left}, which is less than {abs(wanted)}"
            field = (stated.sum,) if stated.sum else ()
            refusal = documented_refusal(context.bound.operation, message, owner, field, STATUSES)
            if refusal is not None:
                raise refusal.because(stated)


def _is_more(stated: Count, fields: Mapping[str, Any], wanted: Any, left: Any) -> bool:
    """Does an item take more than there is? One that adds takes a negative amount off."""
    taken = wanted if _is_taken(stated, fields) else -wanted
    return bool(taken > 0 and taken > left)


def _is_taken(stated: Count, fields: Mapping[str, Any]) -> bool:
    """Is the amount of an item taken off, and not added?"""
    is_other = any(fields.get(name) in values for name, values in stated.lowered_by.items())
    return (stated.sign < 0) is not is_other


def show_rests(context: RequestContext, fields: dict[str, Any]) -> None:
    """Let a new item show the number that it changes, as it is then: the `balance_after` of a withdrawal."""
    for owner, stated in context.bound.rests:
        above = context.owner() if not stated.by else context.collection(owner).get(fields.get(stated.by))
        left: Any = amount_of(above.fields.get(stated.field)) if above is not None else None
        moved: Any = amount_of(fields.get(stated.sum)) if stated.sum else 1
        if stated.shows and left is not None and moved is not None:
            after = plus(left, -moved if _is_taken(stated, fields) else moved)
            shown = written(after, fields.get(stated.shows), lambda value: True)
            fields[stated.shows] = shown if shown is not None else fields.get(stated.shows)
