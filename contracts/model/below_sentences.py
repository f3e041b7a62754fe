"""Sentences about an action that say what becomes of the items below: "All open bookings are cancelled with it"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mockserver.inference.names import noun, plain, words
from mockserver.inference.sentences.descriptions import DOUBT
from mockserver.inference.sentences.refusal_sentences import operation_sentences
from mockserver.inference.values.past_forms import past_forms
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

ALL = r"(?:all|its|their|every|each|any)\s+(?:(?:of|its|their|the|other)\s+)*"

WHICH = r"(?:[`'\"]?(?P<before>[a-z][\w-]*)[`'\"]?\s+)?(?P<noun>[a-z][\w-]*)"

ARE = re.compile(
    rf"\b{ALL}{WHICH}(?:\s+(?:of|for|in|on|below)\s+(?:the|this|that|an?)\s+\w+)?\s+"
    r"(?:is|are|gets?|becomes?|will be|turn)\s+(?:also\s+|then\s+|automatically\s+|all\s+)?"
    r"[`'\"]?(?P<state>[a-z][\w-]*)",
    re.IGNORECASE,
)
"""`All open tasks of the project are closed too`."""

DOES = re.compile(
    r"\b(?P<verb>[a-z]+)\s+(?:(?:(?:the|an?|this)\s+[a-z]+|it)\s+(?:and|with|including|as well as)\s+)?"
    rf"{ALL}{WHICH}(?=\s*(?:$|[.,;]|of\b|in\b|on\b|too\b|with\b|as\b))",
    re.IGNORECASE,
)
"""`Cancels the ride and all its confirmed bookings`."""

OTHERWISE = re.compile(
    r"\b(?:remain|stay|keep|kept|unchanged|unaffected|not|4\d\d|refus\w*|reject\w*|only|must|cannot|needs?|while|when|if"
    r"|as long as|until|unless|before|once|after|lists?|shows?|returns?)\b",
    re.IGNORECASE,
)
"""What says that a sentence is about something else than what an action does."""


class ChangedBelow(NamedTuple):
    """After an action, the items below that are in the state `before` (empty for any) have the state `after`."""

    field: str
    before: str
    after: str
    source: str


def changed_below(
    schemas: Schemas, operation: Operation, name: str, states: Mapping[str, tuple[str, ...]]
) -> Iterator[ChangedBelow]:
    """What the sentences about an operation say of the items called `name`; `states` has their fields with a state."""
    for sentence in operation_sentences(schemas, operation):
        if DOUBT.search(sentence.text) or OTHERWISE.search(sentence.text):
            continue
        for pattern in (ARE, DOES):
            for match in pattern.finditer(sentence.text):
                if noun(match["noun"])[-1:] == noun(name)[-1:]:
                    yield from _changes(match, states, sentence.source)


def _changes(match: re.Match[str], states: Mapping[str, tuple[str, ...]], source: str) -> Iterator[ChangedBelow]:
    said = match.groupdict()
    if said.get("state"):
        afters: tuple[str, ...] = (plain(said["state"]),)
    else:
        verb = words(said["verb"])[-1]
        stems = (verb, verb.removesuffix("s"), verb.removesuffix("es"))
        afters = tuple(form for stem in stems if stem for form in past_forms((stem,)))
    for field, values in states.items():
        by_word = {plain(value): value for value in values}
        before = by_word.get(plain(said["before"] or ""), "")
        after = next((by_word[each] for each in afters if each in by_word), "")
        if after and after != before and (before or not said["before"]):
            yield ChangedBelow(field, before, after, source)
