"""Every change of the stores of one namespace, in order; each commit has a number, its revision."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from mockserver.state.collection import Key
from mockserver.state.record import Record

ABSENT: Any = object()
"""A fact that there is not."""

# There are many changes, and the garbage collector need not look at them: nothing of one leads back to a log. That is
# why a change has the key of its collection, and neither the collection nor the store.


class ItemChange(Struct, frozen=True, gc=False):
    """One changed item: before is None for a new one, after for a deleted one. `key` says whose item it is."""

    key: Key
    before: Record | None
    after: Record | None


class FactChange(Struct, frozen=True, gc=False):
    """One changed fact about a tenant: its value before, or ABSENT."""

    tenant: str
    name: str
    before: Any


Change = ItemChange | FactChange
"""One step of what a request changed."""


class Commit(Struct, frozen=True, gc=False):
    """What one request changed together, in order. `store` is the label of the store."""

    revision: int
    store: str
    changes: tuple[Change, ...]

    @property
    def items(self) -> Iterator[ItemChange]:
        """The changed items, in order."""
        return items_in(self.changes)


def items_in(changes: Iterable[Change]) -> Iterator[ItemChange]:
    """Those changes that are of items."""
    return (each for each in changes if isinstance(each, ItemChange))


class ChangeLog:
    """The latest commits of a namespace, at most `most`. `revision` is the number of the last commit."""

    def __init__(self, most: int) -> None:
        self.revision = 0
        self.commits: deque[Commit] = deque(maxlen=most)

    def append(self, store: str, changes: Sequence[Change]) -> Commit:
        """Number a commit and keep it; the oldest is dropped when there are too many."""
        self.revision += 1
        commit = Commit(self.revision, store, tuple(changes))
        self.commits.append(commit)
        return commit

    def cut(self) -> None:
        """Number a change that is no commit, such as a reset: what was before it can no longer be read."""
        self.revision += 1
        self.commits.clear()

    def take_back(self) -> None:
        """Forget the last commit, which was undone."""
        self.revision -= 1
        if self.commits:
            self.commits.pop()

    def go_to(self, revision: int) -> None:
        """Have another number, for a state that was loaded; what was before it can no longer be read."""
        self.revision = revision
        self.commits.clear()

    def reaches(self, revision: int) -> bool:
        """Are all commits after that revision still kept?"""
        return revision <= self.revision and revision >= self.revision - len(self.commits)
