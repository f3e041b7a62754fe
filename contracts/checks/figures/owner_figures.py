"""A check of the figures of owners: how many items an owner has, or what they sum up to, follows what is deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.stored_fields import current
from contracts.checks.valid_bodies import distinct_body
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.inference.names import words

COUNTS = frozenset({"count", "counts", "total", "totals", "sum", "size", "quantity", "number", "num", "subtotal"})
"""Words of a figure that is about the items that there are. Others may only grow: numbers of versions, the last id."""

WRONG: Any = {"wrong": [1]}
"""A value of a wrong type for nearly every field."""


def owner_figures(context: CheckContext, resource: CheckedResource, owner: CheckedResource) -> None:
    """A figure of an owner that grows with each new item below it falls when one is deleted, and only then."""
    above = context.create(owner, distinct_body(context, owner))
    path = above.path_below(resource)
    seen, made = [_figures(context, above)], []
    for _ in range(2):
        made.append(context.create(resource, distinct_body(context, resource), path=path))
        seen.append(_figures(context, above))
    growing = [name for name in seen[0] if seen[0][name] < seen[1].get(name, 0) < seen[2].get(name, 0)]
    if not growing:
        raise CannotBuildRequest(f"no figure of a {owner.name} grows with each new {resource.name}")
    _check_refused(context, resource, above, path, seen[2], growing)
    removed = context.delete(made[1])
    if removed.status >= 300:
        raise CannotBuildRequest(f"a {resource.name} cannot be deleted: status {removed.status}")
    after, shown = _figures(context, above), current(context, above)[2]
    for name in growing:
        context.expect(
            after.get(name) == seen[1][name],
            f"{name} of the {owner.name} is {seen[1][name]} again when the newest {resource.name} is deleted",
            f"{name} is {after.get(name)}",
            above.exchange,
            *(each.exchange for each in made),
            removed,
            *shown,
            about=f"{name} falls",
            statement=_law(resource, name),
        )


def _check_refused(
    context: CheckContext,
    resource: CheckedResource,
    above: CreatedItem,
    path: Mapping[str, Any],
    before: Mapping[str, float],
    growing: list[str],
) -> None:
    """A create request that is refused leaves the figures as they are."""
    op = resource.operations["create"]
    name = next((name for name in context.bodies.properties(op)), "")
    body = {**distinct_body(context, resource), name: WRONG}
    if not name or context.bodies.accepts(op, body):
        return
    exchange = context.send(op, path=path, body=body)
    if exchange.status < 400:
        context.record_created(resource, exchange, body, context.main_user, path)
        return  # that it is accepted is another check
    after, shown = _figures(context, above), current(context, above)[2]
    for each in growing:
        context.expect(
            after.get(each) == before[each],
            f"{each} stays {before[each]} when a create request is refused",
            f"{each} is {after.get(each)}",
            above.exchange,
            exchange,
            *shown,
            about=f"{each} stays",
            statement=_law(resource, each),
        )


def _figures(context: CheckContext, above: CreatedItem) -> dict[str, float]:
    """The numbers that an owner shows."""
    item = current(context, above)[1]
    return {name: value for name, value in item.items() if type(value) in (int, float)}


def _law(resource: CheckedResource, name: str) -> StatementRef:
    is_count = bool(COUNTS & set(words(name)))
    text = f"The figure grows with each new {resource.name}, so it falls when one is deleted or refused."
    return StatementRef(
        resource.operations["create"].name,
        "http",
        "implied" if is_count else "inferred",
        f"what {name} means" if is_count else "the contract check",
        text,
    )


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for resource in known.values():
        owner = known.get(resource.behaviour.parent.resource) if resource.behaviour.parent else None
        if owner is not None and owner.can("create", "get") and resource.can("create", "delete"):
            operation = resource.operations["delete"].name
            text = "The figures of an owner are about the items that there are."
            yield operation, StatementRef(operation, "http", "implied", "what a count means", text), (resource, owner)


CHECKS = (Check("owner-figures", ("parent",), _places, owner_figures, exclusive=False),)
