"""The log of one namespace: what its stores change is appended, and what others appended is applied."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, Protocol

from mockserver.errors import LogDamaged, LogUnavailable
from mockserver.state.change_log import Change, ChangeLog, Commit, FactChange
from mockserver.state.clock import SteeredClock, SteppingClock
from mockserver.state.shared import entry as entries
from mockserver.state.shared.changes import Changes, StoreChange, undo, written
from mockserver.state.shared.draft import FACTS, Draft
from mockserver.state.shared.entry import ChangeEntry, UnknownEntryError
from mockserver.state.shared.shared_store import SharedStore
from mockserver.state.shared.snapshot_saver import SnapshotSaver
from mockserver.state.shared_log import EntriesCutError, Partition, SharedLog

ONE_ORDER = ""
"""The service of the partition: one order for all services of a namespace, because resets and revisions are of all."""

FEWEST_ENTRIES = 10_000
"""After how many entries a snapshot is saved; after half as many as there are items, if that is more."""


ANYTHING = "anything"
"""What may have changed where it is not known what."""

CONTENTION = 100
"""For how many rounds after others were faster the log is held before requests run that may change something."""

MOST_TRIALS = 100
"""How often an entry is tried again because others appended meanwhile."""


class FollowedNamespace(Protocol):
    """A namespace, as its log sees it."""

    name: str

    @property
    def log(self) -> ChangeLog | None: ...

    @property
    def clock(self) -> SteeredClock: ...

    def store(self, service: str) -> SharedStore | None:
        """The store of a service; None for one that is not served here."""
        ...

    def control(self, name: str, value: Any) -> Any:
        """Do what the admin API did in another process."""
        ...

    def snapshot(self) -> Iterator[bytes]:
        """Everything that is stored now, and how the namespace is steered; a piece is made when it is read."""
        ...

    def restore(self, content: bytes) -> None:
        """Become what a snapshot says; the start state if it is empty. Raises UnknownEntryError."""
        ...

    def count(self) -> int:
        """How many items are stored."""
        ...


class Appended(NamedTuple):
    """An entry of this round, with all that is needed to take it back if the round is not kept.

    `is_entry` is false where there was nothing to append, `has_undo` where the admin API did something.
    """

    log: NamespaceLog
    changes: list[tuple[str, StoreChange]]
    commits: int
    is_entry: bool = True
    has_undo: bool = True


class NamespaceLog:
    """Keeps a namespace as its entries in the log say.

    `revision` is that of the last entry applied here, `round_number` that of the round in which it was asked for new
    entries. While it `is_contended`, `hold` it before a request that may change something: others were faster lately.
    """

    def __init__(self, log: SharedLog, followed: FollowedNamespace, changes: Changes) -> None:
        self._log, self.followed, self.changes = log, followed, changes
        self.partition = Partition(followed.name, ONE_ORDER)
        self.revision = self._saved = 0
        self.is_lost, self._start = False, 0
        self._is_due, self._contention = False, 0
        self.round_number = self._held_in = self._held_after = 0
        self._changed: set[Hashable] = set()
        self._seen = followed.log.revision if followed.log is not None else 0

    def load(self) -> None:
        """Become what the latest snapshot and the entries after it say. Raises a LogError."""
        self.changes.paused, self.is_lost = True, False
        found = self._log.load(self.partition)
        if found is None and self.revision:
            self.followed.restore(b"")
            self.revision = self._start = 0
        elif found is not None:
            try:
                self.followed.restore(found.content)
            except UnknownEntryError as fault:
                raise LogDamaged(f"{self._log.place}: the snapshot of {self.partition.namespace}: {fault}") from None
            self.revision = self._saved = found.revision
            self._start = found.revision if not found.content else -1
        self.settle()
        self.catch_up()

    @property
    def is_contended(self) -> bool:
        """Were others faster lately?"""
        return self._contention > 0

    @property
    def is_new(self) -> bool:
        """Has nothing happened since the namespace began, or was dropped?"""
        return self.revision == self._start

    def catch_up(self) -> bool:
        """Apply what others appended since; True if there was something. Raises a LogError."""
        try:
            entries = self._log.new_entries(self.partition, self.revision)
        except EntriesCutError:
            self.load()
            return True
        if not entries:
            return False
        if not self._is_held:
            self._changed.clear()
        self.changes.paused = True
        for content in entries:
            self._apply(content)
            self.revision += 1
        self.settle()
        return True

    def hold(self, number: int) -> None:
        """Lock the log until the round of that number ends, and apply what others appended. Raises a LogError."""
        if self._held_in != number:
            self._held_in, self._held_after = number, self.revision
            self._changed.clear()
            try:
                was_behind = self.catch_up()  # what is there already need not be applied while others wait
                self._log.hold(self.partition)
                was_behind |= self.catch_up()
            except BaseException:
                self._held_in = 0
                raise
            self._contention = CONTENTION if was_behind else self._contention - 1

    @property
    def _is_held(self) -> bool:
        """Is the log locked in this round?"""
        return self._held_in == self.round_number

    def keep(self, draft: Draft) -> tuple[Appended, tuple[Commit, ...]] | None:
        """Append what a draft adds, with its commits; None if what it read is no longer so. The log must be held.

        Raises a LogError; then the items are not there.
        """
        is_of_now = draft.revision == self._held_after and self._changed.isdisjoint({ANYTHING, *draft.reads})
        if not is_of_now or any(record.id in collection.by_id for _, collection, record in draft.added):
            return None
        for store, collection, record in draft.added:
            store.sequence += 1
            record.sequence = store.sequence
            collection.add(record)
        history = self.followed.log
        commits = tuple(history.append(*each) for each in draft.commits) if history is not None else ()
        appended = self.append()
        return (appended, commits) if appended is not None else None

    def settle(self) -> None:
        """Note changes from now on, and forget those before."""
        self.changes.noted.clear()
        self.changes.paused = False
        history = self.followed.log
        self._seen = history.revision if history is not None else 0

    def append(self, control: list[tuple[str, Any]] | None = None) -> Appended | None:
        """Append what was changed since. None if others appended meanwhile: then the changes are undone here.

        Without a change nothing is appended. Raises a LogError; then the changes are undone, too.
        """
        commits, changes = self._commits(), self.changes.taken()
        said = list(written(changes))
        if not said and not commits and not control:
            return Appended(self, [], 0, is_entry=False)
        if self._is_held:
            self._changed.update(map(_changed, said) if not control else (ANYTHING,))
        appended = Appended(self, changes, commits, has_undo=not control)
        is_appended = False
        try:
            is_appended = self._log.append(self.partition, self.revision, self._entry(said, commits, control or []))
        finally:
            self.revision += 1
            if not is_appended:
                self._contention = CONTENTION
                self.take_back(appended)
        self._is_due |= self.revision % FEWEST_ENTRIES == 0
        return appended if is_appended else None

    def append_unconditionally(self) -> list[Appended]:
        """Append what a request that waits has changed so far: it cannot run again, so its changes come after others.

        What no longer fits then is left out, here as elsewhere.
        """
        commits, changes = self._commits(), self.changes.taken()
        said = list(written(changes))
        if not said and not commits:
            return []
        content = self._entry(said, commits, [])
        self._changed.add(ANYTHING)
        if self._log.append(self.partition, self.revision, content):
            self.revision += 1
            self._is_due |= self.revision % FEWEST_ENTRIES == 0
            return [Appended(self, changes, commits)]
        self.revision += 1
        self.take_back(Appended(self, changes, commits))
        self.command_bytes(content)
        return []

    @contextmanager
    def unnoted(self) -> Iterator[None]:
        """Changes of this block are noted nowhere: what they lead to is appended as a whole."""
        self.changes.paused = True
        try:
            yield
        finally:
            self.settle()

    def command(self, name: str, value: Any) -> Any:
        """Append what the admin API does, and then do it: in this order it needs no undo. Raises a LogError.

        Returns what it gives here.
        """
        return self.command_bytes(entries.encode(ChangeEntry(entries.VERSION, control=[(name, value)])))

    def command_bytes(self, content: bytes) -> Any:
        """Append an entry after all others, and apply it as others do; what its last control gives."""
        for _ in range(MOST_TRIALS):
            self.catch_up()
            if self._log.append(self.partition, self.revision, content):
                break
        else:
            raise LogUnavailable(f"{self._log.place}: others append faster than this process can follow")
        self.changes.paused = True
        given = self._apply(content)
        self.revision += 1
        self.settle()
        return given

    def take_back(self, appended: Appended) -> None:
        """Undo an entry that was not kept, the last one first."""
        self.changes.paused = True
        undo(appended.changes)
        history = self.followed.log
        for _ in range(appended.commits if history is not None else 0):
            history.take_back()  # type: ignore[union-attr]  # it is not None here
        self.revision -= 1
        self.settle()

    def save_when_due(self, saver: SnapshotSaver) -> None:
        """Let a snapshot be saved when there are many entries since the last one, so that the log can be cut.

        Of the processes that follow the log, only the one that appended every 10,000th entry does so; later, if it is
        still saving another one.
        """
        if self._is_due and not saver.is_busy:
            self._is_due = False
            if self.revision - self._saved >= self.followed.count() // 2:
                self._saved = self.revision
                saver.save(self.partition, self.revision, self.followed.snapshot())

    def _commits(self) -> int:
        history = self.followed.log
        return history.revision - self._seen if history is not None else 0

    def _entry(self, said: list[Any], commits: int, control: list[tuple[str, Any]]) -> bytes:
        source = self.followed.clock.source
        stepped = source.time if isinstance(source, SteppingClock) else None
        if self.followed.log is not None:
            self._seen = self.followed.log.revision
        return entries.encode(ChangeEntry(entries.VERSION, commits, said, stepped, control))

    def _apply(self, content: bytes) -> Any:
        try:
            entry = entries.decode(content)
        except UnknownEntryError as fault:
            name = self.partition.namespace
            raise LogDamaged(f"{self._log.place}: entry {self.revision + 1} of {name}: {fault}") from None
        if entry.stepped is not None and isinstance(source := self.followed.clock.source, SteppingClock):
            source.time = max(source.time, entry.stepped)
        changes: list[Change] = []
        label = ""
        for service, change in entry.changes:
            store = self.followed.store(service)
            if store is not None:
                label = store.label
                made = entries.apply(store, change)
                if made is not None:
                    changes.append(made)
                self._changed.add(ANYTHING if made is None else FACTS if isinstance(made, FactChange) else made.key)
        history = self.followed.log
        for number in range(entry.commits if history is not None else 0):
            history.append(label, changes if number == 0 else [])  # type: ignore[union-attr]  # it is not None here
        given = None
        if entry.control:
            self._changed.add(ANYTHING)
        for name, value in entry.control:
            given = self.followed.control(name, value)
        return given


def _changed(said: tuple[str, list[Any]]) -> Hashable:
    """The key of what an entry says is changed."""
    name, *values = said[1]
    if name in ("add", "swap", "remove", "withdraw"):
        return tuple(values[:3])
    return FACTS if name == "fact" else ANYTHING
