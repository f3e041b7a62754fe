"""Failures that a project ignores: `--ignore CHECK` or `--ignore 'CHECK:METHOD path'`, with patterns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches

from contracts.model.known_failures import IGNORED, KnownError, KnownFailure


def ignored_failures(patterns: Sequence[str], checks: Collection[str]) -> tuple[KnownFailure, ...]:
    """The entries for patterns such as `unsupported_method` or `not-found:DELETE *`; `checks` are the names of all.

    Raises KnownError for a check that does not exist.
    """
    return tuple(_entries(patterns, checks))


def _entries(patterns: Sequence[str], checks: Collection[str]) -> Iterator[KnownFailure]:
    for pattern in patterns:
        check, _, operation = pattern.partition(":")
        if not check or (check not in checks and not set(check) & set("*?[")):
            near = get_close_matches(check, checks, 1, 0.5)
            raise KnownError(f"--ignore {pattern}: no check is called {check!r}{f'; is it {near[0]}?' if near else ''}")
        yield KnownFailure(f"--ignore {pattern}", IGNORED, check=check, operation=operation.strip())
