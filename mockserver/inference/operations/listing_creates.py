"""Small collections whose items have no path: a POST that shows all items, a PUT of what a day or a key names."""

from __future__ import annotations

from mockserver.inference.bodies import messages
from mockserver.inference.bodies.messages import ReplyBody, reply_body
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.names import plain
from mockserver.inference.values.identity import KEYS
from mockserver.openapi.document import Operation

DAYS = ("date", "day")
"""Plain names of a property that names an item by its day."""


def listing_create(draft: ResourceDraft, operation: Operation, found: ReplyBody, asked: str) -> DraftAction | None:
    """A POST whose reply is the very list that the GET shows, and whose request has properties of one item."""
    get = draft.collection.operations.get("get") if draft.collection is not None else None
    listed = reply_body(get, "list") if get is not None else None
    if draft.item is not None or listed is None or not listed.schema or not found.schema:
        return None
    schemas, own = draft.schemas, draft.schemas.properties(asked)
    places = [messages.list_path(schemas, each.schema, draft.word) for each in (listed, found) if each.schema]
    arrays = [
        schemas.below(each.schema, path) if path is not None else None
        for each, path in zip((listed, found), places, strict=True)
    ]
    entries = [schemas.items(at) if at is not None else None for at in arrays]
    if None in entries or schemas.resolve(str(entries[0]))[1] != schemas.resolve(str(entries[1]))[1]:
        return None
    if not own or not own.keys() <= schemas.properties(str(entries[1])).keys():
        return None
    reason = f"a {operation.http_method} to the collection whose request has properties of an item, and that shows all"
    return DraftAction(
        operation, "create", found, reason, item_path=places[1] or (), item_schema=str(entries[1]), is_listing=True
    )


def natural_key(draft: ResourceDraft, asked: str) -> str:
    """The property of a PUT that names an item: the first that must be sent and is a key, or a day; empty for none."""
    schemas, needed = draft.schemas, draft.schemas.required(asked)
    known = {plain(name): name for name in schemas.properties(asked) if name in needed}
    return next((known[each] for each in (*KEYS, *DAYS) if each in known), "")
