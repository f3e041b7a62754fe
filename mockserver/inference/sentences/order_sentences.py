"""What a sentence says about the order of a list: "newest first", "sorted by due date", "last updated first"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mockserver.inference.lists.sort_names import TIME_ENDS, names_of
from mockserver.inference.names import plain, singular, words
from mockserver.inference.sentences.descriptions import Description
from mockserver.inference.values.fields import CREATED, UPDATED
from mockserver.lazy_pattern import lazy_pattern

Statement = dict[str, Any]

COMES = r"(?: (?:are|is|come|comes|appear|appears|appearing|being|coming))?(?: (?:listed|shown|returned))? first\b"
BY = r"(?:sorted|ordered)(?: \w+ly)? by|(?:listed|arranged) \w+ally by|\bin(?: the)? order of"

ADDING = r"(?:creation|addition|insertion|entry)\b"
AS_ADDED = (
    r"(?:(?:in which|that|as) )?(?:they|the [a-z]+) (?:were|are|have been|got) "
    r"(?:created|added|inserted|entered|made)\b"
)
"""How a sentence names the order of creation: "in the order in which they were added"."""

OF_ADDING = lazy_pattern(rf"creat|\border (?:of (?:their )?{ADDING}|{AS_ADDED})", re.IGNORECASE)
"""How a sentence says that it means the creation, though an item has a time of its own."""

NEWEST = lazy_pattern(
    rf"\b(the )?(newest|latest|most recent(ly (created|added))?)( \w+)?{COMES}|"
    r"\breverse[- ]chronological order\b|\bnewest to oldest\b|"
    r"\b(by|in order of) (creation|created?) ?(date|time)?,? ?\(?(descending|desc)\b|"
    rf"\bin (?:the )?reversed? order (?:of (?:their )?{ADDING}|{AS_ADDED})",
    re.IGNORECASE,
)
OLDEST = lazy_pattern(
    rf"\b(the )?(oldest|earliest)( \w+)?{COMES}|"
    r"\boldest to newest\b|\bin (the )?order of creation\b|\bin creation order\b|"
    rf"\bin (?:the )?(?:same )?order (?:of (?:their )?{ADDING}|{AS_ADDED})|"
    r"(?<!reverse )(?<!reverse-)\bchronological order\b",
    re.IGNORECASE,
)
LAST_DONE = lazy_pattern(
    rf"\b(?:most recently|recently|last|latest)[ -](?P<done>[a-z]+)(?: [a-z]+)?{COMES}|"
    r"\bby (?:the )?most recently (?P<once>[a-z]+)\b",
    re.IGNORECASE,
)
"""Which event orders a list: "last updated first"."""

SORTED = lazy_pattern(rf"\b(?:{BY}) (?=[\w`'])", re.IGNORECASE)
OWNERS = lazy_pattern(r"(?:(?:the|their|its|your|each)\s+|\w+'s\s+)+", re.IGNORECASE)
"""What may come before the name of a property: "by the book's title"."""

ALPHABETICAL = lazy_pattern(r"\b(?:in alphabetical order|alphabetically)\b", re.IGNORECASE)
TITLES = ("name", "title", "label", "displayname", "fullname")
"""What is in alphabetical order, if nothing else is named; the likeliest first."""

WORD = lazy_pattern(r"\s*([A-Za-z]\w*)")
LONGEST_NAME = 4
"""The most words of a sentence that name one property."""

FURTHER = lazy_pattern(r"\s*(?:,|;|and\b|or\b|then\b|parameter\b|by\b(?! default))", re.IGNORECASE)
"""What follows the name of a property where more than it orders the list."""

FALLING = lazy_pattern(
    r"[\s,]*\(?(?:in )?(?:desc|descending|decreasing|reverse|high(?:est)? to low)|"
    r"\b(?:newest|latest|most recent|highest|largest|biggest|greatest|longest)\b[^,;]* first\b",
    re.IGNORECASE,
)
RISING = lazy_pattern(
    r"[\s,]*\(?(?:in )?(?:asc|ascending|increasing|low(?:est)? to high)|"
    r"\b(?:oldest|earliest|soonest|nearest|lowest|smallest|least|shortest)\b[^,;]* first\b",
    re.IGNORECASE,
)
OF_CREATION = frozenset((*CREATED, "creation", "dateofcreation", "timeofcreation", "creationorder"))
MOMENTS = ("at", "when", "timestamp", "datetime", "moment", "day")
"""Properties that a sentence calls their time."""

OF_UPDATE = frozenset((*UPDATED, "update", "lastupdate", "modification", "lastmodification", "lastchange", "edited",
                       "changed", "touched"))  # fmt: skip
"""How a sentence calls the time of creation, and that of the last update."""


WITHOUT = lazy_pattern(r"\bwithout (?:the |any )?[a-z]+\b", re.IGNORECASE)
"""What a list leaves out says nothing about its order."""

EXTREMES = {
    "cheapest": (("price", "cost", "amount", "fee", "rate"), "ascending"),
    "most expensive": (("price", "cost", "amount", "fee"), "descending"),
    "best": (("rating", "stars", "score", "points", "rank"), "descending"),
    "best rated": (("rating", "stars", "score"), "descending"),
    "highest rated": (("rating", "stars", "score"), "descending"),
    "top rated": (("rating", "stars", "score"), "descending"),
    "worst": (("rating", "stars", "score", "points"), "ascending"),
    "most popular": (("popularity", "likes", "votes", "views", "followers", "downloads"), "descending"),
    "shortest": (("duration", "length", "distance"), "ascending"),
    "longest": (("duration", "length", "distance"), "descending"),
    "nearest": (("distance",), "ascending"),
    "closest": (("distance",), "ascending"),
    "largest": (("size", "count", "amount"), "descending"),
    "smallest": (("size", "count", "amount"), "ascending"),
    "most urgent": (("priority", "urgency", "severity"), "descending"),
}
"""What comes first in a list: the words that its property has, the likeliest first, and the direction."""

EXTREME = lazy_pattern(
    rf"\b(?:the )?(?P<most>{'|'.join(sorted(EXTREMES, key=len, reverse=True))})(?: \w+)?{COMES}", re.IGNORECASE
)


def _extreme(said: Description, properties: Mapping[str, str]) -> Statement | None:
    """The order by the property that "cheapest first" is about; None if it is unclear which one that is."""
    found = said.first(EXTREME)
    if found is None:
        return None
    spoken, direction = EXTREMES[found.match["most"].lower()]
    for word in spoken:
        named = [name for name in properties if word in (*words(name), *map(singular, words(name)))]
        if named:
            return found.statement(by=named[0], direction=direction) if len(named) == 1 else None
    return None


def order(said: Description, properties: Mapping[str, str]) -> Statement | None:
    """The `order` of a list: by creation, or by a property that its description names; None if it names none."""
    said = Description(WITHOUT.sub(" ", said.text), said.pointer)
    found = said.first(LAST_DONE)
    by = _event(found.match["done"] or found.match["once"], properties) if found is not None else ""
    if found is not None and by:
        return found.statement(by=by, direction="descending")
    for pattern, direction in ((NEWEST, "descending"), (OLDEST, "ascending")):
        found = said.first(pattern)
        if found is not None:
            named = _named(found.sentence, properties)
            own = named[0] if named is not None else _first_time(found.match[0], properties) or "creation"
            return found.statement(by="creation" if plain(own) in CREATED else own, direction=direction)
    sorting = _sorted(said, properties) or _alphabetical(said, properties)
    return sorting or _extreme(said, properties) or _by_several(said, properties)


def _by_several(said: Description, properties: Mapping[str, str]) -> Statement | None:
    """The order that a sentence only names by its properties, at least two: "The lessons, by day and period"."""
    found = said.first(BY_SEVERAL)
    then = _then(found.match["names"], properties) if found is not None else []
    if found is None or len(then) < 2:
        return None
    return found.statement(by=then[0], direction="ascending", then=then[1:])


BY_SEVERAL = lazy_pattern(r"^[A-Z][\w -]*s(?: [\w -]+)?, by (?P<names>[^.;]+)$")


def order_of_all(said: Description) -> Statement | None:
    """The order of creation in which the description of a service says that its lists are; None if it says none."""
    about = list[str]()
    for sentence in said.sentences():
        about = [sentence, *about[:1]]
        for pattern, direction in ((NEWEST, "descending"), (OLDEST, "ascending")):
            found = Description(sentence, said.pointer).first(pattern)
            if found is not None and (ALL_LISTS.search(sentence) or (THEY.match(sentence) and LISTS.match(about[-1]))):
                return found.statement(by="creation", direction=direction)
    return None


LISTS = lazy_pattern(
    r"^(?:all |the )?(?:lists|collections|list (?:endpoints|operations|requests|methods))\b", re.IGNORECASE
)
ALL_LISTS = lazy_pattern(
    r"\b(?:all |every )?(?:lists|collections|list (?:endpoints|operations|requests|methods))\b[^.;]* "
    r"(?:are|is|return|show|come)\b",
    re.IGNORECASE,
)
THEY = lazy_pattern(r"^they (?:are|come)\b", re.IGNORECASE)
"""How a sentence about a service speaks of all its lists, or the next one does."""


def _first_time(text: str, properties: Mapping[str, str]) -> str:
    """The time that a text names as it is written, `ends_on` in "the earliest ends_on first"; else empty."""
    spoken = {plain(each) for each in text.split()}
    times = [name for name in properties if len(words(name)) > 1 and words(name)[-1] in TIME_ENDS]
    return next((name for name in times if plain(name) in spoken), "")


def _sorted(said: Description, properties: Mapping[str, str]) -> Statement | None:
    """The order by the property that a sentence names."""
    found = said.first(SORTED)
    named = _named(found.sentence, properties) if found is not None else None
    if found is None or named is None:
        return None
    name, rest = named
    is_back, is_rising = FALLING.search(rest), RISING.search(rest)
    if not (is_back or is_rising) and FURTHER.match(rest):
        then = _then(rest, properties)
        return found.statement(by=name, direction="ascending", then=then) if then else None
    if (is_back or is_rising) and FURTHER.search(rest[(is_back or is_rising or found.match).end() :]):
        return None
    return found.statement(by=name, direction="descending" if is_back else "ascending")


LISTED_BY = lazy_pattern(
    r"^(?:all )?(?:the )?[a-z]+s(?: of (?:the|an?|one) [a-z]+)? by (?P<by>name|title|label)(?: \(a to z\))?$",
    re.IGNORECASE,
)
"""A description that is nothing but what is listed, and by what: "All lifts by name"."""


def _then(rest: str, properties: Mapping[str, str]) -> list[str]:
    """The properties that order what is the same so far: "by last name, then by first name"; none if more is said."""
    known, found = dict(_by_spelling(properties)), list[str]()
    while rest:
        joined = THEN.match(rest)
        rest = rest[joined.end() :] if joined is not None else ""
        name, end = next(((known[n], end) for n, end in reversed(list(_phrases(rest))) if n in known), ("", 0))
        if not name:
            return []
        found.append(name)
        rest = OF_WEEK.sub("", rest[end:]).strip(" .")
    return found


THEN = lazy_pattern(
    r"\s*(?:,|;)?\s*(?:and then|then|and|,|;)?\s*(?:(?:sorted |ordered )?by )?(?:(?:the|their|its) )*", re.IGNORECASE
)
"""What is between two properties of an order."""

OF_WEEK = lazy_pattern(r"^ of (?:the )?(?:week|month|year)\b", re.IGNORECASE)
"""What says no more than the name of the property: "by day of the week"."""


def with_days(stated: Statement, values: Mapping[str, Sequence[Any]]) -> Statement:
    """An order in which days of the week and months come as they do in a year; `values` are those of properties."""
    names = [name for name in (stated["by"], *stated.get("then", ())) if name in values]
    ranks = {name: list(values[name]) for name in names if _are_days(values[name])}
    return {**stated, "ranks": ranks} if ranks else stated


def _are_days(values: Sequence[Any]) -> bool:
    """Do several values, in their order, name days of the week or months?"""
    spoken = [str(each)[:3].lower() for each in values]
    cycles = ([*WEEK, *WEEK], [*MONTHS, *MONTHS])
    return len(spoken) > 2 and any(
        spoken == [each for each in cycle[at:] if each in spoken][: len(spoken)]
        for cycle in cycles
        if spoken[0] in cycle
        for at in [cycle.index(spoken[0])]
    )


WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _alphabetical(said: Description, properties: Mapping[str, str]) -> Statement | None:
    known = {plain(name): name for name in properties}
    listed = said.first(LISTED_BY)
    if listed is not None and (own := known.get(listed.match["by"].lower())):
        return listed.statement(by=own, direction="ascending")
    found = said.first(ALPHABETICAL)
    if found is None or SORTED.search(found.sentence):
        return None
    name = next((known[title] for title in TITLES if title in known), "")
    return found.statement(by=name, direction="ascending") if name else None


def _named(sentence: str, properties: Mapping[str, str]) -> tuple[str, str] | None:
    """What a sentence says a list is sorted by, a property or `creation`, and the rest of it; None if neither."""
    match = SORTED.search(sentence)
    if match is None:
        return None
    rest = sentence[match.end() :]
    before = OWNERS.match(rest)
    rest = rest[before.end() :] if before is not None else rest
    known = dict(_by_spelling(properties))
    for name, end in reversed(list(_phrases(rest))):
        if name in known:
            return known[name], OF_WEEK.sub("", rest[end:])
        if name in OF_UPDATE and (updated := _updated(properties)):
            return updated, rest[end:]
        if name in OF_CREATION:
            return "creation", rest[end:]
        if name in ("time", "date") and (own := next((known[each] for each in MOMENTS if each in known), "")):
            return own, rest[end:]
    return None


def _phrases(text: str) -> Iterator[tuple[str, int]]:
    """The first word of a text, the first two, and so on, each as a plain name, and where it ends."""
    end, name = 0, ""
    while len(words(name)) < LONGEST_NAME and (match := WORD.match(text, end)):
        end, name = match.end(), f"{name} {match[1]}"
        yield plain(name), end


def _by_spelling(properties: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The properties by what sentences call them: `start` for `starts_at`. The name itself comes last, and so first."""
    known = names_of(properties)
    yield from ((singular(spelling), name) for spelling, name in known.items())
    yield from known.items()


