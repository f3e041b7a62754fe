"""The lock of an SQLite file and the number of commits, which processes share in a small file beside it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

from mockserver.errors import LogUnavailable
from mockserver.state.shared_log import Partition, SharedLog
from mockserver.stores import commit_lock
from mockserver.stores.commit_lock import CommitLock
from mockserver.stores.opening import open_log
from tests.process import ENVIRONMENT

SHOP = Partition("default", "shop")

KILLED = """
import os, signal, sys
from mockserver.state.shared_log import Partition
from mockserver.stores.commit_lock import CommitLock
from mockserver.stores.opening import open_log
log = open_log(sys.argv[1])
setattr(CommitLock, sys.argv[2], lambda lock: os.kill(os.getpid(), signal.SIGKILL))
log.begin()
log.append(Partition("default", "shop"), 1, b"second")
log.end()
"""
"""A process that is killed where it would call a method of its lock."""

pytestmark = pytest.mark.skipif(not commit_lock.IS_SUPPORTED, reason="this system has no such locks")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with one entry."""
    found = tmp_path / "sandbox.db"
    with closing(open_log(str(found))) as log:
        write(log, b"first", after=0)
    return found


@pytest.fixture
def locks(path: Path) -> Iterator[list[CommitLock]]:
    """The lock of the file, as three processes have it."""
    found = [CommitLock(path) for _ in range(3)]
    yield found
    for each in found:
        each.close()


def write(log: SharedLog, entry: bytes, *, after: int) -> None:
    """Append an entry in a round of its own."""
    log.begin()
    assert log.append(SHOP, after, entry)
    log.end()


def new_entries(log: SharedLog, after: int) -> list[bytes]:
    """The new entries, in a round of its own."""
    log.begin()
    found = log.new_entries(SHOP, after)
    log.end()
    return found


def kill_at(path: Path, method: str) -> None:
    """Let a process append, and kill it where it calls a method of its lock."""
    done = subprocess.run([sys.executable, "-c", KILLED, path, method], env=ENVIRONMENT, timeout=60, check=False)
    assert -signal.SIGKILL == done.returncode


def test_what_a_process_committed_that_was_killed_before_it_counted_that_is_seen(path: Path) -> None:
    with closing(open_log(str(path))) as log, closing(open_log(str(path))) as other:
        assert [] == new_entries(log, 1)
        kill_at(path, "end_commit")

        assert [b"second"] == new_entries(log, 1)
        write(log, b"third", after=2)
        assert [b"second", b"third"] == new_entries(other, 1)
        write(other, b"fourth", after=3)
        assert [b"fourth"] == new_entries(log, 3)


def test_what_a_killed_process_had_not_committed_is_not_there_and_others_go_on(path: Path) -> None:
    with closing(open_log(str(path))) as log:
        assert [] == new_entries(log, 1)
        kill_at(path, "begin_commit")

        assert [] == new_entries(log, 1)
        write(log, b"another second", after=1)


def test_all_that_wait_get_the_lock_one_after_the_other(locks: list[CommitLock]) -> None:
    first, *others = locks
    order: list[int] = []

    def wait(number: int, lock: CommitLock) -> None:
        assert lock.take(time.monotonic() + 60)
        order.append(number)
        lock.give_back()

    assert first.take(time.monotonic())
    threads = [Thread(target=wait, args=each) for each in enumerate(others)]
    for thread in threads:
        thread.start()
    assert [] == order
    first.give_back()
    for thread in threads:
        thread.join(60)
    assert [0, 1] == sorted(order)


def test_a_lock_that_another_keeps_is_not_waited_for_longer_than_asked(locks: list[CommitLock]) -> None:
    first, second, _ = locks
    assert first.take(time.monotonic())

    assert not second.take(time.monotonic())
    assert not second.take(time.monotonic() + 0.01)
    first.give_back()
    assert second.take(time.monotonic())


def test_a_log_that_never_gets_the_lock_says_so_and_works_again_after_that(
    path: Path, locks: list[CommitLock], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mockserver.stores.sqlite_rounds.LONGEST_WAIT", 0.01)
    with closing(open_log(str(path))) as log:
        assert locks[0].take(time.monotonic())

        log.begin()
        with pytest.raises(LogUnavailable, match=r"sandbox\.db cannot be used: another process has its lock for too"):
            log.append(SHOP, 1, b"second")
        locks[0].give_back()
        write(log, b"second", after=1)
        assert [b"first", b"second"] == new_entries(log, 0)


def test_a_small_file_that_cannot_be_opened_is_named(path: Path) -> None:
    small = path.with_name("sandbox.db-lock")
    small.unlink()
    small.mkdir()

    with pytest.raises(LogUnavailable, match=r"sandbox\.db-lock cannot be used: Is a directory"):
        open_log(str(path))
