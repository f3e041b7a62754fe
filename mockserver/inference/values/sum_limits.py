"""What items that are alike may have together, as a sentence says: "all entries of a user for one day together"."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.inference.draft import ResourceDraft
from mockserver.inference.evidence import Statement, described
from mockserver.inference.names import noun, plain, words
from mockserver.inference.sentences.sum_sentences import sum_limit
from mockserver.openapi.schemas import Schemas

CALLERS = frozenset(("user", "caller", "member", "person", "customer", "employee", "account"))
"""Words for who sends a request."""

DAYS = frozenset(("day", "date"))

FILLERS = frozenset((
    "all", "every", "each", "any", "of", "for", "on", "at", "in", "by", "one", "a", "an", "the", "same", "single",
    "and", "that", "this", "have", "has",
))  # fmt: skip
"""Words that say nothing about what items share."""


def sum_limits(schemas: Schemas, draft: ResourceDraft) -> list[Statement]:
    """The `sum-limit` of a resource; empty if no sentence about its create says one, or not of which items."""
    made, sent = draft.action("create"), next(draft.request_properties("create"), {})
    numbers = [name for name, at in sent.items() if schemas.types(at) & {"integer", "number"}]
    said = sum_limit(schemas, made.operation, draft.name, numbers) if made is not None else None
    shared = _shared(schemas, draft, said.items, sent) if said is not None else None
    if said is None or shared is None:
        return []
    return [{"field": said.field, "limit": said.most, **shared} | described(said.source)]


def _shared(schemas: Schemas, draft: ResourceDraft, text: str, sent: Mapping[str, str]) -> Statement | None:
    """What items share that are taken together; None if a word means nothing of what is known."""
    alike, per = list[str](), False
    own = noun(draft.name)
    for word in words(text):
        called = noun(word)[-1]
        if word in FILLERS or called in own:
            continue
        days = [name for name, at in sent.items() if schemas.keyword(at, "format") == "date" and called in DAYS]
        named = [name for name in sent if plain(name) in (called, f"{called}id")] or (days if len(days) == 1 else [])
        if not named and called not in CALLERS:
            return None
        alike += named
        per = per or not named
    return ({"alike": alike} if alike else {}) | ({"per": "caller"} if per else {})
