"""Items that a DELETE keeps: they are marked as deleted, and no operation finds them until they are restored."""

from __future__ import annotations

from mockserver.handlers.request_context import RequestContext


def mark_deleted(context: RequestContext) -> bool:
    """Mark the item as deleted, if its resource keeps what is deleted; else return False."""
    plan = context.bound.resource
    if plan.soft_delete is None:
        return False
    context.edit(context.item)
    fields = context.item.fields
    plan.stamp(fields, context.moment, created=False)
    scope = plan.scope(context.call, context.item.id, fields, context.moment)
    fields |= {name: render(scope) for name, render in context.bound.effects.own}
    fields[plan.soft_delete.field] = plan.soft_delete.value(scope)
    context.save()
    return True
