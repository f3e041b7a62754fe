"""A check of owners that change: updating an owner leaves the items below it alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contracts.checks.item_view import as_json
from contracts.checks.stored_fields import current, lasting_changes, settled
from contracts.checks.valid_bodies import distinct_body, every_change
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

WRITES = "RFC 9110 section 9.3 (a request is about the resource at its URL)"


def owner_update(context: CheckContext, resource: CheckedResource, owner: CheckedResource) -> None:
    """Updating and replacing an owner neither changes nor removes the items below it, nor resets what follows from them."""
    tried = [
        _try(context, resource, owner, op)
        for kind in ("update", "replace")
        if (op := owner.operations.get(kind)) is not None and op.media_type is not None
    ]
    if not any(tried):
        raise CannotBuildRequest(f"no {owner.name} with a {resource.name} could be updated")


def _try(context: CheckContext, resource: CheckedResource, owner: CheckedResource, op: ResourceOperation) -> bool:
    """Update an owner with one item. Returns whether that was possible."""
    for first in (distinct_body(context, owner), None):  # a hidden one may take no items of others
        above = context.create(owner, first)
        fresh = current(context, above)[1] if owner.can("get") else {}
        path = above.path_below(resource)
        exchange, item = context.try_create(resource, distinct_body(context, resource), path=path, may_conflict=True)
        if exchange.status < 300:
            break
    history = [above.exchange, exchange]
    before = settled(context, item) if item is not None else {}
    listed_before, _ = _listed(context, resource, path)
    if exchange.status < 300:
        _check_figures(context, op, above, fresh, history)
    body = every_change(context, owner, op, above)
    if exchange.status >= 300 or not body or not (before or listed_before):
        return False
    history.append(done := context.send(op, path=above.path, body=body))
    if done.status >= 300:
        return False
    if item is not None:
        _check_item(context, op, item, before, history)
    listed_after, listing = _listed(context, resource, path)
    context.expect(
        len(listed_after) == len(listed_before),
        f"{op.name} leaves each {resource.name} of the {owner.name} in its list",
        f"{len(listed_after)} of {len(listed_before)} are left",
        *history,
        *listing,
        about=f"{op.operation.method} list",
    )
    return True


def _check_figures(
    context: CheckContext,
    op: ResourceOperation,
    above: CreatedItem,
    fresh: Mapping[str, Any],
    history: list[RecordedExchange],
) -> None:
    """To send an owner its own values again resets no number that the item below it has changed.

    Only values that were 0 and are 0 again count, and no request may set them.
    """
    known = context.bodies.properties(op)
    grown = settled(context, above) if fresh else {}
    figures = [name for name, value in grown.items() if name not in known and _is_zero(fresh.get(name)) and value]
    own = {name: value for name, value in {**grown, **above.sent}.items() if name in known}
    if not figures or not context.bodies.accepts(op, own):
        return
    history.append(done := context.send(op, path=above.path, body=own))
    if done.status >= 300:
        history.pop()
        return
    _, after, shown = current(context, above)
    for name in figures:
        context.expect(
            not _is_zero(after.get(name)),
            f"{op.name} leaves {name} as it is, because its body does not set it: {as_json(grown[name])}",
            f"{as_json(after.get(name))}, as for a new {above.resource.name}",
            *history,
            *shown,
            about=f"{op.operation.method} {name}",
        )


def _is_zero(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == 0


def _check_item(
    context: CheckContext,
    op: ResourceOperation,
    item: CreatedItem,
    before: Mapping[str, Any],
    history: Sequence[RecordedExchange],
) -> None:
    changed, after, shown = lasting_changes(context, item, before)
    context.expect(
        not changed,
        f"{op.name} changes no {item.resource.name} below the item",
        "; ".join(changed) if after else "it is gone",
        *history,
        *shown,
        about=op.operation.method,
    )


def _listed(
    context: CheckContext, resource: CheckedResource, path: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], list[RecordedExchange]]:
    """The items of a list, if there is one."""
    if not resource.can("list"):
        return [], []
    exchange = context.send(resource.operations["list"], path=path)
    return context.items(resource, exchange), [exchange]


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for resource in known.values():
        owner = known.get(resource.behaviour.parent.resource) if resource.behaviour.parent else None
        kinds = [kind for kind in ("update", "replace") if owner is not None and kind in owner.operations]
        is_shown = resource.can("create") and (resource.can("get") or resource.can("list"))
        if owner is not None and kinds and owner.can("create") and is_shown:
            operation = owner.operations[kinds[0]].name
            text = "A request changes the item at its URL and no other."
            yield operation, StatementRef(operation, "http", "documented", WRITES, text), (resource, owner)


CHECKS = (Check("owner-update", ("parent",), _places, owner_update, exclusive=False),)
