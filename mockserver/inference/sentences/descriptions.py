"""What sentences of descriptions say about behaviour: "newest first", "at most 100 items per page", "must be unique".

A small grammar and no model. It takes what is said without a condition and leaves the rest, because a statement that is
read wrongly is worse than one that is missing. Each statement has the evidence `described`; its source is the sentence
and the JSON pointer of what it describes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

from mockserver.inference.names import noun, plain, words
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

Statement = dict[str, Any]

LONGEST = 240
"""A longer sentence says several things at once."""

DOUBT = lazy_pattern(
    r"\b(if|unless|when|whether|may|might|optional(ly)?|except|should|could|would|not|no|never|none|neither|without|"
    r"until|while|depend(s|ing)?|"
    r"usual(ly)?|typical(ly)?|general(ly)?|normal(ly)?|recommend(ed|s)?|e\.g|example|"
    r"deprecated|currently|future|otherwise|only for|for (free|paid|premium|trial)|plan|"
    r"per (second|minute|hour|day))\b|"
    r"n't\b|\?$",
    re.IGNORECASE,
)
"""What makes the rest of a sentence a condition, a negation, an example or advice."""

MARKUP = lazy_pattern(
    r"[*`]{1,3}(?=\S)|(?<=\S)[*`]{1,3}|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)|<[^>]{0,80}>|\[([^\]]*)\]\([^)]*\)"
)
ABBREVIATION = lazy_pattern(r"\b(e\.g|i\.e|etc|vs|max|min)\.", re.IGNORECASE)
END = lazy_pattern(r"(?<=[.!?;])\s+|\n+")
WRAPPED = lazy_pattern(r"(?<![\s.!?;:])[ \t]*\r?\n[ \t]*(?=[a-z(`\"'’]|\d+(?![.)\d])|[*_](?![\s*_]))")
"""A line break within a sentence: the next line goes on with a small letter, a number or a word in markup."""


MOST_TEXTS = 2_000
"""How many texts are kept in sentences: many questions are asked of each one."""


class Description(Struct, frozen=True):
    """The description of an object of the document, and its JSON pointer."""

    text: str
    pointer: str

    def sentences(self) -> tuple[str, ...]:
        """Its sentences, without markup; not those that are too long for one statement."""
        return _sentences(self.text)

    def first(self, pattern: re.Pattern[str]) -> Said | None:
        """The first sentence that says what a pattern describes, without a doubt in the rest of it."""
        for sentence in self.sentences():
            match = pattern.search(sentence)
            if match and not DOUBT.search(sentence[: match.start()] + " " + sentence[match.end() :]):
                return Said(match, sentence, self.pointer)
        return None


@lru_cache(maxsize=MOST_TEXTS)
def _sentences(text: str) -> tuple[str, ...]:
    plain = END.split(ABBREVIATION.sub(r"\1", WRAPPED.sub(" ", text)))
    short = (" ".join(MARKUP.sub(r"\1", sentence).split()).strip(" -*.;:") for sentence in plain)
    return tuple(each for each in short if 0 < len(each) <= LONGEST)


class Said(Struct, frozen=True):
    """What a sentence says, as the match of a pattern; the sentence; and the pointer of its object."""

    match: re.Match[str]
    sentence: str
    pointer: str

    def statement(self, **keys: Any) -> Statement:
        """A statement with the sentence as its source."""
        note = "a sentence of the document says so"
        return {**keys, "evidence": "described", "source": self.source, "note": note}

    @property
    def source(self) -> str:
        """The sentence and where it is."""
        return f'"{self.sentence}" ({self.pointer})'


def description(schemas: Schemas, pointer: str, word: str = "description") -> Description:
    """The description at a pointer; an empty one if there is none."""
    node, at = schemas.resolve(pointer)
    text = node.get(word) if isinstance(node, dict) else None
    return Description(text if isinstance(text, str) else "", at)


NUMBER = r"(\d{1,3}(?:,\d{3})+|\d{1,5})"
PER_PAGE = lazy_pattern(
    rf"\b(?:at most|up to|no more than|a maximum of|max(?:imum)?(?: of)?) {NUMBER} (?:\w+ ){{0,2}}"
    rf"(?:per|on (?:a|each)) "
    rf"(?:page|request|response)\b|"
    rf"\b(?:the )?max(?:imum)?(?: value| size| page size| limit| number)?(?: allowed)?(?: is| of|:|=)? ?{NUMBER}$|"
    rf"\(max(?:imum)?:? ?{NUMBER}\)",
    re.IGNORECASE,
)
USUAL_SIZE = lazy_pattern(
    rf"\bdefaults? (?:value )?(?:to|is|of|:|=) ?{NUMBER}\b(?! ?(?:%|[a-z]*byte|sec|min|day))|\bby default,? {NUMBER}\b|"
    rf"\(default:? ?{NUMBER}\)",
    re.IGNORECASE,
)


def sizes(said: Description) -> Iterator[tuple[str, int, Said]]:
    """The `default` and the `maximum` of a page, from the description of its size."""
    for key, pattern in (("maximum", PER_PAGE), ("default", USUAL_SIZE)):
        found = said.first(pattern)
        if found is not None:
            value = int(next(group for group in found.match.groups() if group).replace(",", ""))
            if 0 < value <= 10_000:
                yield key, value, found


LIMIT = lazy_pattern(
    rf"\b(?:can (?:have|create|store|hold|own)|is limited to|are limited to|has a limit of|limit of)"
    rf"(?: up to| at most| no more than| a maximum of)? {NUMBER} (?:\w+ )?([a-z]+)\b(?! per)",
    re.IGNORECASE,
)
"""How many items there may be: "an account can have up to 30 notes"."""

FULL = lazy_pattern(
    r"\bfull\b|\bfully booked\b|\bsold out\b|\bcapacity\b|\bno (more |free )*(seats?|places?|spots?|slots?|room)\b|"
    r"\b(seats?|places?|spots?|slots?|room) (is |are )?(left|free|available)\b",
    re.IGNORECASE,
)
"""How a sentence says that an item takes no more below it."""

WAITS = lazy_pattern(r"\bwait", re.IGNORECASE)
"""What says that one more is accepted all the same: "waitlisted otherwise"."""

ROOM = frozenset(("capacity", "seats", "places", "spots", "slots"))
MOST = frozenset(("max", "maximum", "limit"))
"""Words in the name of a property that says how many an item takes: `capacity`, `max_guests`."""


def full(texts: Iterable[Description]) -> str:
    """The first sentence by which an item takes no more below it; empty if there is none."""
    said = (each for text in texts for each in text.sentences() if FULL.search(each))
    return next((each for each in said if not WAITS.search(each)), "")


def room_field(names: Iterable[str], child: str) -> str:
    """The property that says how many items called `child` there may be below an item; empty unless there is one."""
    found = [name for name in names if _is_room(words(name), noun(child)[-1:])]
    return found[0] if len(found) == 1 else ""


def _is_room(named: Sequence[str], child: tuple[str, ...]) -> bool:
    is_most = not MOST.isdisjoint(named) and any(noun(word)[-1:] == child for word in named)
    return "capacity" in named or (len(named) == 1 and named[0] in ROOM) or is_most


FEW = lazy_pattern(
    r"\b(per page|per request|per response|at once|at a time|characters|bytes|returned|concurrent)\b", re.IGNORECASE
)


def capacity(said: Description, name: str) -> Statement | None:
    """The `capacity` of a resource, if a sentence says how many of its items there may be."""
    found = said.first(LIMIT)
    if found is None or FEW.search(found.sentence) or noun(found.match[2])[-1:] != noun(name)[-1:]:
        return None
    value = int(found.match[1].replace(",", ""))
    return found.statement(limit=value) if value > 0 else None


WRITE_ONLY = lazy_pattern(
    r"\bwrite[- ]only\b|\b(is |are |will be |it is |it's )?never (be )?(returned|shown|exposed|included in (any |the )?"
    r"(replies|responses?))\b|"
    r"\b(is|are|will) not (be )?(returned|included) in (any |the )?(api )?(replies|responses?)\b",
    re.IGNORECASE,
)
UNIQUE = lazy_pattern(
    r"\b(must|has to|needs to) be (globally )?unique\b|"
    r"^(?:globally )?unique(?: (?:among|across|for) (?:all|every)(?: of)?(?: the)? [a-z]+)?$|"
    r"\bno two [a-z]+ (?:(?:can|may|ever) )?(?:have|share|use) the same\b",
    re.IGNORECASE,
)
WITHIN = lazy_pattern(
    r"\b(within|per|in|inside|across|among(st)?|siblings|for|combination|together|case)\b", re.IGNORECASE
)
IMMUTABLE = lazy_pattern(
    r"\bimmutable\b|\b(cannot|can not|can't|must not) be (changed|modified|updated|altered)"
    r"( (after|once) (creation|(it is |it's |the \w+ is )?created|it (has been|was) created))?\b|"
    r"\bread[- ]only after creation\b",
    re.IGNORECASE,
)
TAKEN = lazy_pattern(
    r"\bno two [a-z]+ (?:\w+ )?(?:(?:can|may) )?(?:have|share|use) the same (?P<same>[a-z][\w-]*(?: [a-z]\w*)?)|"
    r"\b(?P<used>[a-z][\w-]*(?: [a-z]\w*)?) (?:(?:that|which) )?(?:is|was|has been|must not be) (?:already )?"
    r"(?:taken|in use|used|registered|enrolled|invited|booked|on the list|a member)\b|"
    r"\bno (?P<once>[a-z]\w*) twice\b|"
    r"\b(?P<one>[a-z][\w-]*(?: [a-z]\w*)?) (?:can|may) (?:only )?belong to (?:only )?one\b|"
    r"\b(?P<others>[a-z][\w-]*(?: [a-z]\w*)?) must (?:not be (?:that|the one) of another|differ from)\b|"
    r"\b(?P<unique>[a-z][\w-]*(?: [a-z]\w*)?) (?:is|are|must be) unique\b|"
    r"\b(?P<single>[a-z][\w-]*(?: [a-z]\w*)?) can (?:only )?be (?:used|registered|added|taken) (?:only )?once\b|"
    r"\bwith (?:this|that|the same|the given|such an?) (?P<shared>[a-z][\w-]*?(?: (?!already|exists?|is\b)[a-z]\w*)?) "
    r"(?:already exists?|exists?(?: already)?|is (?:already there|there already))$|"
    r"^(?:there is already an? [a-z]\w*|there is an? [a-z]\w*) with (?:this|that|the same|the given) "
    r"(?P<found>[a-z][\w-]*(?: [a-z]\w*)?)$|"
    r"^(?:an? |the |this |that )?(?P<there>[a-z][\w-]*?(?: (?!already|exists?|is\b)[a-z]\w*)?) "
    r"(?:already exists|exists already|is (?:already there|there already))$",
    re.IGNORECASE,
)
"""How a sentence says that no two items have the same value: "a slug that is in use is refused"."""
AT_TIMES = lazy_pattern(r"\s*(on|at|during|between|from|while|when|until|then|now)\b", re.IGNORECASE)
"""What goes on after such words about some time only: "the room is taken on one of the days"."""


def taken(said: Description, names: Iterable[str]) -> tuple[str, Said] | None:
    """The property whose values no two items share, as a sentence says, and the sentence; None if none does."""
    found = said.first(TAKEN)
    rest = found.sentence[found.match.end() :] if found is not None else ""
    if found is None or WITHIN.search(rest) or AT_TIMES.match(rest):
        return None
    if (found.match["unique"] or found.match["single"]) and WITHIN.search(found.sentence):
        return None
    written = next(group for group in found.match.groups() if group)
    ends = [plain(" ".join(written.split()[start:])) for start in range(len(written.split()))]
    known = list(names)
    exact = next((name for name in known if {_in_full(name), f"{_in_full(name)}s"} & {*ends}), "")
    if any(found.match[each] for each in ("shared", "found", "there")):  # "a booking exists already" is about no book
        return (exact, found) if exact else None
    name = exact or next((name for name in known if any(end.startswith(_without_id(name)) for end in ends)), "")
    return (name, found) if name else None


def is_taken_at_times(text: str) -> bool:
    """Does the text say that a value is taken at some time only, so that items at other times may share it?"""
    found = TAKEN.search(text)
    return found is not None and AT_TIMES.match(text[found.end() :]) is not None


def _without_id(name: str) -> str:
    """The plain name of a property, without `id`: `student_id` is called a student."""
    return plain(name).removesuffix("id") or plain(name)


def _in_full(name: str) -> str:
    """The plain name of a property, with `number` for `no`: `article_no` is an article number."""
    *before, last = words(name) or ("",)
    return plain("_".join((*before, "number"))) if before and last in ("no", "nr") else plain(name)


OF_FIELD = {"write-only": WRITE_ONLY, "unique": UNIQUE, "immutable": IMMUTABLE}


def of_field(said: Description, name: str) -> Iterator[tuple[str, Statement]]:
    """The statements about a property that its own description makes: `write-only`, `unique`, `immutable`."""
    for kind, pattern in OF_FIELD.items():
        found = said.first(pattern)
        if found is None or (kind == "unique" and WITHIN.search(found.sentence[found.match.end() :])):
            continue
        if not _is_about_another(found, name) and "characters" not in found.sentence:
            yield kind, found.statement(fields=[name])


FILLERS = frozenset((
    "the", "this", "a", "an", "is", "it", "are", "value", "field", "property", "unique", "and", "that", "which", "of",
    "be", "to", "for", "s", "must", "has", "name", "id",
))  # fmt: skip
"""Words before a statement that are no subject of their own."""


def _is_about_another(found: Said, name: str) -> bool:
    """Does the sentence have a subject that is not the property: "the template's id is immutable" at `template`?"""
    before = words(found.sentence[: found.match.start()])
    known = {*FILLERS, *words(name)}
    return len([word for word in before if word not in known]) > 4 or "array" in before or "each" in before
