"""A namespace that several processes share: its snapshot, and what the admin API did to it elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import chain
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from mockserver.deliveries.subscriptions import StoredSubscriber
from mockserver.errors import LogMismatch, Refusal
from mockserver.messages import ANONYMOUS, Call, Reply
from mockserver.state import snapshot
from mockserver.state.captured_state import CapturedState, captured, listed
from mockserver.state.change_log import ChangeLog
from mockserver.state.clock import ClockState, SteeredClock
from mockserver.state.shared.entry import UnknownEntryError
from mockserver.state.shared.shared_store import SharedStore
from mockserver.state.snapshot import StoredState
from mockserver.state.store import Store
from mockserver.state.world import WorldState
from mockserver.web.admin.admin_request import AdminRequest
from mockserver.web.admin.functions import FUNCTIONS
from mockserver.web.control.checkpoints import Checkpoint
from mockserver.web.control.control import Control
from mockserver.web.control.namespaces import Namespace
from mockserver.web.control.overrides.overrides import StoredOverride
from mockserver.web.service import Service
from mockserver.web.sharing.sharing import Sharing

VERSION = 1
"""The version of the format of snapshots in the log."""


class SharedCheckpoint(Struct, frozen=True):
    """A checkpoint: what the services stored, and how the clock stood."""

    name: str
    services: dict[str, StoredState]
    clock: ClockState
    revision: int


class NamespaceSnapshot(Struct, frozen=True):
    """All of a namespace."""

    version: int
    services: dict[str, StoredState]
    clock: ClockState
    revision: int
    overrides: list[StoredOverride]
    checkpoints: list[SharedCheckpoint]
    subscriptions: list[StoredSubscriber] = []


class CheckpointEnd(Struct, frozen=True):
    """A SharedCheckpoint without what the services stored."""

    name: str
    clock: ClockState
    revision: int


class SnapshotEnd(Struct, frozen=True):
    """A NamespaceSnapshot without what is stored and was stored."""

    version: int
    clock: ClockState
    revision: int
    overrides: list[StoredOverride]
    subscriptions: list[StoredSubscriber]


class CapturedServices(NamedTuple):
    """What the services stored at a moment, with what else is to be written: of a checkpoint, or of a namespace."""

    states: dict[str, CapturedState]
    end: Struct

    def pieces(self) -> Iterator[bytes]:
        """All of it as JSON, without the last brace."""
        yield b'{"services":{'
        for number, (name, state) in enumerate(self.states.items()):
            yield (b"," if number else b"") + msgspec.json.encode(name) + b":"
            yield from state.pieces()
        yield b"}," + msgspec.json.encode(self.end)[1:-1]


class SharedNamespace:
    """The FollowedNamespace of a sandbox."""

    def __init__(self, control: Control, namespace: Namespace) -> None:
        self._control, self._namespace, self.name = control, namespace, namespace.name

    @property
    def log(self) -> ChangeLog | None:
        return self._namespace.log

    @property
    def clock(self) -> SteeredClock:
        return self._namespace.world.clock

    def store(self, service: str) -> SharedStore | None:
        """The store of a service; None for one that is not served here."""
        owner = self._control.services.get(service)
        found = self._namespace.store(owner) if owner is not None else None
        return found if isinstance(found, SharedStore) else None

    def count(self) -> int:
        """How many items are stored."""
        return sum(self._namespace.store(each).count() for each in self._control.services.values())

    def control(self, name: str, value: Any) -> Any:
        """Do what the admin API did in another process."""
        return CONTROLS[name](self, value)

    def snapshot(self) -> Iterator[bytes]:
        """Everything that is stored now, and how the namespace is steered; a piece is made when it is read."""
        namespace = self._namespace
        overrides = self._control.overrides.stored(namespace)
        subscriptions = self._control.outbox.subscriptions.stored(namespace.name)
        end = SnapshotEnd(VERSION, namespace.world.clock.state(), namespace.revision, overrides, subscriptions)
        stores = {name: namespace.store(each) for name, each in self._control.services.items()}
        return _pieces(_captured(stores, end), [_captured_checkpoint(each) for each in namespace.checkpoints])

    def restore(self, content: bytes) -> None:
        """Become what a snapshot says; the start state if it is empty. Raises UnknownEntryError."""
        state = _read(content) if content else None
        namespace, services = self._namespace, self._control.services
        self._control.reset(namespace, services.values())
        for name, service in services.items():
            stored = state.services.get(name) if state is not None else None
            if stored is not None:
                store = namespace.store(service)
                store.clear()
                snapshot.restore(stored, store)
        if state is not None:
            namespace.world.clock.restore(state.clock)
            self._control.overrides.put_all(namespace, state.overrides)
            self._control.outbox.subscriptions.put_all(namespace.name, state.subscriptions)
        namespace.checkpoints.put_all(_checkpoint(each, services) for each in (state.checkpoints if state else ()))
        if namespace.log is not None:
            namespace.log.go_to(state.revision if state is not None else 0)

    def request(self, asked: Mapping[str, Any]) -> Reply | None:
        """Do what a request to the admin API asked for; None if it is refused, as it was elsewhere."""
        with suppress(Refusal):
            query = {**asked["query"], "namespace": self.name}
            call = Call("POST", "/_mock/", asked["path"], query, {}, {}, None, "", ANONYMOUS, "")
            reply = FUNCTIONS[asked["operation"]](AdminRequest(self._control, call, {"headers": []}))
            return reply if isinstance(reply, Reply) else None
        return None

    def steer(self, state: Any) -> None:
        """Set the clock as it is in the other processes."""
        self._namespace.world.clock.restore(msgspec.convert(state, ClockState))

    def override(self, overrides: Any) -> None:
        """Have the same overrides as elsewhere."""
        self._control.overrides.put_all(self._namespace, overrides)

    def subscribe(self, subscriptions: Any) -> None:
        """Have the same added subscriptions as elsewhere."""
        self._control.outbox.subscriptions.put_all(self.name, subscriptions)

    def count_overrides(self, counts: Any) -> None:
        """Have the same counts of overrides as elsewhere."""
        self._control.overrides.count(self._namespace, counts)

    def become(self, state: Any) -> None:
        """Become what a snapshot says that was restored elsewhere."""
        self.restore(msgspec.json.encode(state))

    def nothing(self, value: Any) -> None:
        """The namespace has begun."""


def begin_with_start(sharing: Sharing, control: Control, overrides: list[StoredOverride]) -> None:
    """Let a new log begin with the start state, and have the overrides that were given at the start, if any."""
    log, namespace = sharing.of(control.namespaces.default), control.namespaces.default
    if log.revision == 0 and log.followed.count():
        sharing.commanded(log)
        log.command("state", msgspec.Raw(b"".join(log.followed.snapshot())))
    known = [wanted for _, wanted, *_ in control.overrides.stored(namespace)]
    if overrides and known != [wanted for _, wanted, *_ in overrides]:
        sharing.commanded(log)
        log.command("overrides", overrides)


CONTROLS: dict[str, Any] = {
    "request": SharedNamespace.request,
    "clock": SharedNamespace.steer,
    "overrides": SharedNamespace.override,
    "subscriptions": SharedNamespace.subscribe,
    "counts": SharedNamespace.count_overrides,
    "state": SharedNamespace.become,
    "begin": SharedNamespace.nothing,
}
"""What the control part of an entry may say."""


def _read(content: bytes) -> NamespaceSnapshot:
    try:
        state = msgspec.json.decode(content, type=NamespaceSnapshot)
    except msgspec.DecodeError as fault:
        raise UnknownEntryError(str(fault)) from None
    if state.version != VERSION:
        raise LogMismatch(f"a snapshot has the version {state.version} of the format; only {VERSION} is known here")
    return state


def _captured(stores: Mapping[str, Store], end: Struct) -> CapturedServices:
    return CapturedServices({name: captured(store) for name, store in stores.items()}, end)


def _captured_checkpoint(checkpoint: Checkpoint) -> CapturedServices:
    return _captured(checkpoint.stores, CheckpointEnd(checkpoint.name, checkpoint.world.clock, checkpoint.revision))


def _pieces(namespace: CapturedServices, checkpoints: list[CapturedServices]) -> Iterator[bytes]:
    """A NamespaceSnapshot as JSON."""
    yield from namespace.pieces()
    yield b',"checkpoints":'
    yield from listed(chain(each.pieces(), (b"}",)) for each in checkpoints)
    yield b"}"


def _checkpoint(stored: SharedCheckpoint, services: Mapping[str, Service]) -> Checkpoint:
    stores: dict[str, Store] = {}
    for name, state in stored.services.items():
        if name in services:
            stores[name] = services[name].empty_store()
            snapshot.restore(state, stores[name])
    items = sum(store.count() for store in stores.values())
    return Checkpoint(stored.name, stores, {}, WorldState(None, stored.clock, None), items, stored.revision)
