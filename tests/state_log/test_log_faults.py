"""What happens to a shared log, and what it says, when files, disks, servers and processes fail."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from mockserver.errors import LogDamaged, LogError, LogLost, LogMismatch, LogUnavailable
from mockserver.state.shared_log import LogSnapshot, Partition, SharedLog
from mockserver.stores import redis_server
from mockserver.stores.opening import open_log
from tests.process import ENVIRONMENT
from tests.redis_process import RedisProcess

SHOP = Partition("default", "shop")

LAST = "(SELECT max(id) FROM entries)"

WRITER = """
import sys
from mockserver.state.shared_log import Partition
from mockserver.stores.opening import open_log
log, shop, number = open_log(sys.argv[1]), Partition("default", "shop"), 0
while True:
    log.begin()
    for _ in range(3):
        assert log.append(shop, number, b"%d" % number)
        number += 1
    log.end()
    print(number, flush=True)
"""
"""Appends numbers, three in a round, and prints how many are acknowledged."""

DISK_FULL = """
import resource, sys
from mockserver.errors import LogUnavailable
from mockserver.state.shared_log import Partition
from mockserver.stores.opening import open_log
log, shop = open_log(sys.argv[1]), Partition("default", "shop")
def append(number, entry):
    log.begin()
    assert log.append(shop, number, entry), number
    log.end()
append(0, b"before")
most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, most))
try:
    append(1, bytes(1_000_000))
except LogUnavailable as fault:
    print(fault)
log.begin()
assert log.new_entries(shop, 1) == []
log.end()
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
append(1, b"after")
"""
"""A process whose files cannot grow for a while."""


def write(log: SharedLog, *entries: bytes, after: int = 0) -> None:
    """Append entries in one round."""
    log.begin()
    for number, entry in enumerate(entries, after):
        assert log.append(SHOP, number, entry)
    log.end()


def new_entries(log: SharedLog, after: int = 0) -> list[bytes]:
    """The new entries, in a round of its own."""
    log.begin()
    found = log.new_entries(SHOP, after)
    log.end()
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A log of 2,000 entries in an SQLite file."""
    path = tmp_path / "sandbox.db"
    with closing(open_log(str(path))) as log:
        write(log, *(b"entry %d" % number for number in range(2_000)))
    return path


