"""A service, as namespaces see it."""

from __future__ import annotations

from typing import Protocol

from mockserver.handlers.outside import OutsideService
from mockserver.state.store import Store
from mockserver.state.world import World


class StateOwner(Protocol):
    """A service: what it stores, how a store is made that begins with the start state, and what its rules ask."""

    name: str
    store: Store
    outside: OutsideService

    def start_store(self, world: World, namespace: str) -> Store: ...
