"""How alike a shown value is to the one that was sent: the same, normalised, or different."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from contracts.checks.item_view import covers
from contracts.client.request_bodies import NAMELIKE
from mockserver.inference.names import words
from mockserver.openapi.secret_names import SECRET_NAME

Likeness = Literal["same", "normalised", "different"]
"""`normalised`: it differs in a way in which correct servers write values anew, such as without white space at its ends."""

ABSENT: Any = object()
"""The shown value of a field that a reply does not contain."""

PROSE = (*NAMELIKE, "description", "note", "comment", "content", "message")
"""A field whose name contains one of these holds text for people, whose case a server has to keep."""


PLACES = frozenset(("index", "position", "rank", "order", "ordinal", "place"))
"""Last words of the name of a field with a position among other items."""


def likeness(shown: Any, sent: Any, name: str = "") -> Likeness:
    """How alike a shown value of the field `name` is to the sent one; `shown` may be ABSENT."""
    if sent is None and (shown is ABSENT or shown is None):
        return "same"
    if shown is not ABSENT and (covers(shown, sent) or _is_same_value(shown, sent)):
        return "same"
    if isinstance(sent, Mapping) and isinstance(shown, Mapping):
        kept = [key for key in sent if key in shown or not SECRET_NAME.fullmatch(key)]  # who hides a password is right
        return _worst([likeness(shown.get(key, ABSENT), sent[key], key) for key in kept])
    return "normalised" if _is_normalised(shown, sent, name) else "different"


def _worst(found: list[Likeness]) -> Likeness:
    return max(found, key=("same", "normalised", "different").index, default="same")


def _is_same_value(shown: Any, sent: Any) -> bool:
    """The same instant, or the same number, in another notation."""
    if isinstance(shown, str) and isinstance(sent, str):
        moments = _moment(shown), _moment(sent)
        return None not in moments and moments[0] == moments[1]
    return False


def _is_normalised(shown: Any, sent: Any, name: str) -> bool:
    if sent in ("", [], {}, None) and shown in (ABSENT, None, "", [], {}, "{}", "[]"):
        return True  # many stores do not tell an empty value from none
    if isinstance(sent, str) and isinstance(shown, str):
        if "***" in shown and ("***" not in sent or set(shown) == {"*"}):
            return True  # a secret, masked
        return _text(shown, name) == _text(sent, name) or _is_rounded(shown, sent) or _is_same_second(shown, sent)
    if isinstance(sent, list) and isinstance(shown, list):
        if len(shown) == len(sent) and any(isinstance(each, Mapping) for each in sent):
            alike = _worst([likeness(*pair, name) for pair in zip(shown, sent, strict=True)])
            return alike != "different" or _has_each(shown, sent)
        return {_element(each, name) for each in shown} == {_element(each, name) for each in sent}
    return _is_rounded(shown, sent) or _is_nearer(shown, sent, name)


def _has_each(shown: list[Any], sent: list[Any]) -> bool:
    """Has a list each object that was sent in another place, perhaps with more properties?"""
    left = list(shown)
    for each in sent:
        found = next((one for one in left if covers(one, each)), ABSENT)
        if found is ABSENT:
            return False
        left.remove(found)
    return True


def _is_nearer(shown: Any, sent: Any, name: str) -> bool:
    """Is it a position beyond the end of a list? Some services take the last one then."""
    is_whole = type(shown) is int and type(sent) is int
    return is_whole and 0 <= shown < sent and not PLACES.isdisjoint(words(name)[-1:])


def _text(text: str, name: str) -> str:
    plain = unicodedata.normalize("NFC", " ".join(text.split())).rstrip("/")
    return plain if any(part in name.lower() for part in PROSE) else plain.casefold()


def _is_rounded(shown: Any, sent: Any) -> bool:
    """Are both numbers, perhaps as texts, that agree to two decimals?"""
    numbers = _number(shown), _number(sent)
    return None not in numbers and abs(numbers[0] - numbers[1]) < Decimal("0.01")  # type: ignore[operator]


def is_same_number(shown: Any, sent: Any) -> bool:
    """Are both the same number, perhaps as texts with other zeros at their ends?"""
    number = _number(shown)
    return number is not None and number == _number(sent)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _moment(text: str) -> datetime | None:
    if "T" not in text.upper():
        return None
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        return None


def is_later(before: Any, after: Any) -> bool:
    """Are both a moment, as a text or as seconds or milliseconds since 1970, and is the second one a little later?"""
    if isinstance(before, str) and isinstance(after, str):
        moments = _moment(before), _moment(after)
        known = [each.replace(tzinfo=each.tzinfo or UTC) for each in moments if each is not None]
        return len(known) == 2 and known[0] < known[1]
    numbers = _number(before), _number(after)
    return None not in numbers and 10**9 < numbers[0] < numbers[1] < numbers[0] * Decimal("1.0001")  # type: ignore[operator]


def is_same_but_later(one: Any, other: Any) -> bool:
    """Are two values the same, but for moments in them that differ: when a user was last seen?"""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(is_same_but_later(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same_but_later, one, other))
    return bool(one == other) or is_later(one, other) or is_later(other, one)


def _is_same_second(shown: str, sent: str) -> bool:
    """Is it the same moment but for fractions of a second, or without the offset of the other one?"""
    moments = [each.replace(microsecond=0) for each in map(_moment, (shown, sent)) if each is not None]
    if len(moments) == 2 and None in (moments[0].tzinfo, moments[1].tzinfo):
        moments = [each.replace(tzinfo=None) for each in moments]
    return len(moments) == 2 and moments[0] == moments[1]


def _element(value: Any, name: str) -> str:
    return _text(value, name) if isinstance(value, str) else _key(value)


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
