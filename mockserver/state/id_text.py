"""Ids as text: a path knows only text, while an item may have a number as its id."""

from __future__ import annotations

import re
from typing import Any

from mockserver.lazy_pattern import lazy_pattern

INTEGER = lazy_pattern(r"0|-?[1-9][0-9]{0,39}", re.ASCII)
"""An integer as JSON writes it (RFC 8259 section 6). A longer one is not an id, and converting it would take long."""


def number_of(id: Any) -> int | None:
    """The number that a text is as an id: 7 for `"7"`; None if JSON writes no number so."""
    return int(id) if isinstance(id, str) and INTEGER.fullmatch(id) else None


def one_id(value: Any) -> Any:
    """The id that a value of a path or an item is: a list is one id too, as a path writes it."""
    return ",".join(map(str, value)) if isinstance(value, list) else value


def like(shown: Any, id: Any) -> Any:
    """An id as a number, if it can be one, where a number is `shown` so far; else the id itself."""
    number = number_of(id) if type(shown) is int else None
    return id if number is None else number
