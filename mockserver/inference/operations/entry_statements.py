"""Statements about lists in items whose entries operations add, change and remove one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.evidence import Statement, inferred
from mockserver.inference.paths.path_tree import Shape
from mockserver.inference.relations.references import stem


def first_entries(draft: ResourceDraft) -> Statement:
    """The `defaults` of new items: a list has no entries, if an operation of its own adds them.

    A list whose ids a create may send under another name (`tag_ids` for `tags`) shows what these name.
    """
    sent = {name for asked in draft.request_properties("create") for name in asked}
    adding = [one.entry for one in draft.actions if one.entry and _adds(one)]
    filled: dict[str, list[Any]] = {
        name: [] for name in adding if not any(stem(each) == stem(name) and each != name for each in sent)
    }
    return {"defaults": inferred("an operation of its own adds the entries", fields=filled)} if filled else {}


def _adds(action: DraftAction) -> bool:
    method = action.operation.method
    return method == "post" or (method == "put" and action.operation.request_body is None)


def entry_keys(action: DraftAction, names: Mapping[Shape, str]) -> dict[str, str]:
    """What an action says about the list whose entry it changes. `names` are those of resources, by their paths."""
    keys = {"entry": action.entry, "entry-of": names.get(action.entry_of, ""), "by": action.by, "counts": action.counts}
    return {key: value for key, value in keys.items() if value}
