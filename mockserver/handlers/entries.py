"""Changes of one entry of a list in an item: `POST /carts/{id}/items` adds a line to the cart.

`PUT /songs/{id}/genres/{genreId}` adds a genre that exists already, or its id: the list has it once.
"""

from __future__ import annotations

from typing import Any

from mockserver.examples.generator import fresh
from mockserver.handlers.binding.entry_plans import EntryPlan
from mockserver.handlers.chosen_entries import choose
from mockserver.handlers.entry_places import place_of
from mockserver.handlers.relations.copied_fields import copy_into_entry
from mockserver.handlers.relations.memberships import named
from mockserver.handlers.request_context import RequestContext
from mockserver.state.record import Record


def changed_entries(context: RequestContext, plan: EntryPlan, sent: Any) -> dict[str, Any]:
    """The fields of the item with the entry added, changed or removed. Raises Missing for an unknown entry."""
    fields, method = dict(context.item.fields), context.bound.operation.method
    entries = [fresh(entry) for entry in fields.get(plan.name) or ()]
    body = sent if isinstance(sent, dict) else {}
    if plan.counts:
        choose(context, plan, entries, body)
    elif plan.names:
        _add_named(context, plan, entries, body)
    elif method == "post":
        entries.append(_made(context, plan, entries, body))
    else:
        at = _position(context, plan, entries)
        entries[at : at + 1] = [] if method == "delete" else [_changed(context, plan, entries[at], body)]
    ids = {name: [entry[key] for entry in entries if key in entry] for name, key in plan.ids.items()}
    return fields | {plan.name: entries} | ids


def _changed(context: RequestContext, plan: EntryPlan, entry: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """The entry with what was sent; a PUT keeps only what no request of it can send."""
    is_whole = context.bound.operation.method == "put"
    kept = {name: value for name, value in entry.items() if not is_whole or name not in plan.sent}
    return kept | body | {plan.key: entry[plan.key]}


def _position(context: RequestContext, plan: EntryPlan, entries: list[Any]) -> int:
    found = place_of(plan, entries, context.call.path.get(plan.parameter))
    if found is None:
        raise context.missing(plan.noun)
    return found


def _add_named(context: RequestContext, plan: EntryPlan, entries: list[Any], body: dict[str, Any]) -> None:
    """Add the entry that a request names and does not describe, if the list has it not. Raises Missing or Invalid."""
    field = plan.key or plan.name
    is_in_path = field not in body
    id = context.call.path.get(plan.parameter) if is_in_path else body[field]
    if place_of(plan, entries, id) is not None:
        return
    record = named(context, plan.of, field, id, is_in_path=is_in_path) if plan.of else None
    if plan.is_value:
        entries.append(record.id if record is not None else id)
        return
    seed = f"{context.world.seed}/{context.item.id}/{plan.name}/{len(entries)}"
    shown = _shown(context, plan, record) if record is not None else {}
    entries.append({**plan.generated(seed), plan.key: record.id if record is not None else id, **shown})


def _shown(context: RequestContext, plan: EntryPlan, record: Record) -> dict[str, Any]:
    """What an entry shows of the other item. Its `id` may be its own, if another property has that of the item."""
    own = context.bound.plans[plan.of].statements.identity.field
    fields: dict[str, Any] = fresh(record.fields)
    return {
        name: value
        for name, value in fields.items()
        if (not plan.known or name in plan.known) and (name != own or name == plan.key)
    }


def _made(context: RequestContext, plan: EntryPlan, entries: list[Any], body: dict[str, Any]) -> dict[str, Any]:
    """A new entry: what was sent, and what the service sets as in the document's examples."""
    seed = f"{context.world.seed}/{context.item.id}/{plan.name}/{len(entries)}"
    body = {**plan.defaults, **body}
    copy_into_entry(context, plan.name, body)
    entry = plan.generated(seed) | {name: value for name, value in body.items() if not plan.known or name in plan.known}
    if plan.key and plan.key not in body:
        taken = [e[plan.key] for e in entries if isinstance(e, dict) and type(e.get(plan.key)) is int]
        if type(entry.get(plan.key)) is int:
            entry[plan.key] = max(taken, default=0) + 1
    return entry
