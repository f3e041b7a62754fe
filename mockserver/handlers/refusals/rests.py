"""Refusing a request for more than is left: a quantity above the stock, a transfer above the balance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.behaviour.statements import Count
from mockserver.contract import Contract
from mockserver.handlers.refusals.documented_refusals import documented_refusal
from mockserver.handlers.request_context import RequestContext

STATUSES = (409, 422, 400)
"""The statuses by which a service may refuse it, the likeliest first."""


class Rest(NamedTuple):
    """New items take from a number of items of `owner`, as `stated`."""

    owner: str
    stated: Count


def rests(contract: Contract, resource: str) -> Iterator[Rest]:
    """What new items of a resource take from, where no more is given than there is."""
    for name, owner in contract.behaviour.resources.items():
        for each in owner.counts:
            if each.resource == resource and each.refuses and "[" not in each.by:
                yield Rest(name, each)


def check_rests(context: RequestContext, fields: Mapping[str, Any]) -> None:
    """Raise Conflict or Invalid for an item that takes more than there is."""
    for owner, stated in context.bound.rests:
        above = context.owner() if not stated.by else context.collection(owner).get(fields.get(stated.by))
        left: Any = above.fields.get(stated.field) if above is not None else None
        wanted: Any = fields.get(stated.sum) if stated.sum else 1
        if type(left) in (int, float) and type(wanted) in (int, float) and wanted > left:
            message = f"the {stated.field} of the {owner.replace('-', ' ')} is {left:g}, which is less than {wanted:g}"
            field = (stated.sum,) if stated.sum else ()
            refusal = documented_refusal(context.bound.operation, message, owner, field, STATUSES)
            if refusal is not None:
                raise refusal.because(stated)
