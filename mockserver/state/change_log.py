"""Every change of the stores of one namespace, in order; each commit has a number, its revision."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from mockserver.state.collection import Collection, Key
from mockserver.state.record import Record

Undo = tuple[Callable[..., Any], tuple[Any, ...]]
"""A function that undoes one change, and its arguments."""


class ItemChange(NamedTuple):
    """One changed item: before is None for a new one, after for a deleted one. `key` says whose item it is."""

    key: Key
    before: Record | None
    after: Record | None


class Commit(NamedTuple):
    """What one request changed together. `store` is the label of the store."""

    revision: int
    store: str
    undo: Sequence[Undo]

    def changes(self) -> Iterator[ItemChange]:
        """The changed items, in order."""
        for function, arguments in self.undo:
            collection = getattr(function, "__self__", None)
            if isinstance(collection, Collection):
                yield _change(collection.key, function.__name__, arguments)


class ChangeLog:
    """The latest commits of a namespace, at most `most`. `revision` is the number of the last commit."""

    def __init__(self, most: int) -> None:
        self.revision = 0
        self.commits: deque[Commit] = deque(maxlen=most)

    def append(self, store: str, undo: Sequence[Undo]) -> Commit:
        """Number a commit and keep it; the oldest is dropped when there are too many."""
        self.revision += 1
        commit = Commit(self.revision, store, undo)
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


def _change(key: Key, undo: str, arguments: tuple[Any, ...]) -> ItemChange:
    """The change that a method of a collection undoes."""
    if undo == "swap":
        new, old = arguments
        return ItemChange(key, old, new)
    (record,) = arguments
    return ItemChange(key, None, record) if undo == "withdraw" else ItemChange(key, record, None)
