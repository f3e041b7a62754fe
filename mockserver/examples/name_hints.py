"""What the name and the format of a property say about its values."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from mockserver.examples.realistic import FORMATS, NAMES, Maker, date_time, image, later, person, title, word

PEOPLE: Final = frozenset({"author", "contact", "customer", "full", "fullname", "person", "user"})
LATER: Final = frozenset({"deleted", "end", "ended", "expires", "expiry", "finished", "modified", "updated", "until"})
BOUNDS: Final = frozenset({"max", "maximum", "min", "minimum"})
MOMENTS: Final = frozenset({"at", "on", "time", "datetime"})
NUMBERS: Final[dict[str, tuple[int, int]]] = {
    "age": (18, 90),
    "amount": (1, 500),
    "count": (0, 50),
    "created": (1_704_067_200, 1_735_689_599),  # the year 2024 in Unix seconds
    "day": (1, 28),
    "height": (100, 2000),
    "hour": (0, 23),
    "index": (0, 10),
    "lat": (-85, 85),
    "latitude": (-85, 85),
    "limit": (10, 100),
    "lng": (-180, 180),
    "lon": (-180, 180),
    "longitude": (-180, 180),
    "max": (100, 1000),
    "maximum": (100, 1000),
    "min": (0, 10),
    "minimum": (0, 10),
    "minute": (0, 59),
    "month": (1, 12),
    "offset": (0, 0),
    "page": (1, 1),
    "percent": (0, 100),
    "percentage": (0, 100),
    "port": (1024, 49_151),
    "price": (1, 500),
    "probability": (0, 1),
    "quantity": (1, 20),
    "rating": (1, 5),
    "score": (0, 100),
    "size": (1, 4096),
    "temperature": (0, 1),
    "timestamp": (1_704_067_200, 1_735_689_599),
    "total": (1, 500),
    "width": (100, 2000),
    "year": (2000, 2024),
}


WHOLE: Final = frozenset({
    "age", "capacity", "code", "count", "counts", "created", "day", "days", "floor", "hour", "id", "ids", "index",
    "level", "limit", "minute", "month", "number", "offset", "page", "pages", "port", "position", "rank", "seats",
    "size", "skip", "status", "stock", "take", "timestamp", "updated", "version", "year", "years",
})  # fmt: skip
"""Last words of names whose numbers are whole, also where the type is `number`."""


@lru_cache(4096)
def parts(name: str) -> tuple[str, ...]:
    """The words of a name in lower case: `createdAt` and `created_at` both give `created` and `at`."""
    return tuple(re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name).replace("_", " ").replace("-", " ").lower().split())


@lru_cache(4096)
def by_name(name: str) -> Maker:
    """A function for values of a string property of this name; an ordinary word if the name is unknown."""
    words = parts(name) or ("",)
    last = words[-1]
    if len(words) > 1 and last in MOMENTS:  # `created_at`; a property called only `at` or `on` may be anything
        return later if LATER & set(words) else date_time
    if last == "name" and len(words) > 1:
        return _named(words)
    # `zip_code` and `zipcode` are one name; else the last word decides, as English puts the noun last.
    return NAMES.get("".join(words[-2:])) or NAMES.get(last) or NAMES.get(last.removesuffix("s")) or word


def _named(words: tuple[str, ...]) -> Maker:
    # `file_name` is in the table as a whole; a `customer_name` is a person, a `project_name` a title.
    whole = NAMES.get("".join(words[-2:]))
    return whole or (person if PEOPLE & set(words) else title)


@lru_cache(4096)
def by_format(name: str, format_: str) -> Maker:
    """A function for values of this format, for a property of this name; an unknown format is read like a name."""
    if format_ == "date-time" and LATER & set(parts(name)):
        return later
    if format_ in ("uri", "url") and {"avatar", "image", "logo", "icon", "picture"} & set(parts(name)):
        return image
    known = FORMATS.get(format_)
    return known or (by_name(format_) if parts(format_)[-1:] and parts(format_)[-1] in NAMES else by_name(name))


@lru_cache(4096)
def number_range(name: str) -> tuple[int, int]:
    """The least and the greatest number that a property of this name usually has."""
    words = parts(name) or ("",)
    if len(words) > 1 and words[-1] in MOMENTS:
        return NUMBERS["timestamp"]
    return NUMBERS.get(words[0] if words[0] in BOUNDS else words[-1], (1, 1000))


@lru_cache(4096)
def is_whole(name: str) -> bool:
    """Are the numbers that a property of this name has whole?"""
    words = parts(name) or ("",)
    return words[-1] in WHOLE or (len(words) > 1 and words[-1] in MOMENTS)


def singular(name: str) -> str:
    """The name of an item of a list: `tags` has items called `tag`."""
    if name.endswith("ies"):
        return name[:-3] + "y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name
