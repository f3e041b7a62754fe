"""What a property of a new item has, and why."""

from __future__ import annotations

from typing import Any, NamedTuple


class StartValue(NamedTuple):
    """The value or the template of a property in a new item, and the reason."""

    value: Any
    why: str
