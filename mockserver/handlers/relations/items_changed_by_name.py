"""The items that the item of a request names, if the request changes them too: a trip makes its vehicle `in_use`."""

from __future__ import annotations

from mockserver.handlers.request_context import RequestContext
from mockserver.state.record import Record


def named_item(context: RequestContext, resource: str, field: str) -> Record | None:
    """The item of a resource that a property of the request's own item names; None if there is none."""
    named = context.item.fields.get(field)
    if isinstance(named, dict):  # it shows the other item
        named = named.get(context.bound.plans[resource].statements.identity.field)
    return context.collection(resource).get(named) if isinstance(named, str | int) else None


def change_named(context: RequestContext) -> None:
    """Give the items that properties name the values that the operation says they get, if replies can show them."""
    plan = context.bound.resource
    for field, values in context.bound.effects.named:
        resource = next((each.resource for each in plan.statements.references if each.field == field), "")
        record = named_item(context, resource, field) if resource else None
        if record is None:
            continue
        other, new = context.bound.plans[resource], record.copy()
        other.stamp(new.fields, context.moment, created=False)
        scope = other.scope(context.call, record.id, new.fields, context.moment)
        new.fields |= {name: render(scope) for name, render in values}
        if other.generated_fields is None or other.generated_fields.is_valid(new.fields):
            context.transaction.swap(context.collection(resource), record, new)
