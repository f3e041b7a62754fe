"""Where replies show an item of a resource."""

from __future__ import annotations

from mockserver.inference.bodies import messages
from mockserver.inference.bodies.likeness import is_sent_beside
from mockserver.inference.bodies.messages import Path, ReplyBody
from mockserver.inference.draft import ResourceDraft
from mockserver.inference.names import plain
from mockserver.openapi.schemas import Schemas


def shown_item(draft: ResourceDraft, found: ReplyBody) -> tuple[Path, str | None]:
    """Where a reply shows the item, and the item's schema there; None if it shows none."""
    if not found.schema or not messages.may_be_object(draft.schemas, found.schema):
        return (), None
    path = messages.item_path(draft.schemas, found.schema, draft.word, draft.id_names)
    if path and is_sent_beside(draft, found.schema, path[0]):
        path = ()
    schema = draft.schemas.below(found.schema, path)
    shown = schema and may_be_alike(draft, schema) and not _is_empty(draft.schemas, schema)
    return (path, schema) if shown else ((), None)


def _is_empty(schemas: Schemas, pointer: str) -> bool:
    """Does a schema allow nothing but an empty object?"""
    return not schemas.properties(pointer) and schemas.keyword(pointer, "additionalProperties") is False


def may_be_alike(draft: ResourceDraft, pointer: str) -> bool:
    """Can a schema describe items of this resource, as far as they are known?"""
    views = draft.reply_schemas()
    properties = draft.schemas.properties(pointer)
    if not views or not properties or any(plain(name) in draft.id_names for name in properties):
        return True
    return any(messages.resembles(draft.schemas, view, pointer) for view in views)
