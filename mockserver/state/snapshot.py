"""A store as plain JSON values, and back: items with their order, deleted ids, facts, counters and hidden fields.

Both ways take time in proportion to the number of items.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from msgspec import Struct, field

from mockserver.state.collection import Collection, Key
from mockserver.state.record import UNCHECKED, Record
from mockserver.state.store import Store

Id = str | int | float | bool | None


class StoredItem(Struct, frozen=True, omit_defaults=True):
    """One item. `sequence` is its age: lower numbers are older."""

    id: Id
    sequence: int
    fields: dict[str, Any]
    hidden: dict[str, Any] = field(default_factory=dict)


class StoredTombstone(Struct, frozen=True, array_like=True):
    """A deleted id, how old its item was, and whether that was a generated one."""

    id: Id
    sequence: int
    generated: bool


class StoredCollection(Struct, frozen=True, omit_defaults=True):
    """The items of one resource, tenant and owner, the oldest first, and the deleted ids, the latest last.

    `highest` is the highest number used as an id. The references of an `unjoined` one name no items yet.
    """

    resource: str
    tenant: str
    owner: str
    highest: int
    items: list[StoredItem]
    deleted: list[StoredTombstone] = field(default_factory=list)
    unjoined: bool = False


class StoredCount(Struct, frozen=True):
    """When the requests were sent that a rate limit counts together, in seconds since the Unix epoch."""

    key: list[str]
    times: list[float]


class StoredState(Struct, frozen=True):
    """All that one service stores. `drawn` is how many responses with new values were asked for."""

    sequence: int
    drawn: int
    collections: list[StoredCollection]
    facts: dict[str, dict[str, Any]]
    counts: list[StoredCount]


def stored(store: Store) -> StoredState:
    """What a store has. The fields of its items are not copied: write them before anything is changed."""
    collections = [_stored_collection(held, key in store.unjoined_keys) for key, held in store.collections.items()]
    counts = [StoredCount([*map(str, key)], [*times]) for key, times in store.counts]
    return StoredState(store.sequence, store.drawn, collections, store.facts, counts)


def restore(state: StoredState, store: Store) -> None:
    """Fill an empty store. Raises ValueError, which says where, for an id or a sequence number that occurs twice."""
    for number, each in enumerate(state.collections):
        try:
            store.put(_collection(each, store), is_joined=not each.unjoined)
        except ValueError as fault:
            raise ValueError(f"/collections/{number}: {fault}") from None
    ages = (item.sequence for each in state.collections for item in each.items)
    store.sequence = max(state.sequence, max(ages, default=0))
    items = (item for each in state.collections for item in each.items)
    store.has_unchecked = any(UNCHECKED in item.hidden for item in items)
    store.drawn, store.facts = state.drawn, state.facts
    for count in state.counts:
        store.counts.window(tuple(count.key)).extend(count.times)


def _stored_collection(held: Collection, unjoined: bool) -> StoredCollection:
    items = [StoredItem(record.id, record.sequence, record.fields, record.hidden) for record in held]
    deleted = [StoredTombstone(id, *about) for id, about in held.tombstones.items()]
    return StoredCollection(*held.key, held.highest, items, deleted, unjoined)


def _collection(state: StoredCollection, store: Store) -> Collection:
    key: Key = (state.resource, state.tenant, state.owner)
    made = store.made(key)
    for item in state.items:
        Collection.add(made, Record(item.id, item.sequence, item.fields, item.hidden))
    if len(made) < len(state.items) or len({item.sequence for item in state.items}) < len(state.items):
        raise ValueError("an id or a sequence number occurs twice")
    made.tombstones = OrderedDict((each.id, (each.sequence, each.generated)) for each in state.deleted)
    made.highest = max(made.highest, state.highest)
    return made