def _event(verb: str, properties: Mapping[str, str]) -> str:
    """The time of an event: `watered_at` for `watered`; `creation` for `created`; empty if an item has none."""
    if plain(verb) in OF_UPDATE:
        return _updated(properties)
    if plain(verb) in ("created", "added"):
        return "creation"
    times = ((name, words(name)) for name in properties)
    return next(
        (n for n, parts in times if parts[-1:] and parts[-1] in TIME_ENDS and parts[-2:-1] == (verb.lower(),)), ""
    )


def _updated(properties: Mapping[str, str]) -> str:
    """The property with the time of the last update; empty if there is none."""
    known = {plain(name): name for name in properties}
    return next((known[name] for name in UPDATED if name in known), "")


def by_own_time(stated: Statement, times: Sequence[str], needed: Iterable[str]) -> Statement:
    """An order of creation that is by the only time of an item, if a client must send it; else the same statement.

    `times` are the properties of an item that hold a time, `needed` those that a create request must have. A sentence
    that speaks of the creation means it.
    """
    is_meant = OF_ADDING.search(stated["source"]) is not None
    if len(times) != 1 or times[0] not in needed or stated["by"] != "creation" or is_meant:
        return stated
    note = f"{times[0]} is the only time of an item, and clients send it"
    return stated | {"by": times[0], "evidence": "inferred", "note": note}


def by_own_day(stated: Statement, days: Sequence[str]) -> Statement:
    """An order of creation where a client must send the day of an item: "the earliest first" is by that day.

    The "newest" may be either, which is a guess then.
    """
    if len(days) != 1 or stated["by"] != "creation" or OF_ADDING.search(stated["source"]) is not None:
        return stated
    by = days[0] if BY_DAY.search(stated["source"]) is not None else "creation"
    return stated | {"by": by, "evidence": "inferred", "note": f"clients send {days[0]}"}


BY_DAY = lazy_pattern(r"\b(?:earliest|latest|soonest)\b", re.IGNORECASE)
"""What is said of days rather than of things: "the latest first"."""
