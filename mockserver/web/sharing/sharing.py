"""The shared log of changes of a sandbox: rounds of requests, and which namespaces are followed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from mockserver.errors import LogError, Refusal, TooMany
from mockserver.state.shared.namespace_log import ONE_ORDER, Appended, FollowedNamespace, NamespaceLog
from mockserver.state.shared.snapshot_saver import SnapshotSaver
from mockserver.state.shared_log import EntriesCutError, Partition, SharedLog
from mockserver.web.control.namespaces import Namespace, Namespaces, name_in
from mockserver.web.request.headers import read_headers

log = logging.getLogger("mockserver")

STARTS = Partition("/starts", ONE_ORDER)
"""Counts the processes that have followed the log. No namespace has a name with a slash."""

TOLD_AGAIN = 10.0
"""In how many seconds the log of the mock says again that the store cannot be used; not for each request."""


class Sharing:
    """Follows the log for the namespaces of a sandbox.

    What a process answers together is a round: `begin`, the requests, `end`. Only after `end` are the changes of a
    round kept, and its responses may be sent. With `stale_reads`, reads are answered while the log cannot be used.
    In a round in which answers `may_pause`, they are begun together, and take the lock of the log together.
    """

    def __init__(self, namespaces: Namespaces) -> None:
        self.namespaces, self.stale_reads = namespaces, False
        self.log: SharedLog | None = None
        self.number = 0
        self.in_round = self.may_pause = False
        self.round_number = 0
        self.fault: LogError | None = None
        self._saver: SnapshotSaver | None = None
        self._away: LogError | None = None
        self._follow: Callable[[Namespace], FollowedNamespace] | None = None
        self._appended: list[Appended] = []
        self._commanded: list[NamespaceLog] = []
        self.changed: set[NamespaceLog] = set()
        self._touched: dict[str, float] = {}
        self._heads: dict[str, int] = {}
        self._looked: NamespaceLog | None = None
        self._told = ("", 0.0)
        namespaces.on_end.append(self._ended_here)

    def attach(
        self, shared: SharedLog, follow: Callable[[Namespace], FollowedNamespace], *, stale_reads: bool = False
    ) -> int:
        """Follow a log from now on; the number of processes that did so before. Raises a LogError."""
        self.log, self._follow, self.stale_reads, self._away = shared, follow, stale_reads, None
        self._saver = SnapshotSaver(shared)
        number = self._count_start()
        self.number = number
        with self.round():
            self.of(self.namespaces.default)
            self._heads = {each.namespace: head for each, head in shared.heads().items()}
            self.discover()
        return number

    def refuse(self, fault: LogError) -> None:
        """Refuse all that needs the log until one is attached: it cannot be opened."""
        self.log, self._away = None, fault
        for namespace in self.namespaces:
            if namespace.shared is not None:  # it was loaded before the log failed
                namespace.shared.changes.paused = True
                namespace.shared.followed.restore(b"")
                namespace.shared = None

    def _count_start(self) -> int:
        """How many processes have followed the log before this one."""
        assert self.log is not None  # noqa: S101  # it is attached
        self.log.begin()
        while True:
            number = self.log.heads().get(STARTS, 0)
            if self.log.append(STARTS, number, b"start"):
                break
        self.log.end()
        return number

    def seed(self, namespace: Namespace, number: int) -> None:
        """Let each process make random values of its own; the first one those of the seed alone.

        Workers are copies of one process, and so are their random numbers until they begin anew.
        """
        if namespace.world.seed is None:
            namespace.world.random.seed()
        elif number:
            namespace.world.random.seed(f"{namespace.world.seed}/{namespace.name}/{number}")

    @property
    def is_attached(self) -> bool:
        """Is a log followed, or is one to be?"""
        return self.log is not None or self._away is not None

    @property
    def place(self) -> str:
        """Where the log is; empty before one is followed."""
        return self.log.place if self.log is not None else ""

    def begin(self) -> None:
        """Begin a round. A log that cannot be used shows at the first request that needs it."""
        self.in_round, self.fault = True, None
        self.round_number += 1
        try:
            if self._away is not None:
                raise self._away
            if self.log is not None:
                self.log.begin()
        except LogError as fault:
            self._failed(fault)

    def end(self) -> LogError | None:
        """End a round: what it changed is kept, or undone here if the log cannot be written; then the error."""
        self.in_round = False
        fault = self.fault if self.fault is not None else self._ended()
        if self.fault is not None and self._appended and self.log is not None:
            with suppress(LogError):
                self.log.begin()  # it takes back what this round has appended, and gives back its locks
        if self.changed:
            appended, commanded = self._appended, self._commanded
            self._appended, self._commanded = [], []
            if fault is not None:
                self._take_back(appended, commanded)
            else:
                for each_log in self.changed:
                    each_log.save_when_due(self._saver)  # type: ignore[arg-type]  # it is attached
            self.changed.clear()
        return fault

    def _ended(self) -> LogError | None:
        try:
            if self.log is not None:
                self.log.end()
        except LogError as fault:
            self._failed(fault)
            return fault
        return None

    def _take_back(self, appended: list[Appended], commanded: list[NamespaceLog]) -> None:
        for each in reversed(appended):
            if each.log not in commanded:
                each.log.take_back(each)
        for each_log in commanded:
            each_log.is_lost = True

    def _failed(self, fault: LogError) -> None:
        self.fault = fault
        message, now = str(fault), time.monotonic()
        if message != self._told[0] or now - self._told[1] > TOLD_AGAIN:
            log.error("the store cannot be used: %s", message)
            self._told = (message, now)

    def check(self) -> None:
        """Raises the LogError of this round, if it has one."""
        if self.fault is not None:
            raise self.fault

    @contextmanager
    def round(self) -> Iterator[None]:
        """A round of its own, in which nothing waits. Raises LogError when its changes are not kept."""
        self.begin()
        try:
            self.check()
            yield
        finally:
            fault = self.end()
        if fault is not None:
            raise fault

    def keep(self, appended: Appended) -> None:
        """Take back an entry of this round if the round is not kept."""
        if appended.is_entry:
            self._appended.append(appended)
            self.changed.add(appended.log)
        if not appended.has_undo:
            self._commanded.append(appended.log)

    def commanded(self, namespace_log: NamespaceLog) -> None:
        """Load a namespace again if this round is not kept: what it did has no undo."""
        self._commanded.append(namespace_log)
        self.changed.add(namespace_log)

    def of(self, namespace: Namespace, *, again: bool = False) -> NamespaceLog:
        """The log of a namespace, with all that others appended before this round. Raises a LogError.

        With `again`, others may have appended since the round began.
        """
        found = namespace.shared
        if found is not None and found.round_number == self.round_number and not again and self.in_round:
            return found
        if found is None:
            found = self._begun(namespace)
        elif found.is_lost:
            found.load()
        elif found.catch_up():
            self._touched[namespace.name] = namespace.used = time.monotonic()
        found.round_number = self.round_number
        if namespace is not self.namespaces.default and (found.is_new or self._is_due(namespace)):
            # Also one that is only read: others list it, may end it, and must not end it while it is in use here.
            self.commanded(found)
            found.command("begin", None)
            self._touched[namespace.name] = namespace.used
        return found

    def _is_due(self, namespace: Namespace) -> bool:
        """Is it time to let others know that a namespace is still in use?"""
        return namespace.used - self._touched.get(namespace.name, 0.0) > self.namespaces.idle / 2

    def _ended_here(self, namespace: Namespace) -> None:
        """Forget a namespace that was not used for long, unless another process has used it since."""
        self._touched.pop(namespace.name, None)
        known = namespace.shared.revision if namespace.shared is not None else self._heads.get(namespace.name, -1)
        if self.log is None or known < 0:
            return
        with suppress(LogError, EntriesCutError):
            if not self.in_round:
                self.log.begin()
            if not self.log.new_entries(Partition(namespace.name, ONE_ORDER), known):
                self.log.drop(namespace.name)

    def _begun(self, namespace: Namespace) -> NamespaceLog:
        assert self.log is not None and self._follow is not None and namespace.changes is not None  # noqa: S101, PT018  # it is attached
        new = NamespaceLog(self.log, self._follow(namespace), namespace.changes)
        new.load()
        self.seed(namespace, self.number)
        namespace.shared = new
        return new

    def named(self, headers: Any) -> Namespace:
        """The namespace of a request, from its raw headers; the default one where they name none that can be."""
        for name, _ in headers:
            if name == b"mock-namespace" or name == b"baggage":  # noqa: PLR1714  # twice as fast as a tuple of both
                found = name_in(read_headers(headers))
                try:
                    return self.namespaces.named(found) if found is not None else self.namespaces.default
                except Refusal:  # the endpoint answers so
                    break
        return self.namespaces.default

    def look(self, headers: Any) -> None:
        """Apply what others appended for the namespace of the next request, if the log can be used."""
        self._looked = None
        if self.fault is None:
            try:
                namespace = self.named(headers)
                found = namespace.shared
                is_known = found is not None and found.round_number == self.round_number
                self._looked = found if is_known else self.of(namespace)
            except LogError as fault:
                self._failed(fault)

    def looked(self) -> NamespaceLog | None:
        """The log that `look` has just found for this request, in the same round; None if it has not."""
        found, self._looked = self._looked, None
        return found if self.in_round else None

    def behind(self) -> int:
        """How many entries of the default namespace others appended that are not applied here. Raises a LogError.

        A request applies them before it is answered, so this says how much the next one has to do.
        """
        followed = self.namespaces.default.shared
        with self.round():
            assert self.log is not None  # noqa: S101  # it is attached
            head = self.log.heads().get(Partition(self.namespaces.default.name, ONE_ORDER), 0)
        return max(0, head - (followed.revision if followed is not None else 0))

    def discover(self) -> None:
        """Begin the namespaces that others began, and end those that others ended. Raises a LogError."""
        assert self.log is not None  # noqa: S101  # it is attached
        namespaces = list(self.namespaces)  # ends those that were not used for long, also in the log
        heads = {each.namespace for each in self.log.heads() if each != STARTS}
        for namespace in namespaces:
            ours = namespace.shared
            if ours is not None and ours.revision and namespace.name not in heads:
                self.namespaces.end(namespace.name)
        for name in heads:
            if self.namespaces.known(name) is None:
                with suppress(TooMany):  # there are more than may be in use here
                    self.namespaces.named(name)

    def settle(self) -> None:
        """Append nothing of what was changed so far, because each process does it: it has read its documents again."""
        for namespace in self.namespaces:
            if namespace.shared is not None:
                namespace.shared.settle()

    def close(self) -> None:
        """Give back the log; what it has stays."""
        if self.log is not None and self._saver is not None:
            self._saver.close()
            self.log.close()
            self.log = None

    def drop(self, name: str) -> None:
        """Forget a namespace in the log. Raises a LogError."""
        assert self.log is not None  # noqa: S101  # it is attached
        self.log.drop(name)
