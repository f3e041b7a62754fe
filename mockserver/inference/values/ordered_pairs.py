"""Two values of a body that must come in order: the first and the last day, a minimum and a maximum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.inference.names import words

PAIRS = (
    ("first", "last"),
    ("start", "end"),
    ("starts", "ends"),
    ("starting", "ending"),
    ("from", "to"),
    ("from", "until"),
    ("begin", "end"),
    ("begins", "ends"),
    ("min", "max"),
    ("minimum", "maximum"),
    ("in", "out"),
    ("since", "until"),
    ("lower", "upper"),
    ("low", "high"),
    ("open", "close"),
    ("opens", "closes"),
    ("opening", "closing"),
    ("departure", "arrival"),
)
"""Words in the names of two properties: the first property comes before the second."""


def in_order(body: Mapping[str, Any], stated: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """The body with the values of such pairs exchanged where they come in the wrong order, also of `stated` ones."""
    result = dict(body)
    known = (pair for pair in stated if result.keys() >= {*pair})
    for low, high in (*pairs(result), *known):
        first, second = result[low], result[high]
        is_alike = type(first) is type(second) and isinstance(first, str | int | float) and not isinstance(first, bool)
        if is_alike and first > second and (not isinstance(first, str) or _is_moment(first)):
            result[low], result[high] = second, first
    return result


def in_order_around(body: Mapping[str, Any], name: str, stated: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """The body in which one property keeps its value, and the others of its pairs get it where they come wrongly."""
    result = dict(body)
    for pair in (*pairs(body), *stated):
        if (
            name in pair
            and body.keys() >= {*pair}
            and in_order({each: body[each] for each in pair}, [pair]) != {each: body[each] for each in pair}
        ):
            result |= dict.fromkeys(pair, body[name])
    return result


def comes_in_order(body: Mapping[str, Any]) -> bool:
    """Do the values of all such pairs come in order? A service may refuse a minimum above the maximum."""
    return in_order(body) == body


def pairs(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The names of the properties whose words differ in one place only, and there as one of PAIRS."""
    known = {tuple(words(name)): name for name in names}
    for parts, name in known.items():
        for at, word in enumerate(parts):
            for low, high in PAIRS:
                other = known.get((*parts[:at], high, *parts[at + 1 :])) if word == low else None
                if other is not None:
                    yield name, other


def _is_moment(text: str) -> bool:
    """Is it a date or a time that sorts as a text: 2026-07-04, 10:30?"""
    return text[:2].isdecimal() and any(each in text for each in "-:")
