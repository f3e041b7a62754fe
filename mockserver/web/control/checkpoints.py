"""Checkpoints: states of a namespace that it can go back to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from mockserver.errors import Missing, TooMany
from mockserver.handlers.outside import Kept, kept_by
from mockserver.state.store import Store
from mockserver.state.world import World, WorldState
from mockserver.suggestions import meant
from mockserver.web.control.state_owner import StateOwner

MOST_CHECKPOINTS = 100
"""How many checkpoints a namespace has at most: each keeps the items that it shows from being freed."""


class Checkpoint(Struct, frozen=True):
    """What the services stored, by their names, and how the world stood. `revision` is the last change before it.

    `outside` is what their outside services kept.
    """

    name: str
    stores: Mapping[str, Store]
    outside: Mapping[str, Kept]
    world: WorldState
    items: int
    revision: int


class Checkpoints:
    """The checkpoints of one namespace by name, the oldest first."""

    def __init__(self) -> None:
        self._kept: dict[str, Checkpoint] = {}

    def __iter__(self) -> Iterator[Checkpoint]:
        return iter(self._kept.values())

    def named(self, name: str) -> Checkpoint:
        """The checkpoint of that name. Raises Missing, which lists those that there are."""
        found = self._kept.get(name)
        if found is None:
            raise Missing(f"there is no checkpoint {name!r}; {meant(name, self._kept)}", resource="checkpoint")
        return found

    def set(self, name: str, held: Sequence[tuple[StateOwner, Store]], world: World, revision: int) -> Checkpoint:
        """Keep the state of services and their stores, in place of a checkpoint of the same name. Raises TooMany.

        The stores share their items with the checkpoint until one of the two is changed.
        """
        if name not in self._kept and len(self._kept) >= MOST_CHECKPOINTS:
            raise TooMany(f"there are {MOST_CHECKPOINTS} checkpoints, the most allowed; DELETE one that is not needed")
        copies = {service.name: store.snapshot() for service, store in held}
        outside = {service.name: kept_by(service.outside, store.label) for service, store in held}
        items = sum(store.count() for _, store in held)
        self._kept.pop(name, None)
        made = self._kept[name] = Checkpoint(name, copies, outside, world.state(), items, revision)
        return made

    def remove(self, name: str) -> None:
        """Forget a checkpoint. Raises Missing."""
        del self._kept[self.named(name).name]

    def put_all(self, checkpoints: Iterable[Checkpoint]) -> None:
        """Keep these and no others."""
        self._kept = {each.name: each for each in checkpoints}

    def replace(self, checkpoint: Checkpoint) -> None:
        """Keep another state in place of the checkpoint of the same name, for documents that were read again."""
        self._kept[checkpoint.name] = checkpoint
