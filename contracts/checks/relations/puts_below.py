"""A check of PUT requests below an item: sent twice, they have the effect of one: `PUT /polls/{id}/vote`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from contracts.checks.item_view import as_json
from contracts.checks.relations.owner_views import Shown, owner_views, shown_by
from contracts.checks.state.repeated_puts import IDEMPOTENT, TIMES
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.amounts import with_numbers
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.inference.names import words
from mockserver.openapi import path_template

TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")

CHANGING = TIMES | {"version", "revision", "etag", "attempts", "requests", "calls", "history", "log"}
"""Words of what may say how often something was asked for."""


def put_twice(
    context: CheckContext, owner: CheckedResource, op: ResourceOperation, views: tuple[ResourceOperation, ...]
) -> None:
    """A PUT that is sent again with the same body changes nothing of the item that it is below."""
    for body in _bodies(context, op):
        made = context.create(owner)
        first = context.send(op, path=made.path, body=body)
        if first.status >= 300:
            continue
        before, _ = shown_by(context, made, views)
        again = context.send(op, path=made.path, body=body)
        after, read = shown_by(context, made, views)
        changed = _changed(before, after)
        context.expect(
            again.status >= 300 or not changed,
            f"the same {op.name} again changes nothing of the {owner.name}",
            "; ".join(f"{place}: {as_json(before[place])} became {as_json(after[place])}" for place in changed),
            made.exchange,
            first,
            again,
            *read,
        )
        return
    raise CannotBuildRequest(f"{op.name} succeeds with no body that was tried")


def _bodies(context: CheckContext, op: ResourceOperation) -> Iterator[object]:
    """Bodies to try: numbers may be positions in a short list, so that the smallest ones come first."""
    if op.operation.request_body is None:
        yield MISSING
        return
    pointer = context.bodies.schema(op)
    for body in (context.bodies.minimal(op, context.check), context.bodies.full(op, context.check)):
        if body is not None and pointer is not None:
            for number in (0, 1):
                yield with_numbers(context.contract.schemas, pointer, body, partial(_always, number))
            yield body


def _always(number: float, _present: float, _bounds: Mapping[str, Any]) -> list[float]:
    return [number]


def _changed(before: Shown, after: Shown) -> list[str]:
    """The places whose values differ; one of them must be there before and after."""
    places = [place for place in before if place in after and before[place] != after[place]]
    kept = [place for place in places if not (_is_time(before[place]) and _is_time(after[place]))]
    return [place for place in kept if CHANGING.isdisjoint(words(place.rpartition(": ")[2]))]


def _is_time(value: Any) -> bool:
    """Is a value a date with a time? It may be that of the last request."""
    return isinstance(value, str) and TIME.match(value) is not None


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for owner in known.values():
        if not owner.can("create", "get") or owner.is_put:
            continue
        for op in _puts(contract, owner):
            text = "A PUT that is sent twice has the effect of one."
            yield (
                op.name,
                StatementRef(op.name, "http", "documented", IDEMPOTENT, text),
                (owner, op, owner_views(contract, owner)),
            )


def _puts(contract: Contract, owner: CheckedResource) -> Iterator[ResourceOperation]:
    """The PUTs directly below an item: its actions, and those of a single thing that it has."""
    above = owner.operations["get"].operation.path
    for op in resource_operations(contract):
        if op.operation.method == "put" and path_template.is_step_below(op.operation.path, (above,)):
            yield op


CHECKS = (Check("put-twice", (), _places, put_twice, exclusive=False),)
