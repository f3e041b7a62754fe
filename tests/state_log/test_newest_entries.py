"""The newest entries of an SQLite file, which are in a file of their own until they are moved into its tables."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mockserver.errors import LogUnavailable
from mockserver.state.shared_log import Partition, SharedLog
from mockserver.stores import commit_lock
from mockserver.stores.newest_entries import SIZE
from mockserver.stores.opening import open_log
from tests.process import ENVIRONMENT

SHOP, BANK = Partition("default", "shop"), Partition("default", "bank")

KILLED = """
import os, signal, sys
from mockserver.state.shared_log import Partition
from mockserver.stores.newest_entries import NewestEntries
from mockserver.stores.opening import open_log
log = open_log(sys.argv[1])
setattr(NewestEntries, sys.argv[2], lambda *_: os.kill(os.getpid(), signal.SIGKILL))
log.begin()
log.append(Partition("default", "shop"), 3, sys.argv[3].encode() * int(sys.argv[4]))
log.end()
"""
"""A process that is killed where it would call a method of the newest entries."""

pytestmark = pytest.mark.skipif(not commit_lock.IS_SUPPORTED, reason="this system has no such locks")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is."""
    return tmp_path / "sandbox.db"


@pytest.fixture
def log(path: Path) -> Iterator[SharedLog]:
    """A log of three entries: the first one is in the tables, because its partition was new."""
    with closing(open_log(str(path))) as opened:
        for number, entry in enumerate((b"a", b"b", b"c")):
            write(opened, entry, after=number)
        yield opened


def write(log: SharedLog, entry: bytes, *, after: int, partition: Partition = SHOP) -> None:
    """Append an entry in a round of its own."""
    log.begin()
    assert log.append(partition, after, entry)
    log.end()


def read(log: SharedLog, after: int = 0, partition: Partition = SHOP) -> list[bytes]:
    """The new entries, in a round of its own."""
    log.begin()
    found = log.new_entries(partition, after)
    log.end()
    return found


def in_tables(path: Path) -> int:
    """How many entries are in the tables."""
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("SELECT count(*) FROM entries").fetchone()[0])


def copied(path: Path, name: str, *suffixes: str) -> Path:
    """The files as they are left where all processes are killed, below another name."""
    new = path.with_name(name)
    for suffix in ("", *suffixes):
        shutil.copy(f"{path}{suffix}", f"{new}{suffix}")
    return new


def test_entries_are_moved_into_the_tables_many_at_a_time_and_at_the_end(path: Path, log: SharedLog) -> None:
    assert 1 == in_tables(path)
    with closing(open_log(str(path))) as other:
        assert [b"a", b"b", b"c"] == read(other)
        for number in range(3, 600):
            write((log, other)[number % 2], b"%d" % number * 300, after=number)
        assert 300 < in_tables(path) < 600
        assert [597, 0] == [len(read(each, after)) for each, after in ((log, 3), (other, 600))]
    log.close()

    assert 600 == in_tables(path)
    with closing(open_log(str(path))) as again:
        assert [b"a", b"b", b"c", b"333"] == [entry[:3] for entry in read(again)[:4]]


def test_an_entry_for_which_there_is_no_room_goes_into_the_tables_with_those_before(path: Path, log: SharedLog) -> None:
    write(log, bytes(SIZE), after=3)

    assert 4 == in_tables(path)
    write(log, b"e", after=4)
    assert [bytes(SIZE), b"e"] == read(log, 3)


def test_who_knows_entries_reads_those_that_were_moved_meanwhile(path: Path, log: SharedLog) -> None:
    with closing(open_log(str(path))) as other:
        assert 3 == len(read(other))
        write(log, b"d", after=3)
        write(log, b"in the bank", after=0, partition=BANK)
        write(log, b"e", after=4)

        assert [b"d", b"e"] == read(other, 3)
        assert [b"c", b"d", b"e"] == read(other, 2)
        assert [b"in the bank"] == read(other, 0, BANK)
        assert {SHOP: 5, BANK: 1} == other.heads()


def test_what_was_acknowledged_is_there_when_all_processes_were_killed(path: Path, log: SharedLog) -> None:
    left = copied(path, "left.db", "-wal", "-newest")

    with closing(open_log(str(left))) as again:
        assert [b"a", b"b", b"c"] == read(again)
        write(again, b"d", after=3)
        assert [b"d"] == read(again, 3)
    assert [b"a", b"b", b"c"] == read(log)


@pytest.mark.parametrize("method", ["empty", "add"])
def test_a_process_that_is_killed_while_it_keeps_entries_leaves_each_of_them_once(
    method: str, path: Path, log: SharedLog
) -> None:
    times = SIZE if method == "empty" else 1  # there is no room for it, so that all are moved
    command = [sys.executable, "-c", KILLED, str(path), method, "d", str(times)]
    done = subprocess.run(command, env=ENVIRONMENT, timeout=60, check=False)
    assert -signal.SIGKILL == done.returncode

    kept = [b"d" * SIZE] if method == "empty" else []
    left = copied(path, "left.db", "-wal", "-newest")
    with closing(open_log(str(left))) as again:
        assert [b"a", b"b", b"c", *kept] == read(again)
    assert [b"a", b"b", b"c"] == read(log)[:3]
    log.begin()
    log.hold(SHOP)
    assert kept == log.new_entries(SHOP, 3)
    assert log.append(SHOP, 3 + len(kept), b"after it")
    log.end()
    assert [b"c", *kept, b"after it"] == read(log, 2)


@pytest.mark.parametrize("damaged", [b"\0", bytes(100)])
def test_of_entries_that_a_power_failure_damaged_those_before_are_kept(
    path: Path, log: SharedLog, damaged: bytes
) -> None:
    for number in range(3, 20):
        write(log, b"entry %d" % number, after=number)
    left = copied(path, "left.db", "-wal", "-newest")
    newest = Path(f"{left}-newest")
    content = newest.read_bytes()
    at = content.index(b"entry 17")
    newest.write_bytes(content[:at] + damaged + content[at + len(damaged) :])

    with closing(open_log(str(left))) as again:
        assert [b"entry 15", b"entry 16"] == read(again)[15:]
        write(again, b"goes on", after=17)
        assert [b"entry 16", b"goes on"] == read(again, 16)


def test_the_newest_entries_of_another_file_or_of_another_time_of_it_are_forgotten(path: Path, log: SharedLog) -> None:
    before = copied(path, "before.db", "-wal", "-newest")
    write(log, bytes(SIZE), after=3)
    write(log, b"e", after=4)
    shutil.copy(f"{path}-newest", f"{before}-newest")
    anew = path.with_name("anew.db")
    shutil.copy(f"{path}-newest", f"{anew}-newest")

    with closing(open_log(str(before))) as earlier, closing(open_log(str(anew))) as empty:
        assert [b"a"] == read(earlier)
        assert ([], {}) == (read(empty), empty.heads())


def test_a_file_of_newest_entries_that_cannot_be_opened_is_named(path: Path) -> None:
    Path(f"{path}-newest").mkdir()

    with pytest.raises(LogUnavailable, match=r"sandbox\.db-newest cannot be used: Is a directory"):
        open_log(str(path))
