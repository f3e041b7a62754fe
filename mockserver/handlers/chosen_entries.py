"""Choosing an entry of a list in an item, which says how often it was chosen: a vote for an option, a reaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.errors import Fault, Invalid
from mockserver.handlers.binding.entry_plans import EntryPlan
from mockserver.handlers.entry_places import place_of
from mockserver.handlers.request_context import RequestContext


def choose(context: RequestContext, plan: EntryPlan, entries: list[Any], body: Mapping[str, Any]) -> None:
    """Raise or lower the number of the entry that a request names.

    Raises Missing for an unknown one in the path, and Invalid for one in the body.
    """
    id = context.call.path.get(plan.parameter) if plan.is_new else body.get(plan.key)
    at, method = place_of(plan, entries, id), context.bound.operation.method
    chosen = list(context.item.hidden.get(f"chosen {plan.name}", ()))
    own = [context.call.principal.credential, str(id)]
    if method == "delete":
        if at is not None:
            _lower(plan, entries, at)
        chosen = [each for each in chosen if each != own]
    elif at is None:
        if not plan.is_new:
            message = f"there is no {plan.noun} with the {plan.key} {id}"
            raise Invalid(message, faults=(Fault("body", (plan.key,), message, "reference"),))
        entries.append({**plan.generated(f"{context.item.id}/{id}"), plan.key: id, plan.counts: 1})
    elif method == "post" or own not in chosen:
        entries[at][plan.counts] = _number(plan, entries[at]) + 1
    if method != "delete" and own not in chosen:
        chosen.append(own)
    context.item.hidden[f"chosen {plan.name}"] = chosen


def _lower(plan: EntryPlan, entries: list[Any], at: int) -> None:
    """Lower a number by one; an entry that is there only because it was chosen goes with the last one."""
    left = _number(plan, entries[at]) - 1
    if left > 0 or not plan.is_new:
        entries[at][plan.counts] = max(left, 0)
    else:
        del entries[at]


def _number(plan: EntryPlan, entry: Mapping[str, Any]) -> int:
    value = entry.get(plan.counts)
    return value if isinstance(value, int) else 0