@contextmanager
def changed(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the file of a log, to damage it."""
    with closing(sqlite3.connect(path)) as db, db:
        yield db


def test_a_file_of_a_newer_version_is_refused_by_name_and_left_alone(file: Path) -> None:
    with changed(file) as db:
        db.execute("PRAGMA user_version = 7")

    with pytest.raises(LogMismatch, match=r"sandbox\.db was written by a newer version of mockserver: format 7, this"):
        open_log(str(file))
    with changed(file) as db:
        db.execute("PRAGMA user_version = 2")
    with closing(open_log(str(file))) as log:
        assert 2_000 == len(new_entries(log))


def test_a_file_of_version_1_with_a_whole_snapshot_is_read_and_goes_on_with_pieces(file: Path) -> None:
    content = b"all of them"
    whole = struct.pack(">BI", 1, zlib.crc32(content)) + content
    with changed(file) as db:
        db.execute("DROP TABLE pieces")
        db.execute("ALTER TABLE snapshots DROP COLUMN pieces")
        db.execute("INSERT INTO snapshots SELECT id, 1000, ? FROM partitions", (whole,))
        db.execute("PRAGMA user_version = 1")

    with closing(open_log(str(file))) as log:
        assert LogSnapshot(1_000, content) == log.load(SHOP)
        assert 2_000 == len(new_entries(log))
        log.save(SHOP, 2_000, [b"all ", b"of more"])
        assert LogSnapshot(2_000, b"all of more") == log.load(SHOP)
        assert 1_000 == len(new_entries(log, 1_000))


def test_a_snapshot_without_one_of_its_pieces_is_damaged_and_says_so(file: Path) -> None:
    with closing(open_log(str(file))) as log:
        log.save(SHOP, 2_000, [bytes(300_000)] * 3)
    with changed(file) as db:
        db.execute("DELETE FROM pieces WHERE number = 2")

    with closing(open_log(str(file))) as log, pytest.raises(LogDamaged, match=r"it has 2 of 3 pieces"):
        log.load(SHOP)


def test_an_entry_of_a_newer_version_is_refused_by_its_place(file: Path) -> None:
    with changed(file) as db:
        db.execute(f"UPDATE entries SET content = CAST(x'02' || substr(content, 2) AS BLOB) WHERE id = {LAST}")

    with closing(open_log(str(file))) as log:
        with pytest.raises(
            LogMismatch, match=r"sandbox\.db: an entry of default/shop after revision 1999 has the format 2"
        ):
            new_entries(log)
        with pytest.raises(LogMismatch):
            new_entries(log, 1_998)


@pytest.mark.parametrize("content", ["x'01'", "'text'", "content || 'x'", "x'0100000000' || 'nonsense'"])
def test_a_damaged_last_entry_is_named_and_those_before_it_are_kept(file: Path, content: str) -> None:
    with changed(file) as db:
        db.execute(f"UPDATE entries SET content = CAST({content} AS BLOB) WHERE id = {LAST}")

    with closing(open_log(str(file))) as log:
        with pytest.raises(
            LogDamaged, match=r"an entry of default/shop after revision 1999 is (damaged|truncated)"
        ) as found:
            new_entries(log)
        assert (1_999, b"entry 1998") == (len(found.value.before), found.value.before[-1])


def test_a_truncated_file_is_named(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)

    with pytest.raises(LogDamaged, match=r"sandbox\.db is damaged"), closing(open_log(str(file))) as log:
        new_entries(log)


def test_what_a_lost_end_of_the_write_ahead_log_held_is_all_that_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    log = open_log(str(path), "power")  # each round is in the tables at once
    for number in range(50):
        write(log, b"%d" % number, after=number)
    copy, tail = tmp_path / "copy.db", tmp_path / "copy.db-wal"
    copy.write_bytes(path.read_bytes())
    tail.write_bytes((tmp_path / "sandbox.db-wal").read_bytes()[:-1000])
    log.close()

    with closing(open_log(str(copy))) as damaged:
        found = new_entries(damaged)
    assert [b"%d" % number for number in range(len(found))] == found
    assert 48 <= len(found) < 50


def test_files_of_others_are_refused(tmp_path: Path) -> None:
    text, other = tmp_path / "todo.yaml", tmp_path / "other.db"
    text.write_text("openapi: 3.1.0\n" * 100)
    with changed(other) as db:
        db.execute("CREATE TABLE customers (name TEXT)")

    with pytest.raises(LogMismatch, match=r"todo\.yaml is no log of mockserver"):
        open_log(str(text))
    with pytest.raises(LogMismatch, match=r"other\.db is an SQLite file of another program"):
        open_log(str(other))
    assert text.read_text().startswith("openapi")


def test_a_place_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LogUnavailable, match=r"there is no folder .*nowhere"):
        open_log(str(tmp_path / "nowhere/sandbox.db"))
    with pytest.raises(
        LogUnavailable, match=re.escape("postgres://***@host/db is no store: name a file, or redis://…")
    ):
        open_log("postgres://user:secret@host/db")
    with pytest.raises(LogUnavailable, match=re.escape("redis://***@127.0.0.1:1/0 cannot be used")):
        open_log("redis://user:secret@127.0.0.1:1/0")
    with pytest.raises(LogUnavailable, match="cannot be used"):
        open_log("redis://127.0.0.1:port")


def test_a_file_that_may_not_be_written_is_refused() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sandbox.db")
        open_log(str(path)).close()
        path.chmod(0o444)
        Path(folder).chmod(0o555)
        with as_another_user(), pytest.raises(LogUnavailable, match=r"sandbox\.db cannot be used: .*readonly"):
            open_log(str(path))
        Path(folder).chmod(0o755)


@contextmanager
def as_another_user() -> Iterator[None]:
    """Root may write everywhere."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_full_disk_loses_nothing_and_the_log_goes_on_when_there_is_room(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    done = subprocess.run(
        [sys.executable, "-c", DISK_FULL, path],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        timeout=60,
        check=False,
    )

    assert (0, "") == (done.returncode, done.stderr)
    assert re.search(r"sandbox\.db cannot be used: (disk I/O error|database or disk is full)", done.stdout)
    with closing(open_log(str(path))) as log:
        assert [b"before", b"after"] == new_entries(log)


