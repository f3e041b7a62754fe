"""The log of committed changes that several processes share, and that outlasts them: what an engine must offer.

`mockserver/stores/` has the engines. What the entries say is not known here: they are bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol


class Partition(NamedTuple):
    """One sequence of entries: those of a service in a namespace. Its revision is the number of the last one."""

    namespace: str
    service: str


class LogSnapshot(NamedTuple):
    """What a partition stored after a revision. Empty content is the start state: the partition was dropped."""

    revision: int
    content: bytes


class EntriesCutError(Exception):
    """Entries after the revision of the caller are gone: load the snapshot, then read what is after its revision.

    This happens when the partition was dropped, or when the caller is more than one snapshot behind.
    """


class SharedLog(Protocol):
    """Entries by partition, numbered from 1: the number of the last one is the revision of the partition.

    A round is what a process answers together: `begin`, then any number of `new_entries` and `append`, then `end`. It
    has no `await` in it. Drops may be made in a round or between two, snapshots between two.

    Every method raises LogUnavailable, in bounded time, when the log cannot be reached or written; LogDamaged for what
    cannot be read; LogLost when the log has less than it had before. After any of these in a round, nothing that the
    round appended may be taken as kept; what is kept comes as a new entry of the next round.
    """

    @property
    def place(self) -> str:
        """Where the log is, for messages: a file, or an address without its password."""
        ...

    def identify(self, identity: bytes, instead_of: bytes | None = None) -> bytes:
        """Keep whose log this is, if it says nothing yet or says `instead_of`. Gives what it says then."""
        ...

    def begin(self) -> None:
        """Begin a round: what others appended before is seen from now on.

        What the round before has appended and not ended is taken back.
        """
        ...

    def new_entries(self, partition: Partition, after: int) -> list[bytes]:
        """The entries after a revision, the oldest first: free where nothing was appended since the last call.

        Raises EntriesCutError when they are not all kept.
        """
        ...

    def hold(self, partition: Partition) -> None:
        """Lock the log until the round ends, if the engine can: then read the new entries, and append.

        For who would be refused otherwise. An engine that cannot does nothing.
        """
        ...

    def append(self, partition: Partition, expected: int, entry: bytes) -> bool:
        """Append the entry with the revision `expected + 1`. False when others appended since: read the new entries.

        After that, an engine that locks refuses no other entry of the round; the others may do it again.
        """
        ...

    def end(self) -> None:
        """End the round: what it appended is kept. Its responses may be sent when this returns."""
        ...

    def heads(self) -> dict[Partition, int]:
        """The revisions of all partitions that are not dropped, read anew."""
        ...

    def save(self, partition: Partition, revision: int, pieces: Iterable[bytes]) -> None:
        """Keep a snapshot, unless a later one is kept. Entries up to the snapshot before it are deleted.

        So a process that is up to one snapshot behind goes on with the entries, and does not load everything. Others
        append between any two pieces; the snapshot counts when all of them are kept.
        """
        ...

    @property
    def is_of_one_thread(self) -> bool:
        """Must all be called from one thread, so that there is no `again`?"""
        ...

    def again(self) -> SharedLog:
        """The same log once more, for another thread."""
        ...

    def load(self, partition: Partition) -> LogSnapshot | None:
        """The latest snapshot; None without one: then all entries since the first are kept."""
        ...

    def drop(self, namespace: str) -> None:
        """Forget what the partitions of a namespace have. Each gets a new revision, which is its start state."""
        ...

    def close(self) -> None:
        """Give back files and connections."""
        ...
