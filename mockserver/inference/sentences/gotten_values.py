"""Sentences that say what an item gets from an operation: "gets a tracking number and a label URL"."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.inference.draft import SENDING, ResourceDraft
from mockserver.inference.names import plain
from mockserver.inference.sentences.descriptions import DOUBT
from mockserver.inference.sentences.refusal_sentences import operation_sentences
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation

GETS = lazy_pattern(r"\b(?:gets|receives|is given|is assigned) (?P<what>(?:an?|its|the) [^.;:]+)$")

PARTS = lazy_pattern(r"\s*,\s*(?:and )?|\s+and ")
ARTICLE = lazy_pattern(r"^(?:an?|its|the) ")


def gotten_values(draft: ResourceDraft, operation: Operation) -> Iterator[tuple[str, str]]:
    """The texts of an item that a service makes when an operation is done, with the template of a made value.

    Only those that no request sends, and that an item may lack until then.
    """
    sent = draft.sendable(*SENDING)
    free = {plain(name): name for name, at in draft.properties().items() if name not in sent and _may_lack(draft, at)}
    for sentence in operation_sentences(draft.schemas, operation) if free else ():
        said = GETS.search(sentence.text) if not DOUBT.search(sentence.text) else None
        for part in PARTS.split(said["what"]) if said is not None else ():
            name = free.get(plain(ARTICLE.sub("", part)), "")
            if name and (_is_nullable(draft, name) or name not in _needed(draft)):
                yield name, "{renewed}"


def _may_lack(draft: ResourceDraft, at: str) -> bool:
    return draft.schemas.types(at) - {"null"} == {"string"}


def _is_nullable(draft: ResourceDraft, name: str) -> bool:
    return draft.schemas.validator(draft.properties()[name], "response").is_valid(None)


def _needed(draft: ResourceDraft) -> set[str]:
    return {name for view in draft.reply_schemas() for name in draft.schemas.required(view)}
