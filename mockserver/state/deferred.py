"""The changes of a request that may wait between them: other requests see none of them before it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from mockserver.errors import Conflict
from mockserver.state.collection import Collection
from mockserver.state.record import Record
from mockserver.state.store import Store
from mockserver.state.transaction import Transaction

Change = tuple[Callable[..., None], tuple[Any, ...]]
"""A function that makes a change in a transaction, and its other arguments."""


class DeferredTransaction(Transaction):
    """A transaction that can be used across an `await`.

    Its changes are in the store only inside of `with transaction.shown():`, a block that must not wait. `apply` repeats
    them in another transaction.
    """

    __slots__ = ("_changes",)

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._changes: list[Change] = []

    def add(self, collection: Collection, record: Record) -> None:
        super().add(collection, record)
        self._changes.append((_add, (collection, record)))

    def remove(self, collection: Collection, record: Record) -> None:
        super().remove(collection, record)
        self._changes.append((_remove, (collection, record)))

    def swap(self, collection: Collection, old: Record, new: Record) -> None:
        super().swap(collection, old, new)
        self._changes.append((_swap, (collection, new)))

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Apply the changes so far, and undo them after the block. A block that fails adds no changes.

        Raises Conflict if another request took the id of an item that this one created.
        """
        earlier = self._changes.copy()
        try:
            self.apply(self)
            self._changes = earlier.copy()
            yield
        except BaseException:
            self._changes = earlier
            raise
        finally:
            self.rollback()

    def apply(self, transaction: Transaction) -> None:
        """Repeat the changes in another transaction. Raises Conflict as `shown` does."""
        for change, arguments in self._changes.copy():
            change(transaction, *arguments)


def _add(transaction: Transaction, collection: Collection, record: Record) -> None:
    if record.id in collection.by_id:
        raise Conflict(f"an item with the id {record.id!r} already exists")
    transaction.add(collection, record)


def _remove(transaction: Transaction, collection: Collection, record: Record) -> None:
    """Remove the item, unless another request has done so."""
    current = collection.by_id.get(record.id)
    if current is not None:
        transaction.remove(collection, current)


def _swap(transaction: Transaction, collection: Collection, record: Record) -> None:
    """Replace the item as it is now, unless another request has deleted it."""
    current = collection.by_id.get(record.id)
    if current is not None:
        transaction.swap(collection, current, record)
