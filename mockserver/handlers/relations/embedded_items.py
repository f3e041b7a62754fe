"""Items that other items show: when one is updated, those that show it change with it."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.examples.generator import fresh
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.handlers.relations.shown_values import like, places
from mockserver.handlers.request_context import RequestContext
from mockserver.inference.relations.references import Steps
from mockserver.state.record import Record

MOST_CHANGED = 10_000
"""How many items change at most because another one was updated."""


def show_change(context: RequestContext) -> None:
    """Show the updated item as it is now in all items of the tenant that show it, and these in those that show them."""
    plan, item = context.bound.resource, context.item
    waiting, seen = [(plan, item)], {(plan.name, item.id)}
    for shown, record in waiting:  # it grows while it is walked through
        for resource, changed in _changed(context, shown, record):
            if (resource, changed.id) not in seen and len(seen) < MOST_CHANGED:
                seen.add((resource, changed.id))
                waiting.append((context.bound.plans[resource], changed))


def _changed(context: RequestContext, shown: ResourcePlan, item: Record) -> Iterator[tuple[str, Record]]:
    """Change the items that show this one; yields each with its resource."""
    store, found = context.transaction.store, dict(shown.shown_in)
    for resource, _, collection in list(store.items(context.tenant)) if found else ():
        for record in list(collection) if resource in found else ():
            new = _showing(context.bound.plans[resource], record, found[resource], shown, item)
            if new is not None:
                context.transaction.swap(collection, record, new)
                yield resource, new


def _showing(
    plan: ResourcePlan, record: Record, ways: tuple[Steps, ...], shown: ResourcePlan, item: Record
) -> Record | None:
    """A record that shows the item as it is now; None if it does not show it, or could not be valid then."""
    key = shown.statements.identity.field

    def is_it(value: object) -> bool:
        return isinstance(value, dict) and value.get(key, value.get("id")) == item.id

    if not any(is_it(holder[last]) for steps in ways for holder, last, _ in places(record.fields, steps, ())):
        return None
    new = record.copy()
    new.fields |= {steps[0]: fresh(new.fields[steps[0]]) for steps in ways if steps[0] in new.fields}
    for steps in ways:
        for holder, last, _ in places(new.fields, steps, ()):
            holder[last] = like(holder[last], item.fields) if is_it(holder[last]) else holder[last]
    is_valid = plan.generated_fields is None or plan.generated_fields.is_valid(new.fields)
    return new if is_valid and new.fields != record.fields else None
