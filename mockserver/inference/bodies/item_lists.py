"""Lists in requests: of what the items of a resource are, or of their ids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mockserver.inference.bodies import messages
from mockserver.inference.bodies.likeness import is_sent
from mockserver.inference.bodies.messages import LIST_NAMES, Path
from mockserver.inference.draft import ResourceDraft
from mockserver.inference.names import plain, same


class ItemList(NamedTuple):
    """Where a request has the list, and the schema of its entries: of items, or of their ids."""

    path: Path
    entries: str


def list_of_items(draft: ResourceDraft, asked: str) -> ItemList | None:
    """Where a request has a list of what the items are; None if it is about something else.

    Beside the list in an object there may be nothing that is required, and no single item either. Where items have no
    path of their own, a request with the schema of the list may represent the whole collection.
    """
    listing = draft.action("list") if not draft.has_id else None
    whole = listing.reply.schema if listing is not None else None
    if whole and draft.schemas.kind(whole) == draft.schemas.kind(asked):
        return None
    for listed in lists(draft, asked):
        is_items = messages.is_object(draft.schemas, listed.entries)
        if is_items and is_sent(draft, listed.entries):
            return listed
    return None


def lists(draft: ResourceDraft, asked: str) -> Iterator[ItemList]:
    """The list that a request is, or the one in it that is named after the items."""
    schemas = draft.schemas
    if "array" in schemas.types(asked) <= {"array", "object", "null"}:  # perhaps one item or a list of them
        entries = schemas.items(asked)
        if entries is not None:
            yield ItemList((), entries)
        return
    for name, at in schemas.properties(asked).items():
        is_named = same(name, draft.word) or plain(name) in LIST_NAMES or plain(name) in plurals(draft)
        entries = schemas.items(at) if schemas.types(at) - {"null"} == {"array"} else None
        beside = (other for key, other in schemas.properties(asked).items() if messages.is_wrapper(key, draft.word))
        if any(messages.is_object(schemas, other) for other in beside):
            return
        if is_named and entries is not None and schemas.required(asked) <= {name}:
            yield ItemList((name,), entries)


def plurals(draft: ResourceDraft) -> frozenset[str]:
    """The plain names for a list of ids, and of a list that is called by the singular."""
    return frozenset(each for name in draft.id_names for each in (name, f"{name}s", f"{name}list")) | {"ids"}
