"""The changes of a request that waits between them: other requests see none of them before it ends."""

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
"""A function of this module that makes a change in a transaction, and its other arguments."""


class DeferredTransaction(Transaction):
    """A transaction that may be used across an `await`.

    Its changes are in the store only inside `with transaction.shown():`, a block that must not wait. `apply` makes them
    in another transaction, which keeps them.
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
        """Make the changes so far visible, and hide them again at the end. Changes of a block that fails are dropped.

        Raises Conflict where another request took the id of an item that this one created.
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
        """Make the changes in another transaction. Raises Conflict as `shown` does."""
        for change, arguments in self._changes.copy():
            change(transaction, *arguments)


def _add(transaction: Transaction, collection: Collection, record: Record) -> None:
    if record.id in collection.by_id:
        raise Conflict(f"an item with the id {record.id!r} already exists")
    transaction.add(collection, record)


def _remove(transaction: Transaction, collection: Collection, record: Record) -> None:
    """An item that another request deleted meanwhile stays deleted."""
    current = collection.by_id.get(record.id)
    if current is not None:
        transaction.remove(collection, current)


def _swap(transaction: Transaction, collection: Collection, record: Record) -> None:
    """The last change counts; an item that another request deleted meanwhile stays deleted."""
    current = collection.by_id.get(record.id)
    if current is not None:
        transaction.swap(collection, current, record)
