"""Where a list in an item has an entry."""

from __future__ import annotations

from typing import Any

from mockserver.handlers.binding.entry_plans import EntryPlan


def place_of(plan: EntryPlan, entries: list[Any], id: Any) -> int | None:
    """Where the list has the entry of this id; None if it has none."""
    own = (entry if plan.is_value else entry.get(plan.key) if isinstance(entry, dict) else None for entry in entries)
    return next((at for at, each in enumerate(own) if each is not None and str(each) == str(id)), None)
