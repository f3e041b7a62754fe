"""Snapshots: all of a namespace as one JSON document, which makes the same namespace again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, field

from mockserver.errors import Fault, Invalid
from mockserver.handlers.item_check import ItemCheck
from mockserver.handlers.outside import Kept, kept_by
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.pointer import join
from mockserver.state import snapshot
from mockserver.state.clock import ClockState
from mockserver.state.collection import Key
from mockserver.state.record import UNCHECKED
from mockserver.state.snapshot import StoredState
from mockserver.state.store import Store
from mockserver.state.world import RandomState, WorldState
from mockserver.web.control.checkpoints import Checkpoint
from mockserver.web.control.document_identity import DocumentIdentity
from mockserver.web.control.namespaces import Namespace
from mockserver.web.service import Service

VERSION = 1
"""The version of the format."""

MOST_FAULTS = 20
"""How many differences an error lists."""

STEP = lazy_pattern(r"\w+")
"""A step of the places in the messages of msgspec: `$.collections[0].highest`."""

Services = Mapping[str, Service]
T = TypeVar("T")


class ServiceSnapshot(Struct, frozen=True):
    """What one service stores, the document that it serves, and what the outside service keeps for it."""

    document: DocumentIdentity
    state: StoredState
    outside: Kept = field(default_factory=dict)


class Snapshot(Struct, frozen=True):
    """All of a namespace, with a ServiceSnapshot for each service. The `seed` says what `random` belongs to."""

    version: int
    services: dict[str, Any]
    clock: ClockState
    seed: int | None = None
    random: RandomState | None = None


def written(namespace: Namespace, services: Services) -> bytes:
    """The snapshot of a namespace as JSON. Secrets are in it."""
    stores = {name: _written(service, namespace.store(service)) for name, service in services.items()}
    world = namespace.world.state()
    return msgspec.json.encode(Snapshot(VERSION, stores, world.clock, world.seed, world.random))


def _written(service: Service, store: Store) -> ServiceSnapshot:
    return ServiceSnapshot(service.identity, snapshot.stored(store), kept_by(service.outside, store.label))


def restore(data: Any, namespace: Namespace, services: Services) -> int:
    """Make a namespace what a snapshot says, a JSON value; returns the number of its items.

    Raises Invalid, with JSON pointers into the snapshot, for one that is not whole or not of these documents; then
    nothing is changed.
    """
    read = _converted(data)
    states = {name: _read(each, ServiceSnapshot, join("/services", name)) for name, each in read.services.items()}
    _refuse(_differences(states, services))
    stores = {name: _store(name, each, services[name]) for name, each in states.items()}
    world = WorldState(read.seed, read.clock, read.random)
    outside = {name: each.outside for name, each in states.items()}
    items = sum(store.count() for store in stores.values())
    try:
        namespace.restore(services.values(), Checkpoint("", stores, outside, world, items, 0))
    except (TypeError, ValueError) as fault:
        raise _invalid("/random", f"no state of random numbers: {fault}") from None
    return items


def is_snapshot(data: Any) -> bool:
    """Is a JSON value meant as a snapshot? A state file has services as its keys, or resources with their lists."""
    return isinstance(data, dict) and {"version", "services"} <= data.keys() and not isinstance(data["version"], list)


def _converted(data: Any) -> Snapshot:
    version = data.get("version") if isinstance(data, dict) else None
    if version != VERSION:
        raise _invalid("/version", f"the version {version!r} of the format is not known here, only {VERSION}")
    return _read(data, Snapshot)


def _read(data: Any, kind: type[T], place: str = "") -> T:
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as fault:
        message, _, at = str(fault).partition(" - at `$")
        raise _invalid(place + "".join(f"/{step}" for step in STEP.findall(at)), message) from None


def _differences(read: Mapping[str, ServiceSnapshot], services: Services) -> Iterator[Fault]:
    """What the snapshot has that is served otherwise, or not at all."""
    for name in read.keys() - services.keys():
        yield _fault(join("/services", name), f"this service is not served; there are: {', '.join(services)}")
    for name in services.keys() - read.keys():
        yield _fault("/services", f"the snapshot lacks the service {name}, which is served")
    for name in sorted(services.keys() & read.keys()):
        place, each, own = join("/services", name), read[name], services[name].identity
        yield from (_fault(place + "/document", message) for message in each.document.differences(own))
        if each.document.digest != own.digest:
            yield from _unfitting(place, each.state, services[name])


def _unfitting(place: str, state: StoredState, service: Service) -> Iterator[Fault]:
    """The items that no longer fit a document after a change of descriptions, schemas or statements alone."""
    checks = {name: ItemCheck(service.contract, plan) for name, plan in service.plans.items()}
    for number, collection in enumerate(state.collections):
        check = checks.get(collection.resource)
        for index, item in enumerate(collection.items if check is not None else ()):
            if check is not None and UNCHECKED not in item.hidden and not check.is_valid(item.fields):
                at = join(place, "state", "collections", number, "items", index, "fields")
                yield from (_fault(at + each.field, each.message) for each in check.faults(item.fields))


def _store(name: str, read: ServiceSnapshot, service: Service) -> Store:
    made = service.empty_store()
    place = join("/services", name, "state")
    for number, each in enumerate(read.state.collections):
        if each.resource not in service.plans:
            known = ", ".join(service.plans) or "none"
            raise _invalid(join(place, "collections", number), f"no resource {each.resource!r}; there are: {known}")
    keys: list[Key] = [(each.resource, each.tenant, each.owner) for each in read.state.collections]
    if len(set(keys)) < len(keys):
        raise _invalid(place + "/collections", "two collections have the same resource, tenant and owner")
    try:
        snapshot.restore(read.state, made)
    except ValueError as fault:
        at, _, message = str(fault).partition(": ")
        raise _invalid(place + at, message) from None
    return made


def _refuse(found: Iterable[Fault]) -> None:
    faults = tuple(fault for _, fault in zip(range(MOST_FAULTS), found, strict=False))
    if faults:
        raise Invalid(faults[0].message, faults=faults)


def _fault(pointer: str, message: str) -> Fault:
    return Fault("body", (pointer,), message, "snapshot")


def _invalid(pointer: str, message: str) -> Invalid:
    return Invalid(message, faults=(_fault(pointer, message),))
