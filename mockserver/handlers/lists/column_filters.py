"""Filters whose value begins with an operator, as PostgREST writes them: `eq.1`, `not.in.(1,2)`, `ilike.*milk*`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from mockserver.handlers.lists.filter_expressions import Test, readable
from mockserver.handlers.lists.ranges import is_within
from mockserver.lazy_pattern import lazy_pattern

BOUNDS = {"gt": "above", "gte": "at-least", "lt": "below", "lte": "at-most"}

WORDS = {"null": None, "true": True, "false": False, "unknown": None}
"""What `is` compares with."""

ENTRY = lazy_pattern(r'"((?:[^"\\]|\\.)*)"|([^,]+)')
"""One value of a list, perhaps in quotes."""

LONGEST = 4_096
"""The longest value, in characters."""


def column_test(parameter: str, text: str) -> Test:
    """The test that the value of a parameter is. Raises Invalid for one that cannot be read."""
    return readable(parameter, text, _compiled)


@lru_cache(maxsize=256)
def _compiled(text: str) -> Test:
    if len(text) > LONGEST:
        raise ValueError(f"a filter may have {LONGEST} characters")
    operator, dot, operand = text.partition(".")
    if operator == "not" and dot:
        test = _compiled(operand)
        return lambda value: not test(value)
    if not dot or operator not in TESTS:
        raise ValueError(
            f"a filter begins with an operator and a dot, such as eq.1; there are: {', '.join(TESTS)}, not"
        )
    return TESTS[operator](operand)


def _equal(operand: str) -> Test:
    return lambda value: value is not None and _written(value) == operand


def _unequal(operand: str) -> Test:
    return lambda value: value is not None and _written(value) != operand


def _ordered(compare: str) -> Callable[[str], Test]:
    def made(operand: str) -> Test:
        number = _number(operand)
        return lambda value: is_within(value, compare, operand if isinstance(value, str) else number)

    return made


def _like(fold: Callable[[str], str]) -> Callable[[str], Test]:
    def made(operand: str) -> Test:
        begin, *parts = fold(operand.replace("%", "*")).split("*")
        return lambda value: isinstance(value, str) and _matches(fold(value), begin, parts)

    return made


def _matches(text: str, begin: str, parts: list[str]) -> bool:
    """Does a text begin with the one and have the others in this order, the last one at its end? In linear time."""
    if not parts:
        return text == begin
    if not text.startswith(begin):
        return False
    position = len(begin)
    for part in parts[:-1]:
        found = text.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    return text.endswith(parts[-1]) and len(text) - len(parts[-1]) >= position


def _among(operand: str) -> Test:
    values = _list(operand, "(", ")")
    return lambda value: value is not None and _written(value) in values


def _is(operand: str) -> Test:
    if operand.lower() not in WORDS:
        raise ValueError("`is` takes null, true, false or unknown")
    wanted = WORDS[operand.lower()]
    return lambda value: value is wanted


def _of_list(selects: Callable[[set[str], set[str]], bool]) -> Callable[[str], Test]:
    def made(operand: str) -> Test:
        wanted = set(_list(operand, "{", "}"))
        return lambda value: isinstance(value, list) and selects({_written(each) for each in value}, wanted)

    return made


def _list(operand: str, begin: str, end: str) -> Sequence[str]:
    if not (operand.startswith(begin) and operand.endswith(end)):
        raise ValueError(f"a list of values is written {begin}1,2{end}")
    found = ENTRY.finditer(operand[1:-1])
    return [re.sub(r"\\(.)", r"\1", each[1]) if each[1] is not None else each[2].strip() for each in found]


def _written(value: Any) -> str:
    """A value as a query writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


TESTS: dict[str, Callable[[str], Test]] = {
    "eq": _equal,
    "neq": _unequal,
    **{name: _ordered(compare) for name, compare in BOUNDS.items()},
    "like": _like(str),
    "ilike": _like(str.casefold),
    "in": _among,
    "is": _is,
    "cs": _of_list(set.issuperset),
    "cd": _of_list(set.issubset),
    "ov": _of_list(lambda own, wanted: not own.isdisjoint(wanted)),
}
"""The test that an operator makes of what follows it."""
