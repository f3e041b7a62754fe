"""The statements about an operation that lists items: its pages, its filters and its order."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.inference import described_statements, filters, paging
from mockserver.inference.described_sorting import described_sorting
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.evidence import Statement, inferred
from mockserver.inference.listed_states import state_filter
from mockserver.inference.names import noun
from mockserver.inference.soft_delete import hiding_filter
from mockserver.inference.tables import row_filters


def listed(
    draft: ResourceDraft, action: DraftAction, related: Mapping[str, str], key: str, kept: Mapping[str, str]
) -> Statement:
    """The `paging`, `filter` and `sort` of a list.

    `related` are the properties of items that an item names, `key` is the property with the id, and `kept` are path
    parameters with the properties that store them.
    """
    schemas, properties, stated = draft.schemas, draft.properties(), Statement()
    pages = paging.paging(schemas, action.operation)
    order = paging.sort(schemas, action.operation, properties)
    taken = frozenset(str((pages or {}).get(name)) for name in ("limit", "position", "backward"))
    taken |= {str((order or {}).get(name)) for name in ("parameter", "direction")}
    named = filters.IdNames(key, "".join(noun(draft.word)))
    narrowed = row_filters(draft, action.operation, properties) or filters.filters(
        schemas, action.operation, properties, taken, related, named
    )
    note = "a new item stores the path at which it was created"
    narrowed += [inferred(note, parameter=parameter, location="path", field=name) for parameter, name in kept.items()]
    hidden = hiding_filter(draft, action.operation)
    for always in (hidden, state_filter(draft, action)):
        if always is not None and all(one["field"] != always["field"] for one in narrowed):
            narrowed.append(always)
    if pages is not None:
        stated["paging"] = described_statements.sizes(schemas, action.operation, pages)
    if narrowed:
        stated["filter"] = narrowed
    if order is not None:
        stated["sort"] = described_sorting(schemas, action.operation, order, properties)
    return stated
