"""Whether a schema describes the items of a resource, as far as they are known."""

from __future__ import annotations

from mockserver.inference import messages
from mockserver.inference.draft import ResourceDraft
from mockserver.inference.messages import request_schema


def is_exactly(draft: ResourceDraft, schema: str) -> bool:
    """Is it one of the schemas that show the item?"""
    return draft.schemas.resolve(schema)[1] in draft.reply_schemas()


def is_alike(draft: ResourceDraft, schema: str) -> bool:
    """Does a schema seem to describe the item, by more than its id?"""
    if is_exactly(draft, schema):
        return True
    common = draft.schemas.properties(schema).keys() & draft.properties().keys()
    return len(common) >= 3 and any(messages.resembles(draft.schemas, view, schema) for view in draft.reply_schemas())


def is_sent(draft: ResourceDraft, schema: str) -> bool:
    """Does a schema describe what a client sends of an item: what a create takes, or most of what replies show?"""
    if is_alike(draft, schema):
        return True
    creation = draft.action("create")
    asked = request_schema(creation.operation.request_body) if creation is not None else None
    at = draft.schemas.below(asked, creation.envelope) if asked and creation is not None else None
    taken = set(draft.schemas.properties(at)) if at is not None else set()
    own, shown = set(draft.schemas.properties(schema)), set(draft.properties())
    if not own or not (own <= taken | shown):
        return False
    return own == taken or 3 * len(own) >= 2 * len(shown) > 2
