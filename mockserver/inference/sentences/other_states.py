"""Sentences about a request that say what becomes of another item than its own: "the vehicle is available again"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.inference.draft import ResourceDraft
from mockserver.inference.names import noun, plain
from mockserver.inference.sentences.descriptions import DOUBT, Description
from mockserver.inference.sentences.refusal_sentences import Sentence, operation_sentences
from mockserver.inference.sentences.said_changes import states_of
from mockserver.inference.values.done_flags import is_flag
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

State = tuple[str, Any]
"""A property and its value."""

ABOUT = r"(?P<about>[a-z]+)"
STATE = r"[\"'`]?(?P<state>[a-z][\w-]*(?: [a-z][\w-]*)?)[\"'`]?"
"""The name of a state, of one word or of two."""

THE, OF = r"(?:the|this|that)", r"(?:status|state|phase|stage|availability)"
TURNS = r"becomes|changes(?: back)? to|is set(?: back)? to|returns to"

FORMS = tuple(
    lazy_pattern(form, re.IGNORECASE)
    for form in (
        rf"\bthe {OF} of {THE} {ABOUT} (?:{TURNS}) {STATE}",
        rf"\bsets? the {OF} of {THE} {ABOUT} (?:back )?to {STATE}",
        rf"\bsets? the {ABOUT}['’]s {OF} (?:back )?to {STATE}",
        rf"\b(?:marks?|puts?|makes?|sets?) {THE} {ABOUT} (?:back )?(?:as |to |into )?{STATE}",
        rf"\b{THE} {ABOUT}(?:['’]s {OF})? (?:{TURNS}|is marked(?: as)?|turns) {STATE}",
        rf"\b{THE} {ABOUT} is (?:then |now )?{STATE}(?: again| afterwards| then| from then on)?$",
    )
)
"""How a clause names another item and its state afterwards."""

NO_LONGER = lazy_pattern(rf"\b(?:the|this|that) {ABOUT} is no longer {STATE}", re.IGNORECASE)
"""How a clause says that a flag of another item is false afterwards."""

IT_IS = lazy_pattern(rf"^it (?:is|becomes) {STATE}(?: again| afterwards| then| from then on)?$", re.IGNORECASE)
"""How the next sentence speaks of the item before: "Returns the copy. It is available again."."""

UNTIL = lazy_pattern(r"\b(?:until|as long as|while)\b.*$", re.IGNORECASE)
CLAUSES = lazy_pattern(r"[;:,]\s*(?:and )?|\band (?=(?:the|it|its|this|marks?|sets?|puts?|makes?)\b)")
SOMETIMES = lazy_pattern(r"\b(?:first|last|final|next|only|already|must|can|cannot)\b", re.IGNORECASE)
"""What says that not every request does it, or that it is a condition."""

BUSY = lazy_pattern(
    r"\balready\b|\bnot (?:currently )?(?:available|free)\b|\bunavailable\b|\bin use\b|\bbusy\b|\boccupied\b|\btaken\b|"
    r"\bon loan\b|\blent\b|\brented\b|\breserved\b|\bbooked\b",
    re.IGNORECASE,
)
"""What an error says of another item that this request would use too."""


class SaidState(NamedTuple):
    """A property of another item gets a value, as a sentence says."""

    field: str
    value: Any
    source: str


def other_states(schemas: Schemas, operation: Operation, other: ResourceDraft) -> Iterator[SaidState]:
    """What the sentences about a request, and about its success, say of an item of another resource."""
    known, before = dict(_named_states(other)), ""
    for sentence in _sentences(schemas, operation) if known else ():
        for clause, is_sure in _clauses(sentence.text):
            found = _said(clause, known, other, before, is_sure=is_sure)
            if found is not None:
                yield SaidState(*found, sentence.source)
            before = clause


def says_busy(text: str, name: str) -> bool:
    """Does an error say that an item of another resource cannot be used: "The copy is already on loan"?"""
    nouns = {noun(word)[-1] for word in re.findall(r"[A-Za-z]+", text)}
    return BUSY.search(text) is not None and noun(name)[-1] in nouns


def _sentences(schemas: Schemas, operation: Operation) -> Iterator[Sentence]:
    yield from operation_sentences(schemas, operation)
    success = operation.success()
    if success is not None:
        said = Description(success.description, success.pointer)
        yield from (Sentence(text, success.pointer) for text in said.sentences())


def _clauses(text: str) -> Iterator[tuple[str, bool]]:
    """The clauses of a sentence, each with whether it says something of every request."""
    for part in CLAUSES.split(text):
        clause = UNTIL.sub("", part).strip(" .!`")
        whole = NO_LONGER.sub("", clause)
        yield clause, not (DOUBT.search(whole) or SOMETIMES.search(whole))


def _said(clause: str, known: Mapping[str, State], other: ResourceDraft, before: str, *, is_sure: bool) -> State | None:
    """The property and its value that a clause names; None if it says nothing of the other item."""
    if not is_sure:
        return None
    subject = noun(other.word)[-1]
    ended = NO_LONGER.search(clause)
    if ended is not None:
        found = _meant(ended["state"], known)
        return (found[0], False) if found and found[1] is True and noun(ended["about"])[-1] == subject else None
    found = state_after(clause, other, known)
    then = IT_IS.match(clause)
    if found is None and then is not None and before and noun(before.rsplit(maxsplit=1)[-1])[-1] == subject:
        found = _meant(then["state"], known)
    return found


def state_after(clause: str, other: ResourceDraft, known: Mapping[str, State]) -> State | None:
    """The state in which an item of another resource is afterwards, of those in `known`; None if none is named."""
    match = next((found for form in FORMS if (found := form.search(clause)) is not None), None)
    is_about = match is not None and noun(match["about"])[-1:] == noun(other.word)[-1:]
    return _meant(match["state"], known) if match is not None and is_about else None


def _meant(written: str, known: Mapping[str, State]) -> State | None:
    """The state that a text of one or two words means."""
    return known.get(plain(written.replace(" ", "_"))) or known.get(plain(written.split(maxsplit=1)[0]))


def _named_states(other: ResourceDraft) -> Iterator[tuple[str, State]]:
    """The words for the states of an item: its flags, and the values of its one property with a state."""
    properties = other.properties()
    for name, at in properties.items():
        if is_flag(other.schemas, at):
            word = plain(name).removeprefix("is")
            yield from ((word, (name, True)), (f"un{word}", (name, False)), (f"not{word}", (name, False)))
    yield from states_of(other, properties)
