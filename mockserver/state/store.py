"""All that one service remembers, and the transaction that makes a request happen wholly or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from mockserver.state.collection import Collection, Record


class ItemSource(Protocol):
    """Where items come from that nobody created."""

    def fill(self, resource: str, tenant: str, owner: str, collection: Collection) -> None:
        """Put the items into a new collection that it starts with."""
        ...

    def item(self, resource: str, tenant: str, owner: str, collection: Collection, id: Any) -> Record | None:
        """The item behind an id that was never seen, not yet remembered; None where there is none."""
        ...


class Store:
    """The collections of a service by resource, tenant and owner, and `facts`: what rules remember of a tenant.

    The owner of nested items is the path of ids above them (`7` for `/users/7/posts`), empty for the others.
    """

    def __init__(self, indexed: dict[str, tuple[str, ...]] | None = None) -> None:
        self._indexed = indexed or {}
        self.collections: dict[tuple[str, str, str], Collection] = {}
        self.facts: dict[str, dict[str, Any]] = {}
        self.sequence = 0
        self.source: ItemSource | None = None

    def collection(self, resource: str, tenant: str, owner: str = "") -> Collection:
        """The items of a resource that a tenant has below an owner; an empty one is made at first use."""
        key = (resource, tenant, owner)
        found = self.collections.get(key)
        if found is None:
            found = self.collections[key] = Collection(self._indexed.get(resource, ()))
            if self.source is not None:
                self.source.fill(resource, tenant, owner, found)
        return found

    def succeed(self, before: Store) -> None:
        """Go on from what rules remembered in another store, and with its numbers; items come by `take`."""
        self.facts, self.sequence = before.facts, before.sequence

    def take(self, key: tuple[str, str, str], held: Collection, records: Iterable[Record]) -> None:
        """Remember a collection of another store (resource, tenant, owner) with these items in place of its own."""
        self.collections[key] = held.renewed(self._indexed.get(key[0], ()), records)

    def count(self) -> int:
        """How many items are remembered."""
        return sum(map(len, self.collections.values()))

    def tenants(self) -> list[str]:
        """Every tenant of whom anything is remembered."""
        kept = {tenant for (_, tenant, _), collection in self.collections.items() if len(collection)}
        return sorted(kept | {tenant for tenant, facts in self.facts.items() if facts})

    def items(self, tenant: str) -> Iterator[tuple[str, str, Collection]]:
        """(resource, owner, collection) of one tenant."""
        return ((name, above, held) for (name, owner, above), held in self.collections.items() if owner == tenant)

    def below(self, resource: str, tenant: str, owner: str) -> Iterator[tuple[str, Collection]]:
        """(owner, collection) of a resource that stand under an owner, at any depth."""
        for (name, of, above), held in self.collections.items():
            if name == resource and of == tenant and (above == owner or above.startswith(owner + "/")):
                yield above, held

    def clear(self, tenant: str | None = None) -> None:
        """Forget everything, or everything of one tenant."""
        for key in [key for key in self.collections if tenant in (None, key[1])]:
            del self.collections[key]
        for owner in [owner for owner in self.facts if tenant in (None, owner)]:
            del self.facts[owner]


class Transaction:
    """The changes of one request, taken back as one when it fails. Not for use across an await."""

    __slots__ = ("_undo", "store")

    def __init__(self, store: Store) -> None:
        self.store = store
        self._undo: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []

    def add(self, collection: Collection, record: Record) -> None:
        """Remember a new item."""
        collection.add(record)
        self._undo.append((collection.withdraw, (record,)))

    def remove(self, collection: Collection, record: Record) -> None:
        """Forget an item."""
        collection.remove(record)
        self._undo.append((collection.add, (record,)))

    def swap(self, collection: Collection, old: Record, new: Record) -> None:
        """Replace an item by its next version."""
        collection.swap(old, new)
        self._undo.append((collection.swap, (new, old)))

    def remember(self, tenant: str, name: str, value: Any) -> None:
        """Keep a fact about a tenant."""
        facts = self.store.facts.setdefault(tenant, {})
        self._undo.append((facts.__setitem__, (name, facts[name])) if name in facts else (facts.pop, (name,)))
        facts[name] = value

    def rollback(self) -> None:
        """Take every change back, the last one first."""
        while self._undo:
            change, arguments = self._undo.pop()
            change(*arguments)

    def commit(self) -> None:
        """The changes stay."""
        self._undo.clear()
