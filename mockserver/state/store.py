"""Everything that one service stores."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from copy import deepcopy
from functools import partial
from typing import Any, Protocol
from weakref import WeakValueDictionary

from mockserver.state.change_log import ABSENT, Change, ChangeLog, Commit, FactChange, ItemChange
from mockserver.state.collection import Collection, Key
from mockserver.state.record import Record
from mockserver.state.request_counts import RequestCounts
from mockserver.state.world import World

LATEST = 8
"""How many collections without an item so far are kept, to not make them for each request that reads one."""


class ItemSource(Protocol):
    """Supplies generated items, which no client created. If it `is_whole`, other items do not exist."""

    @property
    def is_whole(self) -> bool: ...

    def fill(self, resource: str, tenant: str, owner: str, collection: Collection) -> None:
        """Add to a new collection the items that it starts with."""
        ...

    def item(self, resource: str, tenant: str, owner: str, collection: Collection, id: Any) -> Record | None:
        """Generate the item for an id that was not seen before, without storing it; None where there is none."""
        ...

    def is_valid(self, resource: str, record: Record) -> bool:
        """Is an item valid in every reply that shows it?"""
        ...

    def begin(self, resource: str, tenant: str) -> None:
        """Make the items of a resource below the first owner, so that there are some."""
        ...

    def written(
        self,
        resource: str,
        tenant: str,
        owner: str,
        record: Record,
        sent: frozenset[str],
        kept: frozenset[str] = frozenset(),
    ) -> dict[str, Any]:
        """The fields of an item that a client wrote, showing the items whose ids it sent; an update `kept` others."""
        ...

    def join(self, resource: str, tenant: str, owner: str, collection: Collection) -> None:
        """Make the references of the generated items of a collection name items that exist."""
        ...

    def on(self, store: Store) -> ItemSource:
        """The same source for another store of the same service."""
        ...


class ItemCounter(Protocol):
    """Knows the numbers of items that follow from other items."""

    def follow(self, store: Store, changes: Iterable[ItemChange]) -> Iterator[tuple[Collection, Record, Record]]:
        """The items whose numbers change with other items: each with its collection, as it was and as it is then."""
        ...


class Store:
    """The collections of a service by resource, tenant and owner, and `facts`: what rules store about a tenant.

    With them are kept what else a service remembers: the `world` that gives times and ids, and the `counts` of rate
    limits; `counter` knows the numbers that follow from items. `label` tells the store from those of other services and
    namespaces. With a `log`, commits are kept there. `has_unchecked` says that items were stored by
    hand although they are invalid.

    A collection is kept from its first item on. Before that it lives as long as a request uses it or it is one of the
    LATEST, so that a client that reads with ever new credentials or owners costs no memory.

    The owner of nested items is the path of ids above them (`7` for `/users/7/posts`); it is empty for the others.
    """

    def __init__(
        self, indexed: Mapping[str, tuple[str, ...]] | None = None, world: World | None = None, label: str = ""
    ) -> None:
        self._indexed = indexed or {}
        self.world, self.label, self.counts = world or World(), label, RequestCounts()
        self.log: ChangeLog | None = None
        self._held: dict[Key, Collection] = {}
        self._base: Mapping[Key, Collection] = {}
        self._unused: WeakValueDictionary[Key, Collection] = WeakValueDictionary()
        self._latest: deque[Collection] = deque(maxlen=LATEST)
        self.facts: dict[str, dict[str, Any]] = {}
        self.sequence = self.drawn = 0
        self.has_unchecked = False
        self.source: ItemSource | None = None
        self.counter: ItemCounter | None = None
        self._unjoined: set[Key] = set()

    @property
    def collections(self) -> dict[Key, Collection]:
        """All collections that have or had items."""
        for key, held in self._base.items():
            if key not in self._held:
                self._held[key] = self._copied(held)
        self._base = {}
        return self._held

    def collection(self, resource: str, tenant: str, owner: str = "") -> Collection:
        """The items of a resource that a tenant has below an owner; made, and filled by `source`, at first use."""
        key = (resource, tenant, owner)
        found = self._held.get(key)
        if found is None or self._unjoined:
            found = self.unjoined(resource, tenant, owner)
            if key in self._unjoined and self.source is not None:
                self._unjoined.remove(key)
                self.source.join(resource, tenant, owner, found)
        return found

    def unjoined(self, resource: str, tenant: str, owner: str) -> Collection:
        """The same for references, which need no more than the ids: the references of its own items may wait.

        So the first request for orders makes orders and customers, and not everything that customers refer to.
        """
        key = (resource, tenant, owner)
        found = self._held.get(key)
        if found is None and key in self._base:
            found = self._held[key] = self._copied(self._base[key])
        if found is None:
            found = self._unused.get(key)
        return found if found is not None else self._new(key)

    def _new(self, key: Key) -> Collection:
        # It is known before it is filled: making its items may look into this collection again.
        new = self._empty(key)
        if self.source is not None:
            self.source.fill(*key, new)
            if len(new):
                self._unjoined.add(key)
        return new

    def _empty(self, key: Key) -> Collection:
        """A collection without items; it is kept from its first item on."""
        new = self._unused[key] = self.made(key)
        self._latest.append(new)
        new.on_first_item = partial(self._keep, key)
        return new

    def made(self, key: Key) -> Collection:
        """A new collection, of the class that this store has, which is not kept yet."""
        return Collection(self.indexed(key[0]), key=key)

    def _copied(self, held: Collection) -> Collection:
        """A copy of a collection of another store, of the class that this store has."""
        return held.fork()

    def _keep(self, key: Key) -> None:
        self._held[key] = self._unused.pop(key)

    def continue_from(self, before: Store) -> None:
        """Take over the facts and the numbers of another store, after a reload; `take_over` brings its items."""
        self.facts, self.sequence, self.drawn = before.facts, before.sequence, before.drawn
        self.has_unchecked = before.has_unchecked

    def take_over(self, key: Key, held: Collection, records: Iterable[Record]) -> None:
        """Take over a collection of another store (resource, tenant, owner), with `records` in place of its items."""
        self._held[key] = held.renewed(self.made(key), records)

    def put(self, held: Collection, *, is_joined: bool = True) -> None:
        """Keep a collection under its key; the references of one that is not joined are made when it is first read."""
        self._held[held.key] = held
        if not is_joined:
            self._unjoined.add(held.key)

    def indexed(self, resource: str) -> tuple[str, ...]:
        """The fields by which the collections of a resource can be filtered without a walk."""
        return self._indexed.get(resource, ())

    @property
    def unjoined_keys(self) -> AbstractSet[Key]:
        """The collections whose references name no items yet."""
        return self._unjoined

    def is_settled(self, key: Key) -> bool:
        """Is a collection kept, and do the references of its items name items?"""
        return (key in self._held or key in self._base) and key not in self._unjoined

    def count(self) -> int:
        """How many items are stored."""
        return sum(map(len, self.collections.values()))

    def tenants(self) -> list[str]:
        """The tenants that have items or facts, in alphabetical order."""
        kept = {tenant for (_, tenant, _), collection in self.collections.items() if len(collection)}
        return sorted(kept | {tenant for tenant, facts in self.facts.items() if facts})

    def items(self, tenant: str) -> Iterator[tuple[str, str, Collection]]:
        """(resource, owner, collection) of one tenant."""
        return ((name, above, held) for (name, owner, above), held in self.collections.items() if owner == tenant)

    def below(self, resource: str, tenant: str, owner: str) -> Iterator[tuple[str, Collection]]:
        """(owner, collection) of a resource for every collection under an owner, at any depth."""
        for (name, of, above), held in self.collections.items():
            # The slash keeps the items of user 71 out of those of user 7.
            if name == resource and of == tenant and (above == owner or above.startswith(owner + "/")):
                yield above, held

    def put_fact(self, tenant: str, name: str, value: Any) -> None:
        """Store a fact about a tenant."""
        self.facts.setdefault(tenant, {})[name] = value

    def drop_fact(self, tenant: str, name: str) -> None:
        """Forget a fact about a tenant."""
        self.facts[tenant].pop(name)

    def revert(self, commit: Commit) -> None:
        """Undo a commit of the store that this one is a copy of."""
        for change in reversed(commit.changes):
            self.undo(change)

    def undo(self, change: Change) -> None:
        """Undo a change of this store, or of the one that it is a copy of."""
        if isinstance(change, FactChange):
            if change.before is ABSENT:
                self.drop_fact(change.tenant, change.name)
            else:
                self.put_fact(change.tenant, change.name, change.before)
            return
        collection, before, after = self.unjoined(*change.key), change.before, change.after
        if before is not None and after is not None:
            collection.swap(after, before)
        elif before is not None:
            collection.add(before)
        elif after is not None:
            collection.withdraw(after)

    def draw(self) -> int:
        """The number of the next response with new values, for clients that ask for one."""
        self.drawn += 1
        return self.drawn

    def snapshot(self) -> Store:
        """A copy of everything as it is now. Collections are shared until one of the two is changed.

        Nothing may be changed in the copy: `restore` and `fork` take what it has without copying it.
        """
        copy = Store(self._indexed, self.world.fork(), self.label)
        copy._held = {key: held.fork() for key, held in self.collections.items()}
        copy._unjoined, copy.facts = self._unjoined.copy(), deepcopy(self.facts)
        copy.sequence, copy.drawn, copy.counts = self.sequence, self.drawn, self.counts.copy()
        copy.has_unchecked = self.has_unchecked
        return copy

    def begin_with(self, start: Store) -> None:
        """Begin as a snapshot, while this store is empty: in constant time, however many items there are."""
        self._base, self._unjoined, self.facts = start.collections, start._unjoined.copy(), deepcopy(start.facts)
        self.sequence, self.drawn = start.sequence, start.drawn
        self.take_counts(start.counts)
        self.has_unchecked = start.has_unchecked

    def restore(self, before: Store, tenant: str | None = None) -> None:
        """Go back to a snapshot, or only with what belongs to one tenant."""
        self.clear(tenant)
        if tenant is None:
            self._base, self.has_unchecked = before.collections, before.has_unchecked
        else:
            self._held |= {key: self._copied(held) for key, held in before.collections.items() if key[1] == tenant}
        self._unjoined |= {key for key in before._unjoined if tenant in (None, key[1])}  # of the same class
        self.facts |= {owner: deepcopy(facts) for owner, facts in before.facts.items() if tenant in (None, owner)}
        self.sequence = max(self.sequence, before.sequence)

    def take(self, before: Store) -> None:
        """Become what a snapshot is, also in its counts and its sequence, so that the same requests do the same."""
        self.restore(before)
        self.sequence, self.drawn = before.sequence, before.drawn
        self.take_counts(before.counts)

    def take_counts(self, counts: RequestCounts) -> None:
        """Count on from a copy of other counts."""
        self.counts = counts.copy()

    def clear(self, tenant: str | None = None) -> None:
        """Forget everything and reset all counts, or forget everything of one tenant."""
        if tenant is None:
            self._base = {}
            self._held.clear()
            self._unjoined.clear()
            self.facts.clear()
            self.counts.clear()
            return
        for key in [key for key in self.collections if key[1] == tenant]:
            del self._held[key]
            self._unjoined.discard(key)
        self.facts.pop(tenant, None)
