"""Lists in items that show what is below them: the `lines` of an order are the items at `/orders/{id}/lines`.

The items below are what is stored; the list in the item above changes with them, and a list that a client sends in the
item above makes, changes and deletes items below.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.handlers.fields.figures import fill_figures
from mockserver.handlers.relations.embedded_list_plans import EmbeddedList
from mockserver.handlers.request_context import RequestContext
from mockserver.messages import Call
from mockserver.state.collection import Collection
from mockserver.state.record import Record

MOST_SHOWN = 1000
"""How long a list in an item grows: each item below is a change of the one above, which is written as a whole."""


def show_above(context: RequestContext, shown: EmbeddedList, record: Record, *, is_gone: bool = False) -> None:
    """Show a new, changed or deleted item in the list of the item above it."""
    plan = context.bound.plans[shown.below]
    above = context.bound.plans[shown.above]
    if shown.field and context.before is not None and not is_gone:
        _leave(context, shown, context.before, record)
    path = (str(context.call.path.get(name, "")) for name in plan.parent_parameters)
    *owner, id = [str(record.fields.get(shown.field, ""))] if shown.field else path
    collection = context.transaction.store.collection(above.name, context.tenant, "/".join(owner))
    holder, key = collection.get(id), plan.statements.identity.field
    entries = holder.fields.get(shown.name) if holder is not None else None
    entry = shown.entry(record)
    if holder is None or len(entries or ()) >= MOST_SHOWN or not shown.validator.is_valid(entry):
        return
    kept = entries if isinstance(entries, list) else []
    at = next((i for i, one in enumerate(kept) if isinstance(one, dict) and one.get(key) == record.id), len(kept))
    new = holder.copy()
    new.fields[shown.name] = [*kept[:at], *([] if is_gone else [entry]), *kept[at + 1 :]]
    fill_figures(above.figures, new.fields)
    context.transaction.swap(collection, holder, new)
    if above.listed_in is not None:
        show_above(context, above.listed_in, new)


def _leave(context: RequestContext, shown: EmbeddedList, before: Record, record: Record) -> None:
    """Take an item that is below another one now out of the list of the one above it before."""
    if before.id == record.id and before.fields.get(shown.field) != record.fields.get(shown.field):
        show_above(context, shown, before, is_gone=True)


def keep_below(context: RequestContext, shown: EmbeddedList) -> None:
    """Store what the list of a new or changed item has as items below it; without a list in the request, show those."""
    plan, item = context.bound.plans[shown.below], context.item
    sent = context.bound.item_body(context.call)
    entries = sent.get(shown.name) if isinstance(sent, Mapping) else None
    if not isinstance(entries, list):
        _keep_as_it_is(context, shown, item)
        return
    parent = plan.statements.parent
    ids = [*(context.call.path.get(name) for name in context.bound.resource.parent_parameters), item.id]
    names = [parent.parameter] if parent is not None and shown.field else plan.parent_parameters
    call = context.call._replace(path={**context.call.path, **dict(zip(names, ids, strict=False))})
    collection = context.transaction.store.collection(plan.name, context.tenant, plan.owner(call.path))
    before = {str(each.id): each for each in collection if _is_below(shown, each, item)}
    made = [_kept(context, plan, call, collection, entry, before) for entry in entries if isinstance(entry, dict)]
    for record in before.values():
        context.transaction.remove(collection, record)
    listed = [shown.entry(record) for record in made]
    if all(shown.validator.is_valid(entry) for entry in listed):
        item.fields[shown.name] = listed


def _is_below(shown: EmbeddedList, record: Record, item: Record) -> bool:
    return not shown.field or record.fields.get(shown.field) == item.id


def _keep_as_it_is(context: RequestContext, shown: EmbeddedList, item: Record) -> None:
    """The list of a changed item stays; that of a new one is empty, as the path below it is, if it may be."""
    if context.before is not None:
        if shown.name in context.before.fields:
            item.fields[shown.name] = context.before.fields[shown.name]
        return
    generator = context.bound.resource.generated_fields
    fields = {**item.fields, shown.name: []}
    if shown.name in item.fields and (generator is None or generator.is_valid(fields)):
        item.fields[shown.name] = []


def _kept(
    context: RequestContext,
    plan: ResourcePlan,
    call: Call,
    collection: Collection,
    entry: dict[str, Any],
    before: dict[str, Record],
) -> Record:
    """The item of an entry: the one whose id it has, changed, which is taken out of `before`; else a new one."""
    key = plan.statements.identity.field
    known = before.pop(str(entry.get(key)), None)
    if known is None:
        record = plan.new_record(
            call, context.world, context.moment, collection, context.next_sequence(), _accepted(plan, entry)
        )
        context.transaction.add(collection, record)
        return record
    changed = known.copy()
    changed.fields |= _accepted(plan, entry) | {key: known.id}
    plan.complete(changed.fields, known.id, context.world, known.fields)
    context.transaction.swap(collection, known, changed)
    return changed


def _accepted(plan: ResourcePlan, entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in plan.server_fields}
