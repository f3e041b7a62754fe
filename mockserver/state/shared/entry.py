"""An entry of a log of changes: what one request changed in a namespace, as JSON (docs/store.md has the format)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct, field

from mockserver.state.change_log import ABSENT, FactChange, ItemChange
from mockserver.state.collection import Collection
from mockserver.state.record import UNCHECKED
from mockserver.state.shared.shared_store import SharedStore
from mockserver.state.store import Store
from mockserver.state.unread_record import unread

VERSION = 1
"""The version of the format."""


class ItemKey(Struct, frozen=True, array_like=True):
    """The collection of a changed item, and its id."""

    resource: str
    tenant: str
    owner: str
    id: Any


class AddedItem(ItemKey, frozen=True, tag="add"):
    """An item is new. Its fields are not read before they are needed."""

    sequence: int
    fields: Raw
    hidden: dict[str, Any] | None = None


class SwappedItem(ItemKey, frozen=True, tag="swap"):
    """An item has another version."""

    fields: Raw
    hidden: dict[str, Any] | None = None


class RemovedItem(ItemKey, frozen=True, tag="remove"):
    """An item is deleted."""


class WithdrawnItem(ItemKey, frozen=True, tag="withdraw"):
    """An item is gone without a trace."""


class ChangedFact(Struct, frozen=True, array_like=True, tag="fact"):
    """A fact about a tenant is another one, or gone."""

    tenant: str
    name: str
    value: Any = msgspec.UNSET


class CountedRequest(Struct, frozen=True, array_like=True, tag="count"):
    """A rate limit has counted a request."""

    key: list[str]
    moment: float


class DrawnNumber(Struct, frozen=True, array_like=True, tag="draw"):
    """A response with new values was asked for."""


class UnjoinedCollection(Struct, frozen=True, array_like=True, tag="unjoined"):
    """The references of a collection are still to be made."""

    resource: str
    tenant: str
    owner: str


class JoinedCollection(Struct, frozen=True, array_like=True, tag="joined"):
    """The references of a collection are made."""

    resource: str
    tenant: str
    owner: str


Change = (
    AddedItem
    | SwappedItem
    | RemovedItem
    | WithdrawnItem
    | ChangedFact
    | CountedRequest
    | DrawnNumber
    | UnjoinedCollection
    | JoinedCollection
)


class ChangeEntry(Struct, frozen=True, omit_defaults=True):
    """What one request changed. `changes` are pairs of a service and a change: its name and its values.

    `commits` is by how much the revision of the namespace grows, `stepped` the time of a clock that moves only when it
    is read, `control` what the admin API did: pairs of a name and a value.
    """

    version: int
    commits: int = 0
    changes: list[tuple[str, list[Any]]] = field(default_factory=list)
    stepped: float | None = None
    control: list[tuple[str, Any]] = field(default_factory=list)


class ReadEntry(ChangeEntry, frozen=True):
    """An entry as it is read."""

    changes: list[tuple[str, Change]] = field(default_factory=list)  # type: ignore[assignment]  # lists are written


class UnknownEntryError(Exception):
    """An entry of the log cannot be read."""


ENCODER = msgspec.json.Encoder()
DECODER: Final = msgspec.json.Decoder(ReadEntry)


def encode(entry: ChangeEntry) -> bytes:
    """The bytes of an entry."""
    return ENCODER.encode(entry)


def decode(content: bytes) -> ReadEntry:
    """An entry from its bytes. Raises UnknownEntryError for one that is damaged, or of a newer version."""
    try:
        entry = DECODER.decode(content)
    except msgspec.DecodeError as fault:
        raise UnknownEntryError(f"not an entry of changes: {fault}") from None
    if entry.version != VERSION:
        raise UnknownEntryError(f"version {entry.version} of the format is not known here, only {VERSION}")
    return entry


def apply(store: SharedStore, change: Change) -> ItemChange | FactChange | None:
    """Make a change in a store; what it was, if that is to be kept.

    A change that no longer fits, because others deleted its item or took its id, does nothing: each process that
    follows the log decides so alike, because it depends on nothing but the entries before.
    """
    return CHANGES[type(change)](store, change)


def _add(store: SharedStore, item: AddedItem) -> ItemChange | None:
    collection = store.followed((item.resource, item.tenant, item.owner))
    if item.id in collection.by_id:
        return None
    sequence = collection.free_age(item.sequence)
    record = unread(item.id, sequence, bytes(item.fields), item.hidden)
    Collection.add(collection, record)
    store.sequence = max(store.sequence, sequence)
    if UNCHECKED in record.hidden:
        store.has_unchecked = True
    return ItemChange(collection.key, None, record)


def _remove(store: SharedStore, item: RemovedItem) -> ItemChange | None:
    collection = store.followed((item.resource, item.tenant, item.owner))
    record = collection.by_id.get(item.id)
    if record is None:
        return None
    Collection.remove(collection, record)
    return ItemChange(collection.key, record, None)


def _withdraw(store: SharedStore, item: WithdrawnItem) -> None:
    collection = store.followed((item.resource, item.tenant, item.owner))
    record = collection.by_id.get(item.id)
    if record is not None:
        Collection.withdraw(collection, record)


def _swap(store: SharedStore, item: SwappedItem) -> ItemChange | None:
    collection = store.followed((item.resource, item.tenant, item.owner))
    old = collection.by_id.get(item.id)
    if old is None:
        return None
    new = unread(old.id, old.sequence, bytes(item.fields), item.hidden)
    Collection.swap(collection, old, new)
    if UNCHECKED in new.hidden:
        store.has_unchecked = True
    return ItemChange(collection.key, old, new)


def _fact(store: SharedStore, fact: ChangedFact) -> FactChange:
    tenant, name = fact.tenant, fact.name
    facts = store.facts.get(tenant, {})
    before = facts.get(name, ABSENT)
    if fact.value is not msgspec.UNSET:
        Store.put_fact(store, tenant, name, fact.value)
    elif name in facts:
        Store.drop_fact(store, tenant, name)
    return FactChange(tenant, name, before)


def _count(store: SharedStore, request: CountedRequest) -> None:
    store.counts.window(tuple(request.key)).extend((request.moment,))


def _draw(store: SharedStore, _: DrawnNumber) -> None:
    store.drawn += 1


def _unjoined(store: SharedStore, of: UnjoinedCollection) -> None:
    store.set_joined((of.resource, of.tenant, of.owner), is_joined=False)


def _joined(store: SharedStore, of: JoinedCollection) -> None:
    store.set_joined((of.resource, of.tenant, of.owner), is_joined=True)


CHANGES: dict[type, Callable[..., ItemChange | FactChange | None]] = {
    AddedItem: _add,
    RemovedItem: _remove,
    WithdrawnItem: _withdraw,
    SwappedItem: _swap,
    ChangedFact: _fact,
    CountedRequest: _count,
    DrawnNumber: _draw,
    UnjoinedCollection: _unjoined,
    JoinedCollection: _joined,
}
"""What makes each change."""