@pytest.mark.parametrize("kind", ["sqlite", "redis"])
def test_all_that_a_killed_process_acknowledged_is_there_and_others_go_on(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = request.getfixturevalue("redis_address") if kind == "redis" else str(tmp_path / "log.db")
    command = [sys.executable, "-c", WRITER, address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=ENVIRONMENT) as writer:
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(200)]
        writer.kill()
        acknowledged += [int(line) for line in writer.stdout.read().split()]

    with closing(open_log(address)) as log:
        found = new_entries(log)
        assert [b"%d" % number for number in range(len(found))] == found
        assert (0, True) == (len(found) % 3, acknowledged[-1] <= len(found) <= acknowledged[-1] + 3)
        log.begin()
        assert log.append(SHOP, len(found), b"the next")
        log.end()
        assert [b"the next"] == new_entries(log, len(found))


@pytest.fixture
def kept() -> Iterator[RedisProcess]:
    """A Redis server that has what it had when it starts again."""
    with RedisProcess(is_kept=True) as process:
        yield process


def until_it_works(ask: Callable[[], list[bytes]], refusal: type[LogError] = LogUnavailable) -> list[bytes]:
    """What `ask` gives as soon as the log can be used again."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            return ask()
        except refusal:
            time.sleep(0.02)
    raise AssertionError("the log does not come back")


def test_a_redis_server_that_was_away_is_used_again_with_all_it_had(kept: RedisProcess) -> None:
    with closing(open_log(kept.address)) as log:
        write(log, b"a", b"b")
        kept.kill()
        for _ in range(3):
            with pytest.raises(LogUnavailable, match=r"unix://.* cannot be used"):
                new_entries(log, 2)
        log.begin()
        with pytest.raises(LogUnavailable):
            log.append(SHOP, 2, b"c")
        with pytest.raises(LogUnavailable):
            log.end()
        kept.start()

        assert [b"a", b"b"] == until_it_works(lambda: new_entries(log))
        write(log, b"c", after=2)
        assert [b"c"] == new_entries(log, 2)


def test_a_redis_server_that_restarts_between_two_rounds_is_not_noticed(kept: RedisProcess) -> None:
    with closing(open_log(kept.address)) as log:
        write(log, b"a")
        kept.kill()
        kept.start()

        assert [b"a"] == new_entries(log)


def test_a_server_that_comes_back_with_less_than_a_process_knew_is_not_used(kept: RedisProcess) -> None:
    with closing(open_log(kept.address)) as log, closing(open_log(kept.address)) as behind:
        write(log, b"a", b"b")
        kept.command("HSET mock:{default} head:shop 1")  # as after an end before the second one was written

        for _ in range(2):
            with pytest.raises(
                LogLost, match=r"has less than it had: entry 2 of default/shop is gone\. Bring the data"
            ):
                new_entries(log, 2)
        assert [b"a"] == new_entries(behind)


def test_a_round_is_not_acknowledged_when_the_server_ends_before_it(kept: RedisProcess) -> None:
    with closing(open_log(kept.address)) as log:
        log.begin()
        assert log.append(SHOP, 0, b"a")
        kept.kill()
        with pytest.raises(LogUnavailable):
            log.end()
        kept.start()

        assert [] == until_it_works(lambda: new_entries(log))


def test_a_redis_server_that_restarts_empty_is_no_empty_world(redis_process: RedisProcess, redis_address: str) -> None:
    with closing(open_log(redis_address)) as log:
        write(log, b"a")
        redis_process.kill()
        redis_process.start()
        for after in (1, 0):
            with pytest.raises(LogLost, match=r"has lost what it had: it was emptied, or restarted without its data"):
                new_entries(log, after)
        with pytest.raises(LogLost):
            log.new_entries(Partition("never seen", "shop"), 0)

    with closing(open_log(redis_address)) as anew:
        assert [] == new_entries(anew)


def test_a_redis_server_that_was_emptied_is_no_empty_world(redis_address: str, redis_process: RedisProcess) -> None:
    with closing(open_log(redis_address)) as log, closing(open_log(redis_address)) as other:
        write(log, b"a")
        redis_process.command("FLUSHALL")
        with pytest.raises(LogLost):
            new_entries(log, 1)
        with pytest.raises(LogLost):
            new_entries(other)


def test_a_redis_server_that_does_not_answer_is_given_up(kept: RedisProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_server, "ANSWER_SECONDS", 0.3)
    with closing(open_log(kept.address)) as log:
        write(log, b"a")
        kept.signal(signal.SIGSTOP)
        with pytest.raises(LogUnavailable, match=r"cannot be used: Timeout"):
            new_entries(log, 1)
        kept.signal(signal.SIGCONT)

        assert [b"a"] == until_it_works(lambda: new_entries(log))


def test_a_redis_server_that_throws_data_away_is_refused(redis_process: RedisProcess, redis_address: str) -> None:
    redis_process.command("CONFIG SET maxmemory-policy allkeys-lru")
    try:
        with pytest.raises(LogMismatch, match=r"deletes data when its memory is full \(maxmemory-policy allkeys-lru\)"):
            open_log(redis_address)
    finally:
        redis_process.command("CONFIG SET maxmemory-policy noeviction")


def test_keys_of_a_newer_version_are_refused(redis_process: RedisProcess, redis_address: str) -> None:
    open_log(redis_address).close()
    redis_process.command(f"HSET {redis_address.rpartition('=')[2]}:about format 7")

    with pytest.raises(
        LogMismatch, match="was written by a newer version of mockserver: format 7, this one reads up to 1"
    ):
        open_log(redis_address)


def test_a_damaged_entry_in_redis_is_named(redis_process: RedisProcess, redis_address: str) -> None:
    with closing(open_log(redis_address)) as log:
        write(log, b"a", b"b")
        key = f"{redis_address.rpartition('=')[2]}:{{default}}"
        redis_process.command(f"XADD {key}:log:shop 3-0 entry nonsense")
        redis_process.command(f"HSET {key} head:shop 3")
        with pytest.raises(LogDamaged, match=r"an entry of default/shop after revision 2 is damaged") as found:
            new_entries(log)
        assert (b"a", b"b") == found.value.before
        redis_process.command(f"XDEL {key}:log:shop 3-0")
        with pytest.raises(LogDamaged, match=r"an entry of default/shop after revision 2 is missing"):
            new_entries(log, 2)


def test_what_is_written_without_a_pause_is_moved_into_the_file_meanwhile(tmp_path: Path) -> None:
    path, entry = tmp_path / "sandbox.db", bytes(1 << 20)
    with closing(open_log(str(path))) as log:
        until = time.monotonic() + 60
        number = 0
        while path.stat().st_size < 8 << 20:
            assert time.monotonic() < until, f"{number} MiB were written, and none of them moved"
            write(log, entry, after=number)
            number += 1

        assert number == len(new_entries(log))
