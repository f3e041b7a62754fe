"""How a text says that upper and lower case are the same: "case-insensitive", "without regard to case"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise

from mockserver.inference.names import plain
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.sentences.refusal_sentences import Sentence, refusal_sentences
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

CASE = r"(?:the |its |their |letter |upper and lower )*case\b"
SIDE = r"(?:upper|lower)"

SAME_CASE = (
    rf"\bcase[- ]?insensitiv|\bnot case[- ]sensitive\b|"
    rf"\b(?:without|no) (?:regard (?:to|of|for)|considering) {CASE}|\b(?:regardless|irrespective) of {CASE}|"
    rf"\bwhatever {CASE}|\bignor\w+ {CASE}|\bcase (?:is (?:ignored|irrelevant)|(?:does|do)(?: not|n't) matter)\b|"
    rf"\b(?:{SIDE}(?:[ -]?case)?(?: and | or |/){SIDE}[ -]?)?case (?:letters )?makes? no difference\b|"
    rf"\b{SIDE}(?:[ -]?case)?(?: and |/){SIDE}[ -]?case\b.*\b(?:same|equal|not distinguished)\b"
)

IGNORES_CASE = lazy_pattern(SAME_CASE, re.IGNORECASE)

ANY_CASE = lazy_pattern(rf"{SAME_CASE}|\bin any case\b(?! of)", re.IGNORECASE)
"""The same of a value: "in any case" may also mean "anyway" elsewhere."""

TAKEN = lazy_pattern(
    r"\b(?:unique(?:ly|ness)?|no two|in use|taken|exists?|refused|conflicts?|duplicates?)\b", re.IGNORECASE
)
"""What says that a sentence is about values that another item has."""

SCOPE = lazy_pattern(
    r"\b(?:within|per|among|(?:in|of|for|on|at) (?:this|that|an?|each|every|the same|its))\b", re.IGNORECASE
)
"""What says that values are unique only beside some other items."""


OF_ONE = lazy_pattern(
    r"\b(?:among|within|for|of|in) (?:(?:the|all|own) )*[a-z]+ of (?:one|each|every|the same|an?|the) (?P<who>[a-z]+)",
    re.IGNORECASE,
)
"""What says that the values are unique among the items of one user, or below one item."""


def unique_in_any_case(schemas: Schemas, operation: Operation, asked: Mapping[str, str], name: str) -> Sentence | None:
    """The sentence which says that values of a property are unique in any case; None if there is none.

    It is at the property, or about it at the create. `asked` has the places of all properties of the request: beside
    one of those, values are not unique everywhere.
    """
    pointer = asked[name]
    own = description(schemas, pointer)
    noun = re.compile(rf"\b{re.escape(name)}s?\b", re.IGNORECASE)
    parts = list(own.sentences())
    said = [Sentence(each, own.pointer) for each in (*parts, *("; ".join(pair) for pair in pairwise(parts)))]
    told = list(refusal_sentences(schemas, operation))
    told += [Sentence(f"{a.text}; {b.text}", a.pointer) for a, b in pairwise(told) if a.pointer == b.pointer]
    said += [each for each in told if noun.search(each.text)]
    about = (each for each in said if ANY_CASE.search(each.text) and TAKEN.search(each.text))
    return next((each for each in about if not _is_partly(ANY_CASE.sub("", each.text), asked)), None)


def _is_partly(text: str, asked: Iterable[str]) -> bool:
    """Does a sentence say that values are unique only beside another value of a request?"""
    of_one = OF_ONE.search(text)
    if of_one is not None and not any(plain(each).startswith(plain(of_one["who"])) for each in asked):
        text = OF_ONE.sub("", text)
    return SCOPE.search(text) is not None
