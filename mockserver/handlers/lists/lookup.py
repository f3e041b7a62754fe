"""Finds an item by another property than its id: `GET /users/by-email/{email}`, `GET /links?from=a&to=b`."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from mockserver.handlers.lists import list_query
from mockserver.handlers.request_context import RequestContext
from mockserver.state.collection import Collection
from mockserver.state.record import Record
from mockserver.state.store import ItemSource


def found_across(context: RequestContext) -> Record | None:
    """The item whose id or property is the last value of the path, with `--materialize` a new one; else None.

    A path without a value shows the newest one.
    """
    if not context.call.path:
        return newest(context)
    value, by = list(context.call.path.values())[-1], context.bound.by
    found = next((one for one in context.collection() if str([one.fields.get(by, one.id)]) == str([value])), None)
    if found is None and not context.bound.resource.parent_parameters:
        return materialized(context, value, {by: value} if by else {})
    return found


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


def selected(context: RequestContext) -> Record | None:
    """The newest item with the properties in the query, with `--materialize` a new one; else None."""
    found = list_query.newest_match(context)
    named = list_query.selected_values(context)
    if found is not None or not named:
        return found
    return materialized(context, blake2b(repr(named).encode(), digest_size=6).hexdigest(), named)


def materialized(context: RequestContext, key: Any, named: Mapping[str, Any]) -> Record | None:
    """With `--materialize`, a generated item for `key` with the `named` properties; else None."""
    plan, source = context.bound.resource, context.transaction.store.source
    if source is None or source.is_whole:
        return None
    owner = plan.owner(context.call.path)
    collection = context.transaction.store.collection(plan.name, context.tenant, owner)
    known = collection.get(key)
    if known is not None or context.stays_deleted(plan, collection, key):
        return known
    record = source.item(plan.name, context.tenant, owner, collection, key)
    if record is not None:
        _set(context, source, collection, record, named)
        context.transaction.add(collection, record)
    return record


def _set(
    context: RequestContext, source: ItemSource, collection: Collection, record: Record, named: Mapping[str, Any]
) -> None:
    """Give a new item the properties by which a request names it, if valid, and the id that its replies show."""
    plan = context.bound.resource
    shown = plan.id_in(record.fields.get(plan.statements.identity.field)) if named else None
    if shown is not None and collection.get(shown) is None:
        record.id = shown
    for name, value in named.items():
        before = record.fields
        record.fields = {**before, name: value}
        if not source.is_valid(plan.name, record):
            record.fields = before
