"""Names as words, so that `petId`, `pet_id` and `pet-id` are one name, and `pets` is the plural of `pet`."""

from __future__ import annotations

from functools import lru_cache

from mockserver.lazy_pattern import lazy_pattern

WORD = lazy_pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")

SCALAR = frozenset(("string", "integer", "number"))
"""The types of ids. Some generators write `number` for whole numbers, because TypeScript has no other type."""

UNCHANGED = frozenset(("news", "series", "species", "status", "analytics", "settings", "preferences", "sms", "dns"))
"""Words that end like a plural and are singular, or are used as one."""

IRREGULAR = {
    "people": "person", "children": "child", "indices": "index", "statuses": "status", "aliases": "alias",
    "data": "datum", "media": "media", "vertices": "vertex", "movies": "movie", "cookies": "cookie", "caches": "cache",
    "databases": "database", "releases": "release", "cases": "case", "purchases": "purchase", "courses": "course",
    "leases": "lease", "warehouses": "warehouse", "licenses": "license", "responses": "response",
    "expenses": "expense", "phases": "phase", "invoices": "invoice", "shelves": "shelf", "knives": "knife",
    "wolves": "wolf", "halves": "half", "leaves": "leaf", "lives": "life", "wives": "wife", "loaves": "loaf",
    "thieves": "thief", "calves": "calf", "analyses": "analysis", "bases": "base",
    "crises": "crisis", "diagnoses": "diagnosis", "hypotheses": "hypothesis", "theses": "thesis",
    "synopses": "synopsis", "buses": "bus", "bonuses": "bonus", "campuses": "campus", "viruses": "virus",
    "lenses": "lens", "gases": "gas", "quizzes": "quiz", "matrices": "matrix", "appendices": "appendix",
    "heroes": "hero", "potatoes": "potato", "tomatoes": "tomato", "mice": "mouse", "geese": "goose", "feet": "foot",
    "teeth": "tooth", "men": "man", "women": "woman", "criteria": "criterion", "phenomena": "phenomenon",
    "curricula": "curriculum", "bacteria": "bacterium", "censuses": "census", "corpuses": "corpus",
    "prospectuses": "prospectus", "nexuses": "nexus", "radiuses": "radius", "apparatuses": "apparatus",
}  # fmt: skip
"""Plurals that do not follow from the ending."""


ENDINGS = ("statuses", "aliases", "analyses", "shelves", "viruses", "indices")
"""Irregular plurals with which words are put together: `orderstatuses`."""


@lru_cache(maxsize=16384)
def words(name: str) -> tuple[str, ...]:
    """`petId`, `pet_id` and `page[size]` as words in lower case: ("pet", "id"), ("pet", "id"), ("page", "size")."""
    return tuple(word.lower() for word in WORD.findall(name))


@lru_cache(maxsize=16384)
def plain(name: str) -> str:
    """A name in lower case without separators: `pet_id` and `petId` are both `petid`."""
    return "".join(words(name))


def singular(word: str) -> str:
    """The singular of a word: `pets` is `pet`, `companies` is `company`, `boxes` is `box`."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    ending = next((each for each in ENDINGS if word.endswith(each)), "")
    if ending:
        return word.removesuffix(ending) + IRREGULAR[ending]
    if word in UNCHANGED or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1]


@lru_cache(maxsize=16384)
def noun(name: str) -> tuple[str, ...]:
    """The name of one entry of a collection, as words: `mcpServers` is ("mcp", "server")."""
    *before, last = words(name) or ("item",)
    return (*before, singular(last))


def same(one: str, other: str) -> bool:
    """Are two names the same, apart from singular and plural?"""
    return "".join(noun(one)) == "".join(noun(other))


AMOUNTS = frozenset((
    "order", "position", "level", "page", "version", "number", "count", "size", "priority", "rank", "column", "row",
    "line", "step", "stage", "year", "month", "day", "hour", "minute", "second", "week", "point", "score", "unit",
    "amount", "price", "quantity", "seat", "view", "like", "vote",
))  # fmt: skip
"""Names of whole numbers that are amounts as often as ids of something of that name."""

SEVERAL = frozenset(("comments", "messages", "reviews", "rooms", "tickets"))
"""Names that are amounts in the plural alone: `comments: 5`, but `ticket: 5` is the fifth one."""


def may_be_amount(word: str) -> bool:
    """May a whole number be an amount, by the last word of its name?"""
    return word in SEVERAL or singular(word) in AMOUNTS
