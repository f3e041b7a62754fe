"""One of several processes that serve a sandbox (`mockserver serve --workers N`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mockserver.web.workers.entry_numbers import EntryNumbers


@dataclass(frozen=True, slots=True)
class Worker:
    """A process among those that serve one sandbox.

    `slot` is its place among the `count` that run at a time, from 0. `serial` is the number of workers that were
    started before it, so that no two workers have the same one, even if one takes the place of another. `folder` is
    a folder of these processes, which only their user can read; it is deleted when they end. `numbers` are those of
    the journal's entries, `delivery_numbers` those of deliveries of webhooks.
    """

    slot: int
    serial: int
    count: int
    folder: Path
    numbers: EntryNumbers
    delivery_numbers: EntryNumbers

    @property
    def socket(self) -> str:
        """The path of the Unix socket at which it answers the others."""
        return socket_path(self.folder, self.slot)

    @property
    def others(self) -> dict[int, str]:
        """The sockets of the others by their slots."""
        return {slot: socket_path(self.folder, slot) for slot in range(self.count) if slot != self.slot}


def socket_path(folder: Path, slot: int) -> str:
    """Where the worker at a slot answers the others."""
    return str(folder / f"worker-{slot}.sock")
