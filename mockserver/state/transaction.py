"""The changes of one request, which happen wholly or not at all."""

from __future__ import annotations

from typing import Any

from mockserver.state.change_log import ABSENT, Change, Commit, FactChange, ItemChange, items_in
from mockserver.state.collection import Collection
from mockserver.state.record import Record
from mockserver.state.store import ItemCounter, Store


class Transaction:
    """Applies changes to a store at once and keeps how to undo each. Do not use one across an `await`.

    Changes are visible to other requests before `commit`; this is safe because a request that changes something runs
    in one step of the event loop. `rules` are the names of the rules that ran, for the journal.
    """

    __slots__ = ("_made", "commits", "rules", "store")

    def __init__(self, store: Store) -> None:
        self.store = store
        self.commits: tuple[Commit, ...] = ()
        self.rules: tuple[str, ...] = ()
        self._made: list[Change] = []

    def add(self, collection: Collection, record: Record) -> None:
        """Store a new item."""
        collection.add(record)
        self._made.append(ItemChange(collection.key, None, record))

    def remove(self, collection: Collection, record: Record) -> None:
        """Delete an item."""
        collection.remove(record)
        self._made.append(ItemChange(collection.key, record, None))

    def swap(self, collection: Collection, old: Record, new: Record) -> None:
        """Replace an item by its next version."""
        collection.swap(old, new)
        self._made.append(ItemChange(collection.key, old, new))

    def remember(self, tenant: str, name: str, value: Any) -> None:
        """Store a fact about a tenant."""
        before = self.store.facts.get(tenant, {}).get(name, ABSENT)
        self._made.append(FactChange(tenant, name, before))
        self.store.put_fact(tenant, name, value)

    def _count(self, counter: ItemCounter) -> None:
        """Change the numbers that follow from the changed items."""
        for collection, before, after in list(counter.follow(self.store, items_in(self._made))):
            self.swap(collection, before, after)

    def rollback(self) -> None:
        """Undo every change, the last one first."""
        while self._made:
            self.store.undo(self._made.pop())

    def commit(self) -> None:
        """Keep the changes. They are added to `commits`, if the store keeps a log of them."""
        if self._made:
            if self.store.counter is not None:
                self._count(self.store.counter)
            if self.store.log is not None:
                self.commits += (self.store.log.append(self.store.label, self._made),)
            self._made = []
