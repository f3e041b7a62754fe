"""What sentences say about a new item: in which state it is, what is null, where a number starts, when it expires."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mockserver.inference.names import plain
from mockserver.inference.sentences.descriptions import Description, Said
from mockserver.lazy_pattern import lazy_pattern

STATE = r"(?:(?:the|a|an|its|their) )?(?:(?:status|state|phase|stage)(?: of)? )?"
STARTING = (
    rf"\b(?:starts?|begins?)(?: out)?(?: (?:as|in|with|at))? {STATE}VALUE",
    rf"\b(?:created|stored|saved|opened|registered|made)(?: (?:as|in|with)) {STATE}VALUE",
    r"\binitial(?:ly)?(?: (?:status|state|phase|stage|value))?(?: is| are|:| will be| set to|,)? VALUE",
    r"\bnew (?:[a-z]+ ){1,3}(?:is|are|has|have)(?: always| at first)? " + STATE + "VALUE",
    r"VALUE,? (?:until|at first|in the beginning|on creation|upon creation|after creation|when (?:it is )?created)\b",
)
"""How a sentence says in which state an item begins; VALUE is one of the states."""

NO_FACT = lazy_pattern(r"\b(?:not|never|no longer|unless|if|may|might|can|could|optionally)\b", re.IGNORECASE)
"""What before such words makes them less than a fact."""

DONE = r"(?:when|if) [^.;]{1,60}?\b(?:has|have|was|were|(?:is|are) [a-z]+ed)"
"""A condition about something that was done; "when it is active" may be true from the beginning."""

NULL = lazy_pattern(
    r"\b(?:null|empty|absent|missing|not set|unset|none|blank)\b,? (?:until|before|unless|while|as long as|"
    r"for a new|at first|(?:if|when) (?:there (?:is|are|was|were) )?(?:none|no)\b|"
    r"if (?:it |this |the \w+ )?(?:(?:has|was|is) )?(?:not|never)|when (?:not|never))\b|"
    r"^(?:only |will be )?(?:set|filled in|filled|present|available|known|given|returned|shown)(?: only)?,? "
    rf"(?:once|after|as soon as|{DONE})\b|"
    rf"\b(?:only|first) (?:set|present|available|known|shown|returned) (?:once|after|{DONE})\b",
    re.IGNORECASE,
)
"""How the description of a property says that a new item does not have it yet."""

NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "twelve": 12, "fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30, "sixty": 60, "ninety": 90,
}  # fmt: skip
"""Numbers in words, as durations have them."""

UNITS = {"second": (1, "s"), "minute": (1, "m"), "hour": (1, "h"), "day": (1, "d"), "week": (7, "d"),
         "month": (30, "d"), "year": (365, "d")}  # fmt: skip
"""Units of time as those of `{later:7d}`."""

LENGTH = rf"(\d{{1,4}}|{'|'.join(NUMBERS)})[ -]({'|'.join(UNITS)})s?"
LEAD = lazy_pattern(
    rf"\b{LENGTH}\b(?:,? (?:after|from|later|following|past))|\b(?:after|in|for|within|valid) {LENGTH}\b",
    re.IGNORECASE,
)
"""How a sentence says how long after the creation a time is: "seven days after the creation", "valid for 24 hours"."""

FIRST_NUMBER = lazy_pattern(
    r"\b(?:starts?|begins?) (?:at|with|from|as) (?P<starts>\d{1,6})\b|\binitially (?P<initially>\d{1,6})\b|"
    r"\b(?P<of_new>\d{1,6}) (?:for|in|of|on) (?:a|each|every) new\b|"
    r"\bfirst (?:version|revision) is (?P<first>\d{1,6})\b",
    re.IGNORECASE,
)
GROWS = lazy_pattern(
    r"\b(?:grows?|increases?|increased|incremented|increments|raised|rises?|counts? up|counted up|goes up|bumped)"
    r"(?: by (?:one|1))? (?:(?:with|by|on|at|after|for) (?:each|every|any)|(?:each|every) time|whenever)\b",
    re.IGNORECASE,
)
"""How a sentence says that a number is the next one after each change."""


def start_state(texts: Iterable[Description], values: Mapping[str, str]) -> tuple[str, str] | None:
    """The state that a sentence says a new item has, and the sentence; None if none does.

    `values` has the states by their plain names.
    """
    spelled = "|".join(sorted((_spelled(value) for value in values.values()), key=len, reverse=True))
    forms = [re.compile(form.replace("VALUE", rf"[\"'`]?\b({spelled})\b[\"'`]?"), re.IGNORECASE) for form in STARTING]
    for text in texts:
        for sentence in text.sentences():
            for form in forms:
                match = form.search(sentence)
                if match is not None and NO_FACT.search(sentence[: match.start()]) is None:
                    return values[plain(match[1])], Said(match, sentence, text.pointer).source
    return None


def _spelled(value: str) -> str:
    """A pattern for a value as a sentence may write it: `checked out` for `CHECKED_OUT`."""
    return re.sub(r"\\?[_\- ]", r"[_\\- ]", re.escape(value))


def null_at_first(said: Description) -> str:
    """The sentence by which a new item does not have a property yet; empty if there is none."""
    for sentence in said.sentences():
        match = NULL.search(sentence)
        if match is not None:
            return Said(match, sentence, said.pointer).source
    return ""


def lead(said: Description) -> tuple[str, str]:
    """How long after the creation a time is, such as `7d`, and the sentence; both empty if none says it."""
    for sentence in said.sentences():
        match = LEAD.search(sentence)
        if match is not None:
            number, unit = (part.lower() for part in (match[1] or match[3], match[2] or match[4]))
            size, short = UNITS[unit]
            count = NUMBERS.get(number) or int(number)
            return f"{count * size}{short}", Said(match, sentence, said.pointer).source
    return "", ""


def first_number(said: Description) -> tuple[int, str] | None:
    """The number that a new item has, and the sentence that says so; None if none does."""
    for sentence in said.sentences():
        match = FIRST_NUMBER.search(sentence)
        if match is not None and NO_FACT.search(sentence) is None:
            number = next(group for group in match.groups() if group)
            return int(number), Said(match, sentence, said.pointer).source
    return None


def grows(said: Description) -> str:
    """The sentence by which a number is the next one after each change; empty if there is none."""
    found = said.first(GROWS)
    return found.source if found is not None else ""
