"""Ids as text: a path knows only text, while an item may have a number as its id."""

from __future__ import annotations

import re
from typing import Any

INTEGER = re.compile(r"0|-?[1-9][0-9]{0,39}", re.ASCII)
"""An integer as JSON writes it (RFC 8259 section 6). A longer one is no id, and would take long to convert."""


def number_of(id: Any) -> int | None:
    """The number that an id is when read from text: 7 for `"7"`; None for a text that no number is written as."""
    return int(id) if isinstance(id, str) and INTEGER.fullmatch(id) else None
