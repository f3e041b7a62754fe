"""Sentences that say that something is done once: "each user votes once", "a loan can be returned only once"."""

from __future__ import annotations

import re
from typing import NamedTuple

from mockserver.inference.names import noun, words
from mockserver.inference.sentences.refusal_sentences import operation_sentences
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

USER = r"(?:user|customer|member|person|reader|player|account|client|student|guest|caller)"

OF_CALLER = lazy_pattern(
    rf"\b(?:each|every|an?|one|no) {USER}(?:, [^,.;]{{1,40}},)? (?:can |may )?[a-z]+(?: [a-z ]+)? "
    r"(?:only |just |at most )?once\b|"
    rf"\b(?:each|every|an?|one) {USER}(?:, [^,.;]{{1,40}},)? (?:can|may) (?:only )?(?:have|make|send|give|leave|write) "
    r"(?:only |just |at most )?one [a-z]+\b",
    re.IGNORECASE,
)
"""How a sentence says that the same user does something once for an item."""

SECOND = lazy_pattern(
    r"\b(?:a|the|any) second (?P<noun>[a-z]+)(?: (?:of|by|from) [^,;.]+)? (?:is|gets?|will be) "
    r"(?:refused|rejected)\b",
    re.IGNORECASE,
)
"""How it says that what an operation makes is made once: "a second vote is refused"."""

OF_ITEM = lazy_pattern(
    r"\b(?P<noun>[a-z]+)(?:,? which|,? that)? (?:can|may) (?:only )?be (?P<done>[a-z]+) "
    r"(?:only |just |at most )?once\b",
    re.IGNORECASE,
)
"""How it says that something is done to an item once, whoever asks."""

RENEWED = lazy_pattern(
    r"\b(?:per (?:day|hour|week|month)|a (?:day|week|month)|replaces?|overwrites?|key)\b", re.IGNORECASE
)
"""What else a second one may do."""

STATUSES = frozenset(("400", "403", "409", "422"))
"""The statuses by which a second request may be refused."""

REQUESTS = frozenset(("request", "attempt", "call", "time", "try"))
"""What a sentence calls the request itself."""

SHORTEST = 4
"""So many letters of the end of a path (`cancel`) begin the noun for it (`cancellation`)."""


class OnceSentence(NamedTuple):
    """A sentence which says that a request about an item succeeds once: of each caller, or (`is_of_item`) of all."""

    is_of_item: bool
    source: str


def once_sentence(schemas: Schemas, operation: Operation, name: str) -> OnceSentence | None:
    """What the sentences about an operation say of an item called `name`; None if none says that it happens once.

    The document must list the status of such a refusal.
    """
    if not any(each.status in STATUSES for each in operation.responses):
        return None
    for sentence in operation_sentences(schemas, operation):
        if RENEWED.search(sentence.text):
            continue
        second, of_item = SECOND.search(sentence.text), OF_ITEM.search(sentence.text)
        if OF_CALLER.search(sentence.text) or (second is not None and _is_made(operation, second["noun"])):
            return OnceSentence(False, sentence.source)
        if of_item is not None and _is_about(operation, of_item, name):
            return OnceSentence(True, sentence.source)
    return None


def _is_about(operation: Operation, said: re.Match[str], name: str) -> bool:
    """Is a sentence about the item, or about what the operation does? "A plate can be used once" is about a value."""
    is_item = said["noun"].lower() == "it" or noun(said["noun"])[-1] == noun(name)[-1]
    return is_item or _begins(operation, said["done"])


def _is_made(operation: Operation, word: str) -> bool:
    """Is a word what the operation does or makes: the `vote` of `/votes`, the `cancellation` of `/cancel`?"""
    called = noun(word)[-1]
    made = {noun(each)[-1] for each in _last(operation)}
    return called in REQUESTS or called in made or _begins(operation, called)


def _begins(operation: Operation, word: str) -> bool:
    return any(word.lower().startswith(each[:SHORTEST]) for each in _last(operation) if len(each) >= SHORTEST)


def _last(operation: Operation) -> tuple[str, ...]:
    """The words of the last step of the path."""
    return words(operation.path.rstrip("/").rpartition("/")[2])
