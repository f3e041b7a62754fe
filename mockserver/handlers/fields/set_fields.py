"""The values that an operation gives to fields of an item, whatever the request contains."""

from __future__ import annotations

from typing import Any

from mockserver.behaviour.templates import RENEWED
from mockserver.handlers.request_context import RequestContext


def set_fields(context: RequestContext, fields: dict[str, Any]) -> None:
    """Give an item the values that the operation sets; what gets null and cannot be null is taken away."""
    plan, generated = context.bound.resource, context.bound.resource.generated_fields
    scope = plan.scope(context.call, context.item.id, fields, context.moment)
    scope |= {"position": context.position, "sent": context.call.body, "query": context.call.query}
    context.bound.effects.change(fields, scope)
    for name, _ in context.bound.effects.own:
        if fields.get(name) is RENEWED:
            fields[name] = _renewed(context, name)
        elif name in fields and fields[name] is None and generated is not None and generated.is_never_null(name):
            del fields[name]


def _renewed(context: RequestContext, name: str) -> Any:
    """Another generated value for a field."""
    plan, generated = context.bound.resource, context.bound.resource.generated_fields
    seed = f"{context.world.seed}/{plan.name}/{context.item.id}/{context.next_sequence()}"
    return generated.value_of(name, seed) if generated is not None else None
