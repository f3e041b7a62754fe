"""The changes that a request has made in the stores of a namespace: how each is written, and how it is undone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from mockserver.state.change_log import ABSENT
from mockserver.state.collection import Collection, Key
from mockserver.state.record import Record
from mockserver.state.request_counts import Window
from mockserver.state.shared.draft import Draft
from mockserver.state.store import Store


class StoreChange(Protocol):
    """One change. `written` is what an entry of the log says, empty for what others need not know."""

    def undo(self) -> None: ...

    def written(self) -> list[Any]: ...


class Changes:
    """The changes since they were last `taken`, in their order. Nothing is noted while they are `paused`.

    While there is a `draft`, a request makes none: what it would add is noted there.
    """

    __slots__ = ("draft", "noted", "paused")

    def __init__(self) -> None:
        self.noted: list[tuple[str, StoreChange]] = []
        self.paused = True
        self.draft: Draft | None = None

    def note(self, service: str, change: StoreChange) -> None:
        """Keep a change of the store of a service."""
        if not self.paused:
            self.noted.append((service, change))

    def last(self) -> StoreChange | None:
        """The latest change."""
        return self.noted[-1][1] if self.noted else None

    def undo(self) -> None:
        """Undo all changes, the last one first."""
        was_paused, self.paused = self.paused, True
        undo(self.taken())
        self.paused = was_paused

    def taken(self) -> list[tuple[str, StoreChange]]:
        """All changes, which are then no longer kept here."""
        taken, self.noted = self.noted, []
        return taken


def undo(changes: list[tuple[str, StoreChange]]) -> None:
    """Undo changes, the last one first."""
    for _, change in reversed(changes):
        change.undo()


def written(changes: list[tuple[str, StoreChange]]) -> Iterator[tuple[str, list[Any]]]:
    """What an entry says about changes."""
    return ((service, said) for service, change in changes if (said := change.written()))


class ItemAdded:
    """An item is new. `tombstone` is what its id had when it was deleted before, `highest` that of the collection."""

    __slots__ = ("collection", "highest", "record", "tombstone")

    def __init__(self, collection: Collection, record: Record) -> None:
        self.collection, self.record = collection, record
        self.tombstone, self.highest = collection.tombstones.get(record.id), collection.highest

    def undo(self) -> None:
        Collection.withdraw(self.collection, self.record)
        self.collection.highest = self.highest
        self.keep_tombstone()

    def keep_tombstone(self) -> None:
        """Let the id be deleted again, if it was."""
        if self.tombstone is not None:
            self.collection.tombstones[self.record.id] = self.tombstone

    def written(self) -> list[Any]:
        record = self.record
        said = ["add", *self.collection.key, record.id, record.sequence, record.fields]
        return [*said, record.hidden] if record.hidden else said


class ItemRemoved:
    """An item is gone, with a tombstone or, if it is `withdrawn`, without."""

    __slots__ = ("collection", "is_withdrawn", "record")

    def __init__(self, collection: Collection, record: Record, *, is_withdrawn: bool) -> None:
        self.collection, self.record, self.is_withdrawn = collection, record, is_withdrawn

    def undo(self) -> None:
        Collection.add(self.collection, self.record)

    def written(self) -> list[Any]:
        return ["withdraw" if self.is_withdrawn else "remove", *self.collection.key, self.record.id]


class ItemSwapped:
    """An item has another version."""

    __slots__ = ("collection", "new", "old")

    def __init__(self, collection: Collection, old: Record, new: Record) -> None:
        self.collection, self.old, self.new = collection, old, new

    def undo(self) -> None:
        Collection.swap(self.collection, self.new, self.old)

    def written(self) -> list[Any]:
        said = ["swap", *self.collection.key, self.new.id, self.new.fields]
        return [*said, self.new.hidden] if self.new.hidden else said


class FactChanged:
    """A fact about a tenant is another one; ABSENT before or now if there is none."""

    __slots__ = ("before", "name", "now", "store", "tenant")

    def __init__(self, store: Store, tenant: str, name: str, now: Any) -> None:
        self.store, self.tenant, self.name, self.now = store, tenant, name, now
        self.before = store.facts.get(tenant, {}).get(name, ABSENT)

    def undo(self) -> None:
        if self.before is ABSENT:
            Store.drop_fact(self.store, self.tenant, self.name)
        else:
            Store.put_fact(self.store, self.tenant, self.name, self.before)

    def written(self) -> list[Any]:
        said = ["fact", self.tenant, self.name]
        return said if self.now is ABSENT else [*said, self.now]


class RequestCounted:
    """A rate limit has counted a request, at a time in seconds since the Unix epoch."""

    __slots__ = ("key", "moment", "window")

    def __init__(self, window: Window, key: tuple[object, ...], moment: float) -> None:
        self.window, self.key, self.moment = window, key, moment

    def undo(self) -> None:
        if self.window and self.window[-1] == self.moment:
            self.window.pop()

    def written(self) -> list[Any]:
        return ["count", [*map(str, self.key)], self.moment]


class NumberDrawn:
    """A response with new values was asked for."""

    __slots__ = ("store",)

    def __init__(self, store: Store) -> None:
        self.store = store

    def undo(self) -> None:
        self.store.drawn -= 1

    def written(self) -> list[Any]:
        return ["draw"]


class ReferencesMade:
    """The references of a collection name items from now on, or, if it `is_new`, they will when it is read."""

    __slots__ = ("is_new", "key", "unjoined")

    def __init__(self, unjoined: set[Key], key: Key, *, is_new: bool) -> None:
        self.unjoined, self.key, self.is_new = unjoined, key, is_new

    def undo(self) -> None:
        (self.unjoined.discard if self.is_new else self.unjoined.add)(self.key)

    def written(self) -> list[Any]:
        return ["unjoined" if self.is_new else "joined", *self.key]


class CollectionKept:
    """A collection has its first item. Others keep it when they read of that item."""

    __slots__ = ("held", "key")

    def __init__(self, held: dict[Key, Collection], key: Key) -> None:
        self.held, self.key = held, key

    def undo(self) -> None:
        self.held.pop(self.key, None)

    def written(self) -> list[Any]:
        return []
