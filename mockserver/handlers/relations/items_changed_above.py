"""The item above one that was created or changed, if the request changes it too: an outage makes a lamp faulty."""

from __future__ import annotations

from functools import partial

from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.handlers.request_context import RequestContext
from mockserver.state.collection import Collection
from mockserver.state.record import Record


def change_above(context: RequestContext) -> None:
    """Give the item above the values that the operation says it gets, if replies can show them."""
    plan, item = context.bound.resource, context.item
    parent = plan.statements.parent
    above = context.bound.plans[parent.resource] if parent is not None else None
    if above is None:
        return
    collection, holder = _found(context, plan, above, item)
    if holder is None:
        return
    new = holder.copy()
    above.stamp(new.fields, context.moment, created=False)
    scope = above.scope(context.call, holder.id, new.fields, context.moment)
    scope["is_first"] = partial(_is_first, context, holder)
    new.fields |= {name: render(scope) for name, render in context.bound.effects.above}
    if above.generated_fields is None or above.generated_fields.is_valid(new.fields):
        context.transaction.swap(collection, holder, new)


def _is_first(context: RequestContext, holder: Record) -> bool:
    """Is the new item the only one below the item above?"""
    plan = context.bound.resource
    parent = plan.statements.parent
    field = parent.field if parent is not None and parent.parameter not in plan.parent_parameters else ""
    others = (each for each in context.collection() if str(each.id) != str(context.item.id))
    return not any(not field or str(each.fields.get(field)) == str(holder.id) for each in others)


def _found(
    context: RequestContext, plan: ResourcePlan, above: ResourcePlan, item: Record
) -> tuple[Collection, Record | None]:
    """The collection of the item above, and that item: the one that a property names, or that of the path."""
    parent = plan.statements.parent
    field = parent.field if parent is not None and parent.parameter not in plan.parent_parameters else ""
    path = (str(context.call.path.get(name, "")) for name in plan.parent_parameters)
    *owner, id = [str(item.fields.get(field, ""))] if field else [*path] or [""]
    collection = context.transaction.store.collection(above.name, context.tenant, "/".join(owner))
    return collection, collection.get(id)
