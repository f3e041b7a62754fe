"""An entry of a log of changes: what one request changed in a namespace, as JSON (docs/store.md has the format)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct, field

from mockserver.state.change_log import Undo
from mockserver.state.collection import Collection
from mockserver.state.record import UNCHECKED, Record
from mockserver.state.shared.shared_store import SharedStore
from mockserver.state.store import Store

VERSION = 1
"""The version of the format."""


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


class UnknownEntryError(Exception):
    """An entry of the log cannot be read."""


ENCODER = msgspec.json.Encoder()
DECODER = msgspec.json.Decoder(ChangeEntry)


def encode(entry: ChangeEntry) -> bytes:
    """The bytes of an entry."""
    return ENCODER.encode(entry)


def decode(content: bytes) -> ChangeEntry:
    """An entry from its bytes. Raises UnknownEntryError for one that is damaged, or of a newer version."""
    try:
        entry = DECODER.decode(content)
    except msgspec.DecodeError as fault:
        raise UnknownEntryError(f"not an entry of changes: {fault}") from None
    if entry.version != VERSION:
        raise UnknownEntryError(f"version {entry.version} of the format is not known here, only {VERSION}")
    return entry


def apply(store: SharedStore, change: list[Any]) -> Undo | None:
    """Make a change in a store; how to undo it, if that is to be kept.

    A change that no longer fits, because others deleted its item or took its id, does nothing: each process that
    follows the log decides so alike, because it depends on nothing but the entries before.
    """
    name, *values = change
    return CHANGES[name](store, *values)


def _add(
    store: SharedStore,
    resource: str,
    tenant: str,
    owner: str,
    id: Any,
    sequence: int,
    fields: dict[str, Any],
    hidden: dict[str, Any] | None = None,
) -> Undo | None:
    collection = store.followed((resource, tenant, owner))
    if id in collection.by_id:
        return None
    sequence = collection.free_age(sequence)
    record = Record(id, sequence, fields, hidden)
    Collection.add(collection, record)
    store.sequence = max(store.sequence, sequence)
    if UNCHECKED in record.hidden:
        store.has_unchecked = True
    return collection.withdraw, (record,)


def _remove(store: SharedStore, resource: str, tenant: str, owner: str, id: Any) -> Undo | None:
    collection = store.followed((resource, tenant, owner))
    record = collection.by_id.get(id)
    if record is None:
        return None
    Collection.remove(collection, record)
    return collection.add, (record,)


def _withdraw(store: SharedStore, resource: str, tenant: str, owner: str, id: Any) -> None:
    collection = store.followed((resource, tenant, owner))
    record = collection.by_id.get(id)
    if record is not None:
        Collection.withdraw(collection, record)


def _swap(
    store: SharedStore,
    resource: str,
    tenant: str,
    owner: str,
    id: Any,
    fields: dict[str, Any],
    hidden: dict[str, Any] | None = None,
) -> Undo | None:
    collection = store.followed((resource, tenant, owner))
    old = collection.by_id.get(id)
    if old is None:
        return None
    new = Record(old.id, old.sequence, fields, hidden)
    Collection.swap(collection, old, new)
    if UNCHECKED in new.hidden:
        store.has_unchecked = True
    return collection.swap, (new, old)


def _fact(store: SharedStore, tenant: str, name: str, *value: Any) -> Undo:
    facts = store.facts.get(tenant, {})
    undo: Undo = (store.put_fact, (tenant, name, facts[name])) if name in facts else (store.drop_fact, (tenant, name))
    if value:
        Store.put_fact(store, tenant, name, value[0])
    elif name in facts:
        Store.drop_fact(store, tenant, name)
    return undo


def _count(store: SharedStore, key: list[str], moment: float) -> None:
    store.counts.window(tuple(key)).extend((moment,))


def _draw(store: SharedStore) -> None:
    store.drawn += 1


def _unjoined(store: SharedStore, *key: str) -> None:
    resource, tenant, owner = key
    store.set_joined((resource, tenant, owner), is_joined=False)


def _joined(store: SharedStore, *key: str) -> None:
    resource, tenant, owner = key
    store.set_joined((resource, tenant, owner), is_joined=True)


CHANGES: dict[str, Callable[..., Undo | None]] = {
    "add": _add,
    "remove": _remove,
    "withdraw": _withdraw,
    "swap": _swap,
    "fact": _fact,
    "count": _count,
    "draw": _draw,
    "unjoined": _unjoined,
    "joined": _joined,
}
"""What makes each change."""
