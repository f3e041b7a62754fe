"""Operations that add to a figure of an item or take from it, and those that move it from one item to another.

A deposit raises a balance, a delivery a stock. What is not said of such a figure in so many words is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from contracts.model.body_references import body_references, steps_of
from contracts.model.resources import CheckedResource, ResourceOperation
from mockserver.behaviour.statements import Reference
from mockserver.inference.names import words
from mockserver.inference.sentences.filling_sentences import (
    ADDS,
    FIGURES,
    GIVERS,
    MOVES,
    TAKERS,
    TAKES,
    filling_sentence,
    numbers_sent,
)
from mockserver.openapi import path_template
from mockserver.openapi.schemas import Schemas


class Filling(NamedTuple):
    """An operation below an item that changes its `figure` by `sign` times the number `amount` of the request."""

    op: ResourceOperation
    owner: CheckedResource
    figure: str
    amount: str
    sign: int
    source: str


class Move(NamedTuple):
    """A create request that lowers `figure` of the item at `giver` by its number `amount`, and raises it at `taker`."""

    owner: CheckedResource
    figure: str
    amount: str
    giver: Reference
    taker: Reference
    source: str


def fillings(
    schemas: Schemas, resources: Mapping[str, CheckedResource], operations: Iterable[ResourceOperation]
) -> Iterator[Filling]:
    """The operations below items that say that they add to a figure of the item, or take from it."""
    items = {
        path_template.bare(op.operation.path): owner
        for owner in resources.values()
        for op in owner.operations.values()
        if owner.is_of_item(op)
    }
    for op in operations:
        owner = items.get(path_template.above_and_last(op.operation.path)[0]) if op.operation.method == "post" else None
        if owner is None:
            continue
        for sign, form in ((1, ADDS), (-1, TAKES)):
            said = filling_sentence(schemas, op.operation, form)
            figure, amount = figure_of(schemas, owner), amount_of(schemas, op)
            if said is not None and figure and amount:
                yield Filling(op, owner, figure, amount, sign, said.source)
                break


def move_of(schemas: Schemas, resources: Mapping[str, CheckedResource], child: CheckedResource) -> Move | None:
    """What creating an item of `child` moves between two items of another resource; None if it does not say so."""
    op = child.operations.get("create")
    said = filling_sentence(schemas, op.operation, MOVES) if op is not None else None
    if op is None or said is None:
        return None
    found = list(body_references(schemas, child, op))
    givers, takers = (
        [each for each in found if set(words(steps_of(each.field)[-1])) & side] for side in (GIVERS, TAKERS)
    )
    if len(givers) != 1 or len(takers) != 1 or givers[0].resource != takers[0].resource:
        return None
    owner = resources.get(givers[0].resource)
    figure = figure_of(schemas, owner) if owner is not None else ""
    amount = amount_of(schemas, op)
    return Move(owner, figure, amount, givers[0], takers[0], said.source) if owner and figure and amount else None


def figure_of(schemas: Schemas, owner: CheckedResource) -> str:
    """The one number of an item that is a balance, a stock, or the like; empty if there is none, or several."""
    op = owner.operations.get("get") or owner.operations.get("list")
    pointer = op.item_schema(schemas) if op is not None else None
    known = schemas.properties(pointer) if pointer is not None else {}
    found = [
        name for name, at in known.items() if set(words(name)) & FIGURES and schemas.types(at) & {"integer", "number"}
    ]
    return found[0] if len(found) == 1 else ""


def amount_of(schemas: Schemas, op: ResourceOperation) -> str:
    """The one number of a request body; empty if there is none, or several."""
    pointer = op.body_schema(schemas)
    found = numbers_sent(schemas, schemas.properties(pointer)) if pointer is not None else []
    return found[0] if len(found) == 1 else ""
