"""Which checks and operations `--only` and `--skip` select."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

from mockserver.errors import MockServerError


class SelectionError(MockServerError):
    """A pattern selects nothing; the text says so and lists similar names."""


def require_matches(option: str, patterns: Sequence[str], names: Iterable[str]) -> None:
    """Raise SelectionError for a pattern that matches none of the names."""
    known = list(dict.fromkeys(names))
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in known):
            near = get_close_matches(pattern, known, n=4, cutoff=0.5)
            near += [name for name in known if pattern.strip("*").lower() in name.lower() and name not in near][:4]
            hint = f"; similar: {', '.join(near)}" if near else "; all checks are in docs/contract-checks/checks.md"
            raise SelectionError(f"{option} {pattern!r} matches no check and no operation{hint}")


def is_chosen(names: Iterable[str], only: Sequence[str], skip: Sequence[str]) -> bool:
    """Is something with these `names` selected?

    It is if a name matches a pattern in `only`, or `only` is empty, and no name matches a pattern in `skip`.
    """
    names = tuple(names)

    def matches(patterns: Sequence[str]) -> bool:
        return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)

    return (not only or matches(only)) and not matches(skip)
