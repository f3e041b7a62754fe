"""What an error message suggests in place of a name that does not exist."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is most like another one; empty if none is."""
    return next(iter(get_close_matches(name, known, 1)), "")


def allowed(name: str, known: Iterable[str]) -> str:
    """What may be written in place of a name: the likeliest first, then all."""
    listed = list(known)
    near = nearest(name, listed)
    hint = f"; did you mean `{near}`?" if near else "."
    return f"{hint} Allowed: {', '.join(listed) or 'none'}"
