"""The shared log in memory: for several apps in one process. It ends with the process."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mockserver.state.shared_log import EntriesCutError, LogSnapshot, Partition, SharedLog


@dataclass
class MemoryPartition:
    """The entries after the revision `base`, and the latest snapshot."""

    base: int = 0
    entries: list[bytes] = field(default_factory=list)
    snapshot: LogSnapshot | None = None

    @property
    def head(self) -> int:
        """The revision."""
        return self.base + len(self.entries)


class MemoryLog:
    """The SharedLog of apps that share this object, in one thread."""

    place = "memory"
    is_of_one_thread = True

    def __init__(self) -> None:
        self._partitions: dict[Partition, MemoryPartition] = {}
        self._identity = b""

    def identify(self, identity: bytes, instead_of: bytes | None = None) -> bytes:
        """As SharedLog says."""
        if self._identity in (b"", instead_of):
            self._identity = identity
        return self._identity

    def begin(self) -> None:
        """As SharedLog says."""

    def new_entries(self, partition: Partition, after: int) -> list[bytes]:
        """As SharedLog says."""
        held = self._partitions.get(partition)
        if held is None or after == held.head:
            return []
        if after < held.base:
            raise EntriesCutError
        return held.entries[after - held.base :]

    def hold(self, partition: Partition) -> None:
        """As SharedLog says."""

    def append(self, partition: Partition, expected: int, entry: bytes) -> bool:
        """As SharedLog says."""
        held = self._partitions.get(partition) or self._partitions.setdefault(partition, MemoryPartition())
        if held.head != expected:
            return False
        held.entries.append(entry)
        return True

    def end(self) -> None:
        """As SharedLog says."""

    def heads(self) -> dict[Partition, int]:
        """As SharedLog says."""
        return {partition: held.head for partition, held in self._partitions.items() if not _is_dropped(held)}

    def save(self, partition: Partition, revision: int, pieces: Iterable[bytes]) -> None:
        """As SharedLog says."""
        held = self._partitions.setdefault(partition, MemoryPartition())
        before = held.snapshot.revision if held.snapshot is not None else 0
        if revision > before:
            del held.entries[: before - held.base]
            held.base, held.snapshot = before, LogSnapshot(revision, b"".join(pieces))

    def again(self) -> SharedLog:
        """As SharedLog says."""
        return self

    def load(self, partition: Partition) -> LogSnapshot | None:
        """As SharedLog says."""
        held = self._partitions.get(partition)
        return held.snapshot if held is not None else None

    def drop(self, namespace: str) -> None:
        """As SharedLog says."""
        for partition, held in self._partitions.items():
            if partition.namespace == namespace:
                revision = held.head + 1
                self._partitions[partition] = MemoryPartition(revision, [], LogSnapshot(revision, b""))

    def close(self) -> None:
        """As SharedLog says."""


def _is_dropped(held: MemoryPartition) -> bool:
    return not held.entries and held.snapshot is not None and not held.snapshot.content
