"""Changes of one entry of a list in an item: `POST /carts/{id}/items` adds a line to the cart."""

from __future__ import annotations

from typing import Any

from mockserver.examples.generator import fresh
from mockserver.handlers.entry_plans import EntryPlan
from mockserver.handlers.request_context import RequestContext


def changed_entries(context: RequestContext, plan: EntryPlan, sent: Any) -> dict[str, Any]:
    """The fields of the item with the entry added, changed or removed. Raises Missing for an unknown entry."""
    fields, method = dict(context.item.fields), context.bound.operation.method
    entries = [fresh(entry) for entry in fields.get(plan.name) or ()]
    body = sent if isinstance(sent, dict) else {}
    if method == "post":
        entries.append(_made(context, plan, entries, body))
    else:
        at = _position(context, plan, entries)
        key = {plan.key: entries[at][plan.key]}
        changed = {"delete": [], "patch": [entries[at] | body | key], "put": [body | key]}[method]
        entries[at : at + 1] = changed
    return fields | {plan.name: entries}


def _position(context: RequestContext, plan: EntryPlan, entries: list[Any]) -> int:
    wanted = str(context.call.path.get(plan.parameter))
    known = (i for i, entry in enumerate(entries) if isinstance(entry, dict) and str(entry.get(plan.key)) == wanted)
    found = next(known, None)
    if found is None:
        raise context.missing(plan.noun)
    return found


def _made(context: RequestContext, plan: EntryPlan, entries: list[Any], body: dict[str, Any]) -> dict[str, Any]:
    """A new entry: what was sent, and what the service sets as in the document's examples."""
    seed = f"{context.world.seed}/{context.item.id}/{plan.name}/{len(entries)}"
    body = {**plan.defaults, **body}
    entry = plan.generated(seed) | {name: value for name, value in body.items() if not plan.known or name in plan.known}
    if plan.key and plan.key not in body:
        taken = [e[plan.key] for e in entries if isinstance(e, dict) and type(e.get(plan.key)) is int]
        if type(entry.get(plan.key)) is int:
            entry[plan.key] = max(taken, default=0) + 1
    return entry
