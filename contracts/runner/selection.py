"""Which checks and operations `--only` and `--skip` select."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase


def is_chosen(names: Iterable[str], only: Sequence[str], skip: Sequence[str]) -> bool:
    """Is something with these `names` selected?

    It is if a name matches a pattern in `only`, or `only` is empty, and no name matches a pattern in `skip`.
    """
    names = tuple(names)

    def matches(patterns: Sequence[str]) -> bool:
        return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)

    return (not only or matches(only)) and not matches(skip)
