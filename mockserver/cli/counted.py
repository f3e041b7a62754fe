"""Numbers with their noun."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """The number with its noun in singular or plural: `1 item`, `2 items`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
