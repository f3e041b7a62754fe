"""Items that last from one moment to another, and that may not overlap, as a sentence says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mockserver.inference.draft import ResourceDraft
from mockserver.inference.evidence import Statement
from mockserver.inference.names import noun, words
from mockserver.inference.relations.references import stem
from mockserver.inference.sentences.overlap_sentences import says_no_overlap
from mockserver.inference.sentences.refusal_sentences import Sentence
from mockserver.inference.values.event_times import LATER_EVENTS
from mockserver.inference.values.ordered_pairs import pairs
from mockserver.inference.values.state_values import STATES
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

MOMENTS = frozenset(("date", "date-time"))

FREE = lazy_pattern(r"(?:no.?show|void|declin|withdraw)", re.IGNORECASE)
"""States besides those of LATER_EVENTS in which an item takes no time."""


def add_spans(schemas: Schemas, drafts: Iterable[ResourceDraft], resources: Mapping[str, Statement]) -> None:
    """Add `no-overlap` to the statements about `resources` whose items may not overlap."""
    for draft in drafts:
        made = draft.action("create")
        span = span_of(schemas, draft) if made is not None else None
        if made is None or span is None:
            continue
        stated = resources[draft.name]
        taken = says_no_overlap(schemas, made.operation)
        about = _taken(draft, stated, taken) if taken is not None else None
        if taken is not None and about is not None:
            free = free_states(schemas, draft)
            keys: Statement = {"fields": about, "first": span[0], "last": span[1]} | ({"unless": free} if free else {})
            stated["no-overlap"] = _described(taken, keys)


def span_of(schemas: Schemas, draft: ResourceDraft) -> tuple[str, str] | None:
    """The two moments between which an item lasts; None unless there is one such pair in the body of a create."""
    sent = next(draft.request_properties("create"), {})
    found = list(pairs(name for name, at in sent.items() if schemas.keyword(at, "format") in MOMENTS))
    return found[0] if len(found) == 1 else None


def _described(said: Sentence, keys: Statement) -> Statement:
    return {**keys, "evidence": "described", "source": said.source, "note": "a sentence of the document says so"}


def _taken(draft: ResourceDraft, stated: Statement, said: Sentence) -> list[str] | None:
    """The properties that two items must share to be in each other's way; None if that is not clear.

    Below a parent there need not be any: these are the items below the same one.
    """
    sent = {name for each in draft.request_properties("create") for name in each}
    named = [str(one["field"]) for one in stated.get("references", ()) if one.get("key") and one.get("field") in sent]
    spoken = {noun(word)[-1] for word in words(said.text)}
    meant = [name for name in named if stem(name) in spoken]
    if len(meant) == 1 or len(named) == 1:
        return meant or named
    return [] if not named and draft.parent_parameters else None


def free_states(schemas: Schemas, draft: ResourceDraft) -> dict[str, list[str]]:
    """The states in which an item takes no time: it is cancelled or was refused."""
    found: dict[str, list[str]] = {}
    for name, at in draft.properties().items():
        listed = schemas.keyword(at, "enum") or () if (words(name) or ("",))[-1] in STATES else ()
        over = [each for each in listed if isinstance(each, str) and (LATER_EVENTS.match(each) or FREE.match(each))]
        found |= {name: over} if over and len(over) < len(listed) else {}
    return found
