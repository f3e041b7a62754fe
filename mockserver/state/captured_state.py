"""A store as it is at one moment, which is written as JSON later, in pieces, while the store goes on.

Taking note of it copies a reference for each item, which is never changed (`Record`); the pieces together are what
`snapshot.stored` gives, except that items are in the order in which they came.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from msgspec import Struct, field

from mockserver.state.collection import Collection
from mockserver.state.record import Record
from mockserver.state.snapshot import StoredCount, StoredItem, StoredTombstone
from mockserver.state.store import Store
from mockserver.state.unread_record import as_kept

ITEMS = 100
"""How many items a piece has: about a third of a millisecond, in which no request is answered."""


class CollectionHead(Struct, frozen=True, omit_defaults=True):
    """A StoredCollection without its items."""

    resource: str
    tenant: str
    owner: str
    highest: int
    deleted: list[StoredTombstone] = field(default_factory=list)
    unjoined: bool = False


class CapturedCollection(NamedTuple):
    """The items of a collection, and what else there is of it."""

    head: CollectionHead
    records: list[Record]

    def pieces(self) -> Iterator[bytes]:
        """The collection as JSON."""
        yield msgspec.json.encode(self.head)[:-1] + b',"items":['
        for at in range(0, len(self.records), ITEMS):
            part = self.records[at : at + ITEMS]
            items = [StoredItem(each.id, each.sequence, as_kept(each), each.hidden) for each in part]
            yield (b"," if at else b"") + msgspec.json.encode(items)[1:-1]
        yield b"]}"


class StateEnd(Struct, frozen=True):
    """A StoredState without its collections."""

    sequence: int
    drawn: int
    facts: dict[str, dict[str, object]]
    counts: list[StoredCount]


class CapturedState(NamedTuple):
    """All that one service stored at a moment."""

    collections: list[CapturedCollection]
    end: StateEnd

    def pieces(self) -> Iterator[bytes]:
        """The state as JSON, as `StoredState` reads it."""
        yield b'{"collections":'
        yield from listed(each.pieces() for each in self.collections)
        yield b"," + msgspec.json.encode(self.end)[1:]


def captured(store: Store) -> CapturedState:
    """What a store has now."""
    unjoined = store.unjoined_keys
    collections = [_captured(held, is_unjoined=key in unjoined) for key, held in store.collections.items()]
    facts = {tenant: dict(known) for tenant, known in store.facts.items()}
    counts = [StoredCount([*map(str, key)], [*times]) for key, times in store.counts]
    return CapturedState(collections, StateEnd(store.sequence, store.drawn, facts, counts))


def listed(elements: Iterator[Iterator[bytes]]) -> Iterator[bytes]:
    """The pieces of a JSON array of elements that come in pieces."""
    yield b"["
    for number, pieces in enumerate(elements):
        if number:
            yield b","
        yield from pieces
    yield b"]"


def _captured(held: Collection, *, is_unjoined: bool) -> CapturedCollection:
    deleted = [StoredTombstone(id, *about) for id, about in held.tombstones.items()]
    return CapturedCollection(CollectionHead(*held.key, held.highest, deleted, is_unjoined), list(held.by_id.values()))
