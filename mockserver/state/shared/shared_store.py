"""A store that notes every change of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from mockserver.state.change_log import ABSENT, ChangeLog
from mockserver.state.collection import Collection, Key
from mockserver.state.record import Record
from mockserver.state.request_counts import RequestCounts, Window
from mockserver.state.shared.changes import (
    Changes,
    CollectionKept,
    FactChanged,
    ItemAdded,
    ItemRemoved,
    ItemSwapped,
    NumberDrawn,
    ReferencesMade,
    RequestCounted,
)
from mockserver.state.shared.draft import FACTS, Draft, DraftedCollection, NeedsLock, with_lock
from mockserver.state.store import Store
from mockserver.state.world import World


class SharedStore(Store):
    """A store that notes its changes in `changes`, which all stores of a namespace have together.

    The classes of the default store know nothing of this, so that it costs nothing there.
    """

    def __init__(
        self, indexed: Mapping[str, tuple[str, ...]] | None = None, world: World | None = None, label: str = ""
    ) -> None:
        self.changes = Changes()
        super().__init__(indexed, world, label)
        self.service = label.partition("@")[0]
        self.counts = _RecordedCounts(self)

    def note(self, change: Any) -> None:
        """Note a change."""
        self.changes.note(self.service, change)

    @property  # type: ignore[override]  # as an attribute, but a draft has a log of its own
    def log(self) -> ChangeLog | Draft | None:
        """Where commits are kept."""
        draft = self.changes.draft
        return self._log if draft is None or self._log is None else draft

    @log.setter
    def log(self, log: ChangeLog | None) -> None:
        self._log = log

    @property
    def facts(self) -> dict[str, dict[str, Any]]:
        """What rules store about a tenant. It is noted that a draft has read it."""
        if self.changes.draft is not None:
            self.changes.draft.reads.add(FACTS)
        return self._facts

    @facts.setter
    def facts(self, facts: dict[str, dict[str, Any]]) -> None:
        self._facts = facts

    @property
    def collections(self) -> dict[Key, Collection]:
        if self.changes.draft is not None:
            raise NeedsLock
        return super().collections

    def _drafted(self, key: Key, draft: Draft) -> Any:
        """A collection as a draft sees it."""
        held = self._held.get(key)
        if held is None or self._unjoined:
            raise NeedsLock
        return DraftedCollection(self, held, draft)

    def made(self, key: Key) -> Collection:
        return RecordedCollection(self, self.indexed(key[0]), key)

    def _copied(self, held: Collection) -> Collection:
        return held.fork(RecordedCollection(self))

    def followed(self, key: Key) -> Collection:
        """A collection for changes that others made: its items come from them, so the source adds none."""
        found = self._held.get(key)
        if found is None and key in self._base:
            found = self._held[key] = self._copied(self._base[key])
        if found is None:
            found = self._unused.get(key)
        return found if found is not None else self._empty(key)

    def set_joined(self, key: Key, *, is_joined: bool) -> None:
        """Take note that others made the references of a collection, or that they are still to be made."""
        (self._unjoined.discard if is_joined else self._unjoined.add)(key)

    def collection(self, resource: str, tenant: str, owner: str = "") -> Collection:
        key = (resource, tenant, owner)
        if self.changes.draft is not None:
            drafted: Collection = self._drafted(key, self.changes.draft)
            return drafted
        if not self._unjoined:
            held = self._held.get(key)
            return held if held is not None else super().collection(resource, tenant, owner)
        was_unjoined = key in self._unjoined
        found = super().collection(resource, tenant, owner)
        if was_unjoined and key not in self._unjoined:
            self.note(ReferencesMade(self._unjoined, key, is_new=False))
        return found

    def unjoined(self, resource: str, tenant: str, owner: str) -> Collection:
        if self.changes.draft is not None:
            return self.collection(resource, tenant, owner)
        return super().unjoined(resource, tenant, owner)

    def _new(self, key: Key) -> Collection:
        found = super()._new(key)
        if key in self._unjoined:
            self.note(ReferencesMade(self._unjoined, key, is_new=True))
        return found

    def _keep(self, key: Key) -> None:
        super()._keep(key)
        self.note(CollectionKept(self._held, key))

    @with_lock
    def put_fact(self, tenant: str, name: str, value: Any) -> None:
        self.note(FactChanged(self, tenant, name, value))
        Store.put_fact(self, tenant, name, value)

    @with_lock
    def drop_fact(self, tenant: str, name: str) -> None:
        self.note(FactChanged(self, tenant, name, ABSENT))
        Store.drop_fact(self, tenant, name)

    @with_lock
    def draw(self) -> int:
        self.note(NumberDrawn(self))
        return Store.draw(self)

    is_settled = with_lock(Store.is_settled)

    def take_counts(self, counts: RequestCounts) -> None:
        self.counts = _RecordedCounts(self)
        for key, window in counts:
            self.counts.window(key).extend(window)


class RecordedCollection(Collection):
    """A collection that tells its store about each change; one that undoes the change before it takes that back."""

    def __init__(self, store: SharedStore, indexed: tuple[str, ...] = (), key: Key = ("", "", "")) -> None:
        super().__init__(indexed, key=key)
        self._store = store

    def add(self, record: Record) -> None:
        changes = self._store.changes
        last = changes.last()
        if type(last) is ItemRemoved and last.record is record and last.collection is self:
            Collection.add(self, record)
            changes.noted.pop()
            return
        before = ItemAdded(self, record)
        Collection.add(self, record)
        self._store.note(before)

    def remove(self, record: Record) -> None:
        Collection.remove(self, record)
        self._store.note(ItemRemoved(self, record, is_withdrawn=False))

    def withdraw(self, record: Record) -> None:
        Collection.withdraw(self, record)
        changes = self._store.changes
        last = changes.last()
        if type(last) is ItemAdded and last.record is record and last.collection is self:
            last.keep_tombstone()
            changes.noted.pop()
        else:
            self._store.note(ItemRemoved(self, record, is_withdrawn=True))

    def swap(self, old: Record, new: Record) -> None:
        Collection.swap(self, old, new)
        changes = self._store.changes
        last = changes.last()
        if type(last) is ItemSwapped and last.new is old and last.old is new and last.collection is self:
            changes.noted.pop()
        else:
            self._store.note(ItemSwapped(self, old, new))


class _RecordedCounts(RequestCounts):
    """Counts that tell their store about each counted request."""

    def __init__(self, store: SharedStore) -> None:
        super().__init__()
        self._store = store

    def _made(self, key: tuple[object, ...]) -> Window:
        return _RecordedWindow(self._store, key)


class _RecordedWindow(deque[float]):
    """The times of the requests of one key. Only `append` counts a request; what is added otherwise is known."""

    def __init__(self, store: SharedStore, key: tuple[object, ...]) -> None:
        super().__init__()
        self._store, self._key = store, key

    def append(self, moment: float, /) -> None:
        super().append(moment)
        self._store.note(RequestCounted(self, self._key, moment))
