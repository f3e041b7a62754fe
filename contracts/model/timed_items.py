"""Items that take a time of something, so that no two of them may overlap: bookings from a first to a last day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from contracts.model.resources import CheckedResource
from mockserver.inference.sentences.overlap_sentences import says_no_overlap
from mockserver.inference.values.ordered_pairs import pairs
from mockserver.openapi.schemas import Schemas

Span = tuple[str, str]
"""The names of the fields with the beginning and the end."""

START = date(2036, 1, 1)
"""A day in the future, since a booking of the past may be refused."""

PAST = datetime(2003, 1, 1)  # noqa: DTZ001  # it is written as UTC

DAYS = 3
"""So many days after each other two items begin that do not overlap."""


MOVED = timedelta(minutes=10)
"""By how much an end of an item is moved."""


def span_of(schemas: Schemas, resource: CheckedResource) -> Span | None:
    """The two moments between which an item lasts; None unless there is one such pair in the body of a create."""
    op = resource.operations.get("create")
    pointer = op.body_schema(schemas) if op is not None else None
    known: Mapping[str, str] = schemas.properties(pointer) if pointer is not None else {}
    moments = [name for name, at in known.items() if schemas.keyword(at, "format") in ("date", "date-time")]
    found = list(pairs(moments))
    return found[0] if len(found) == 1 else None


def spans(schemas: Schemas, resources: Mapping[str, CheckedResource]) -> tuple[dict[str, Span], frozenset[str]]:
    """The spans of the resources whose items last from one moment to another one.

    With them, the names of those whose items may not overlap, as a sentence says.
    """
    found = {name: span for name, each in resources.items() if (span := span_of(schemas, each)) is not None}
    apart = (
        name for name in found if says_no_overlap(schemas, resources[name].operations["create"].operation) is not None
    )
    return found, frozenset(apart)


def other_moment(names: Iterable[str], name: str, present: Any) -> str | None:
    """Another moment for an end of a span, such that the item lasts less long, or a day longer where there are days.

    None for what is no end of a span. An item that lasts until any other moment may be refused: it is too long.
    """
    first, last = next((each for each in pairs(names) if name in each), ("", ""))
    if not last or not isinstance(present, str):
        return None
    try:
        if len(present) == len("2036-01-01"):
            return (date.fromisoformat(present) + timedelta(days=1 if name == last else -1)).isoformat()
        moved = datetime.fromisoformat(present.upper()) + MOVED * (1 if name == first else -1)
    except (ValueError, OverflowError):
        return None
    return moved.isoformat().replace("+00:00", "Z")


def past_moment(number: int, *, is_day: bool) -> str:
    """A moment in the past that is later than that of every lower number: readings come in the order of their times."""
    if is_day:
        return (PAST + timedelta(days=number % 8_000)).date().isoformat()
    return f"{(PAST + timedelta(hours=number % 190_000)).isoformat()}Z"


def moments(number: int, *, is_day: bool, is_long: bool) -> tuple[str, str]:
    """The first and the last moment of an item, which overlap with those of no other number.

    An item lasts from one day to the next one, or an hour where there are times, unless it is to be a `long` one: a
    service may refuse to rent out a desk for a night, or a car for an hour.
    """
    begin = START + timedelta(days=DAYS * (number % 20_000))
    end = begin + timedelta(days=1 if is_day or is_long else 0)
    if is_day:
        return begin.isoformat(), end.isoformat()
    return f"{begin}T10:00:00Z", f"{end}T{10 if is_long else 11}:00:00Z"
