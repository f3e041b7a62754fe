"""The statements about an operation that lists items: its pages, its filters and its order."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.evidence import Statement, inferred
from mockserver.inference.lists import filters, paging
from mockserver.inference.lists.described_sorting import described_sorting
from mockserver.inference.lists.listed_states import state_filter
from mockserver.inference.names import noun
from mockserver.inference.operations.soft_delete import hiding_filter, without_those_below
from mockserver.inference.operations.tables import row_filters
from mockserver.inference.sentences import described_statements
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.values.event_times import item_times
from mockserver.lazy_pattern import lazy_pattern


def listed(
    draft: ResourceDraft, action: DraftAction, related: Mapping[str, str], key: str, kept: Mapping[str, str]
) -> Statement:
    """The `paging`, `filter` and `sort` of a list.

    `related` are the properties of items that an item names, `key` is the property with the id, and `kept` are path
    parameters with the properties that store them.
    """
    schemas, properties, stated = draft.schemas, draft.properties(), Statement()
    pages = paging.paging(schemas, action.operation, properties)
    if pages is not None and _leads_to_older(draft, action, pages):
        pages |= {"position": pages["backward"], "backward": pages["position"]}
    order = paging.sort(schemas, action.operation, properties)
    taken = frozenset(str((pages or {}).get(name)) for name in ("limit", "position", "backward"))
    taken |= {str((order or {}).get(name)) for name in ("parameter", "direction")}
    named = filters.IdNames(key, "".join(noun(draft.word)))
    narrowed = row_filters(draft, action.operation, properties) or filters.filters(
        schemas, action.operation, properties, taken, related, named, item_times(schemas, draft, properties)
    )
    note = "a new item stores the path at which it was created"
    narrowed += [inferred(note, parameter=parameter, location="path", field=name) for parameter, name in kept.items()]
    hidden = hiding_filter(draft, action.operation)
    for always in (hidden, state_filter(draft, action), without_those_below(draft, action)):
        if always is not None and all(one["field"] != always["field"] for one in narrowed):
            narrowed.append(always)
    if pages is not None:
        stated["paging"] = described_statements.sizes(schemas, action.operation, pages)
    if narrowed:
        stated["filter"] = narrowed
    if order is None and (other := described_statements.other_order(draft, action)) is not None:
        stated["sort"] = other
    if order is not None:
        stated["sort"] = described_sorting(schemas, action.operation, order, properties)
    return stated


def _leads_to_older(draft: ResourceDraft, action: DraftAction, pages: Statement) -> bool:
    """Does `before` lead on to older items, because the newest come first: "ID of a message; only older messages"?"""
    backward = next((each for each in action.operation.parameters if each.name == pages.get("backward")), None)
    order = described_statements.said_order(draft, action) if backward is not None else None
    is_newest_first = order is not None and (order["by"], order["direction"]) == ("creation", "descending")
    said = description(draft.schemas, backward.pointer).text if backward is not None and is_newest_first else ""
    return OLDER.search(said) is not None


OLDER = lazy_pattern(r"\b(?:older|earlier|previous|sent before|created before|back in time)\b", re.IGNORECASE)
"""How the description of a cursor says that it leads to older items."""
