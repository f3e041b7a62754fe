"""What `--only` and `--skip` choose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase


def is_chosen(names: Iterable[str], only: Sequence[str], skip: Sequence[str]) -> bool:
    """Is what goes by any of `names` wanted? It fits a pattern of `only`, if there are any, and none of `skip`."""
    names = tuple(names)

    def fits(patterns: Sequence[str]) -> bool:
        return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)

    return (not only or fits(only)) and not fits(skip)
