"""PUTs that change only what they send (RFC 9110 section 9.3.4 says otherwise), and PUTs and PATCHes that create."""

from __future__ import annotations

import re

from mockserver.inference.draft import ResourceDraft, item_schema_of_request
from mockserver.inference.names import plain
from mockserver.inference.sentences.descriptions import description
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation

REPLACES = lazy_pattern(r"(?i)\breplac|\boverwrit|\b(?:whole|full|fully|entire|complete)\b")

CREATES = lazy_pattern(
    r"(?i)\b(?:creates?|adds?|inserts?) or (?:replaces?|updates?|overwrites?)\b|"
    r"\b(?:replaces?|updates?|overwrites?) or (?:creates?|adds?|inserts?)\b|\bupserts?\b|"
    r"\bcreate[sd]?(?: it| one)? (?:if|when|where|unless) (?:it|one|there|none|no )"
)


def changes_fields(draft: ResourceDraft, operation: Operation, asked: str) -> bool:
    """Does a PUT with the request at `asked` change only what it sends?

    Its body requires nothing, and that of the POST for a new item something: without that, an item would be invalid. A
    text that says "replace" means it.
    """
    created = draft.action("create")
    if created is None or _says(draft, operation, REPLACES):
        return False
    needed = _required(draft, item_schema_of_request(draft.schemas, created))
    return bool(needed) and not _required(draft, asked) and len(draft.schemas.properties(asked)) > 1


def may_create(draft: ResourceDraft, operation: Operation) -> bool:
    """Does a PUT create an item that does not exist? So says its text, a documented 201, or that no POST does it."""
    return draft.action("create") is None or is_said_to_create(draft, operation)


def is_said_to_create(draft: ResourceDraft, operation: Operation) -> bool:
    """Does a PUT or PATCH create an item that does not exist, by a documented 201 or its text?"""
    return any(each.status == "201" for each in operation.responses) or _says(draft, operation, CREATES)


def _required(draft: ResourceDraft, pointer: str | None) -> set[str]:
    """The required properties of a request that a client sets, without the id."""
    known = draft.schemas.properties(pointer) if pointer else {}
    names = draft.schemas.required(pointer) & known.keys() if pointer else set()
    is_sent = {name for name in names if draft.schemas.keyword(known[name], "readOnly") is not True}
    return {name for name in is_sent if plain(name) not in draft.id_names}


def _says(draft: ResourceDraft, operation: Operation, pattern: re.Pattern[str]) -> bool:
    """Does the summary or the description of an operation match a pattern?"""
    texts = (description(draft.schemas, operation.pointer, word).text for word in ("summary", "description"))
    return any(pattern.search(text) is not None for text in texts)
