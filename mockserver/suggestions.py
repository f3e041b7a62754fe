"""What an error message suggests in place of a name that does not exist."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from mockserver.lazy_module import LazyModule

if TYPE_CHECKING:
    import difflib
else:
    difflib = LazyModule("difflib")

MOST_LISTED = 20
"""How many names a message lists where none is like the one that was given."""

MOST_MEANT = 3
"""How many names a message suggests, where several are about as like the one that was given."""

ABOUT = 0.1
"""By how much two names differ at most that are about as like a third one; equal names have the likeness 1."""

MOST_COMPARED = 2_000
"""With how many names one is compared: clients choose it, and comparing takes time."""

LONGEST = 200
"""How many characters a name may have to be compared: a longer text is none, and slow to compare."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is most like another one; empty if none is."""
    return next(iter(_near(name, list(known))), "")


def meant(name: str, known: Iterable[str]) -> str:
    """`did you mean 'this'?`; where no known name is like it, those that there are."""
    names = list(known)
    *others, last = [repr(each) for each in _near(name, names)] or [""]
    if last:
        return f"did you mean {', '.join(others)}{' or ' if others else ''}{last}?"
    more = ", …" if len(names) > MOST_LISTED else ""
    return f"there are: {', '.join(names[:MOST_LISTED]) or 'none'}{more}"


def allowed(name: str, known: Iterable[str]) -> str:
    """What may be written in place of a name: the likeliest first, then all."""
    listed = list(known)
    near = nearest(name, listed)
    hint = f"; did you mean `{near}`?" if near else "."
    return f"{hint} Allowed: {', '.join(listed) or 'none'}"


def _near(name: str, names: list[str]) -> list[str]:
    """The names that are about as like a name as the one that is most like it, which comes first."""
    if len(name) > LONGEST:
        return []
    letters, compared = _letters(name), list(islice(names, MOST_COMPARED))
    same = [each for each in compared if letters and _letters(each) == letters]
    if same:  # `lost_reply` and `LostReply` mean `lost-reply`
        return same[:1]
    found = difflib.get_close_matches(name, compared, MOST_MEANT)
    return [each for each in found if _likeness(each, name) >= _likeness(found[0], name) - ABOUT]


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()
