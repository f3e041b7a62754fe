"""Finds an item below all owners, by its id or by another property: `GET /users/by-email/{email}`."""

from __future__ import annotations

from typing import Any

from mockserver.handlers.request_context import RequestContext
from mockserver.state.collection import Collection
from mockserver.state.record import Record
from mockserver.state.store import ItemSource


def found_across(context: RequestContext) -> Record | None:
    """The item whose id or property is the last value of the path, with `--materialize` a new one; else None."""
    value, by = list(context.call.path.values())[-1], context.bound.by
    found = next((one for one in context.collection() if str([one.fields.get(by, one.id)]) == str([value])), None)
    return found or _materialized(context, value)


def newest(context: RequestContext) -> Record:
    """The newest item, which a get shows whose query may name one and does not. Raises Missing if there is none."""
    latest = context.collection().view().first(1, None, newest_first=True)
    if latest:
        return latest[0]
    plan = context.bound.resource
    made = context.materialize(plan, [*(context.call.path.get(name) for name in plan.parent_parameters), "1"])
    if made is None:
        raise context.missing()
    return made


def _materialized(context: RequestContext, value: Any) -> Record | None:
    """With `--materialize`, a generated item with that id or property, if its resource is below no other; else None."""
    plan, source = context.bound.resource, context.transaction.store.source
    if source is None or source.is_whole or plan.parent_parameters:
        return None
    collection = context.collection(plan.name)
    known = collection.get(value)
    if known is not None or context.stays_deleted(plan, collection, value):
        return known
    record = source.item(plan.name, context.tenant, "", collection, value)
    if record is not None:
        _set(context, source, collection, record, value)
        context.transaction.add(collection, record)
    return record


def _set(context: RequestContext, source: ItemSource, collection: Collection, record: Record, value: Any) -> None:
    """Give a new item the property that the path contains, if it is valid, and the id that its replies show."""
    plan, by = context.bound.resource, context.bound.by
    if not by:
        return
    shown = record.fields.get(plan.statements.identity.field)
    if shown is not None and collection.get(shown) is None:
        record.id = shown
    before = record.fields.get(by)
    record.fields[by] = value
    if not source.is_valid(plan.name, record):
        record.fields[by] = before
