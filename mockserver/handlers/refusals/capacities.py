"""How many items there may be, in a collection and below a parent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import structs

from mockserver.behaviour.statements import Capacity, Parent
from mockserver.errors import Conflict
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.handlers.request_context import RequestContext
from mockserver.state.collection import Collection
from mockserver.state.record import Record


def check_room(context: RequestContext, collection: Collection) -> None:
    """Raise Conflict when no more items may be stored, by what is stated, set for this request, or by the parent."""
    plan = context.bound.resource
    for capacity in plan.statements.capacity if context.capacity is None else _lower(context.capacity, plan):
        check_capacity(capacity, collection)
    if plan.statements.parent is not None and plan.statements.parent.capacity:
        _check_parent(context, plan.statements.parent, collection)


def _lower(limit: int, plan: ResourcePlan) -> tuple[Capacity, ...]:
    """The stated limits, but not above this one; it keeps their words."""
    stated = tuple(structs.replace(each, limit=min(each.limit, limit)) for each in plan.statements.capacity)
    return stated or (Capacity(limit=limit, evidence="assumed"),)


def check_capacity(capacity: Capacity, collection: Collection) -> None:
    """Raise Conflict when the collection is full."""
    if len(collection) >= capacity.limit:
        message = capacity.message.replace("{limit}", str(capacity.limit))
        raise Conflict(message, limit=capacity.limit).because(capacity)


def _check_parent(context: RequestContext, parent: Parent, collection: Collection) -> None:
    """Raise Conflict when the parent in the path takes no more items."""
    is_named = context.bound.owner is not None and context.bound.owner[0] == parent.resource
    owner = context.owner() if is_named else None
    room = owner.fields.get(parent.capacity) if owner is not None else None
    if owner is None or type(room) is not int:
        return
    taken = _summed(context, parent, owner.fields)
    if (_counted(context, parent, collection, owner) if taken is None else taken) > room:
        raise Conflict(f"the {parent.resource} is full: its {parent.capacity} is {room}").because(parent)


def _counted(context: RequestContext, parent: Parent, collection: Collection, owner: Record) -> int:
    """How much of the parent would be taken by its children and the new one."""
    is_below = parent.parameter in context.bound.resource.parent_parameters
    if is_below and not parent.takes and not parent.unless:
        return len(collection) + 1
    is_found = not is_below and collection.is_indexed(parent.field)
    view = collection.view((parent.field, owner.id) if is_found else None)
    children = (each.fields for each in view.after(None, newest_first=False))
    beside = (each for each in children if is_below or each.get(parent.field) == owner.id)
    counted = (each for each in beside if not any(each.get(name) in gone for name, gone in parent.unless.items()))
    sent = context.bound.item_body(context.call)
    return sum(_amount(parent, each) for each in (*counted, sent if isinstance(sent, Mapping) else {}))


def _amount(parent: Parent, child: Mapping[str, Any]) -> int:
    """How much of the parent a child takes."""
    amount = child.get(parent.takes, 1) if parent.takes else 1
    return amount if type(amount) is int else 1


def _summed(context: RequestContext, parent: Parent, above: Mapping[str, Any]) -> int | None:
    """How much of the parent would be taken, where it shows the sum of a number of its children, such as their seats.

    None if it shows none.
    """
    own, counts = context.bound.resource.name, context.bound.plans[parent.resource].statements.counts
    summed = next((each for each in counts if each.resource == own and each.sum), None)
    before = above.get(summed.field) if summed is not None else None
    sent = context.bound.item_body(context.call)
    more = sent.get(summed.sum, 1) if summed is not None and isinstance(sent, Mapping) else 1
    return before + more if type(before) is int and type(more) is int else None
