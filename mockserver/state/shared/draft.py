"""What a request would add to the stores of a namespace, and what it read to decide so, before the log is locked.

A request that only adds items can be handled while another process has the lock, if what it read is still so when its
turn comes. All that it might do besides is refused here (NeedsLock): then it is handled again, with the lock.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, Final

from mockserver.state.change_log import Change, Commit
from mockserver.state.collection import Collection, Key
from mockserver.state.record import Record

if TYPE_CHECKING:
    from mockserver.state.store import Store

FACTS: Final = "facts"
"""What was read, or changed, in place of the key of a collection: facts about tenants."""

READING = frozenset({"age_of", "by_id", "get", "is_indexed", "view", "was_deleted"})
"""What a request may use of a collection before it has the lock; it has read the whole collection then."""


class NeedsLock(BaseException):
    """No error, and not to be taken for one: a request does more than to add items, or reads what it has added."""


class Draft:
    """What one request adds, and the keys of what it read after a `revision` of the log."""

    def __init__(self, revision: int) -> None:
        self.revision = revision
        self.reads: set[Hashable] = set()
        self.added: list[tuple[Store, Collection, Record]] = []
        self.commits: list[tuple[str, tuple[Change, ...]]] = []

    def append(self, store: str, changes: Sequence[Change]) -> Commit:
        """Take the place of the ChangeLog: the commit gets its number when the draft is kept."""
        self.commits.append((store, tuple(changes)))
        return Commit(0, store, ())

    def read(self, key: Key) -> None:
        """A collection was read. Raises NeedsLock if the request has added to it."""
        if any(collection.key == key for _, collection, _ in self.added):
            raise NeedsLock
        self.reads.add(key)

    def withdraw(self, record: Record) -> None:
        """Take back an item that was added. Raises NeedsLock for any other one."""
        if not self.added or self.added[-1][2] is not record:
            raise NeedsLock
        self.added.pop()


class DraftedCollection:
    """A collection as a request sees it that is a draft: it can be read, and items can be added to the draft."""

    __slots__ = ("_collection", "_draft", "_store", "key")

    def __init__(self, store: Store, collection: Collection, draft: Draft) -> None:
        self._store, self._collection, self._draft, self.key = store, collection, draft, collection.key

    def add(self, record: Record) -> None:
        """Add an item to the draft."""
        self._draft.added.append((self._store, self._collection, record))

    def withdraw(self, record: Record) -> None:
        """Take back an item of the draft."""
        self._draft.withdraw(record)

    def __len__(self) -> int:
        self._draft.read(self.key)
        return len(self._collection)

    def __iter__(self) -> Any:
        self._draft.read(self.key)
        return iter(self._collection)

    def __getattr__(self, name: str) -> Any:
        if name not in READING:
            raise NeedsLock
        self._draft.read(self.key)
        return getattr(self._collection, name)


def with_lock(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method of a SharedStore, for requests that have the lock. Raises NeedsLock for a draft."""

    def checked(store: Any, *arguments: Any, **options: Any) -> Any:
        if store.changes.draft is not None:
            raise NeedsLock
        return method(store, *arguments, **options)

    return checked
