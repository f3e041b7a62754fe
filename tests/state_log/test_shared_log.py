"""One suite for the three logs: what state/shared_log.py says, with two handles as two processes have them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from random import Random

import pytest

from mockserver.state.shared_log import EntriesCutError, LogSnapshot, Partition, SharedLog
from mockserver.stores.memory_log import MemoryLog
from mockserver.stores.opening import open_log

SHOP, BANK, OTHER = Partition("default", "shop"), Partition("default", "bank"), Partition("other", "shop")
Open = Callable[[], SharedLog]


@pytest.fixture(params=["memory", "sqlite", "redis"])
def open_handle(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """A function that opens the log once more."""
    if request.param == "memory":
        shared = MemoryLog()
        yield lambda: shared
        return
    address = request.getfixturevalue("redis_address") if request.param == "redis" else str(tmp_path / "log.db")
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(open_log(address)))


def write(log: SharedLog, partition: Partition, *entries: bytes, after: int = 0) -> None:
    """Append entries in one round."""
    log.begin()
    for number, entry in enumerate(entries, after):
        assert log.append(partition, number, entry)
    log.end()


def read(log: SharedLog, partition: Partition, after: int = 0) -> list[bytes]:
    """The new entries, in a round of its own."""
    log.begin()
    found = log.new_entries(partition, after)
    log.end()
    return found


def test_entries_come_in_the_order_in_which_they_were_appended(open_handle: Open) -> None:
    one, two = open_handle(), open_handle()
    write(one, SHOP, b"a", b"b")
    write(two, SHOP, b"c", after=2)
    write(one, SHOP, b"d", after=3)

    assert [b"a", b"b", b"c", b"d"] == read(one, SHOP) == read(two, SHOP) == read(open_handle(), SHOP)
    assert [b"c", b"d"] == read(one, SHOP, 2)
    assert [] == read(two, SHOP, 4)


def test_an_entry_is_refused_where_another_process_was_faster_and_then_taken(open_handle: Open) -> None:
    one, two = open_handle(), open_handle()
    two.begin()
    assert [] == two.new_entries(SHOP, 0)
    write(one, SHOP, b"first")

    assert not two.append(SHOP, 0, b"second")
    assert [b"first"] == two.new_entries(SHOP, 0)
    assert two.append(SHOP, 1, b"second")
    two.end()
    assert [b"first", b"second"] == read(one, SHOP)


def test_a_round_sees_what_it_appended_itself(open_handle: Open) -> None:
    log = open_handle()
    log.begin()
    assert log.append(SHOP, 0, b"a")
    assert log.append(SHOP, 1, b"b")

    assert [] == log.new_entries(SHOP, 2)
    assert [b"b"] == log.new_entries(SHOP, 1)
    assert not log.append(SHOP, 1, b"c")
    log.end()


def test_partitions_do_not_see_each_other(open_handle: Open) -> None:
    one, two = open_handle(), open_handle()
    one.begin()
    for partition in (SHOP, BANK, OTHER):
        assert one.append(partition, 0, partition.service.encode())
    assert one.append(SHOP, 1, b"more")
    one.end()

    assert [[b"shop", b"more"], [b"bank"], [b"shop"]] == [read(two, each) for each in (SHOP, BANK, OTHER)]
    assert {SHOP: 2, BANK: 1, OTHER: 1} == two.heads()


def test_two_processes_that_write_to_two_partitions_each_do_not_wait_for_each_other_forever(open_handle: Open) -> None:
    one, two = open_handle(), open_handle()
    write(one, SHOP, b"1")
    one.begin()
    assert one.append(SHOP, 1, b"2")
    assert one.append(BANK, 0, b"1")
    one.end()
    two.begin()
    assert two.append(BANK, 1, b"2")
    assert two.append(SHOP, 2, b"3")
    two.end()

    assert {SHOP: 3, BANK: 2} == one.heads()


def test_a_snapshot_cuts_the_log_before_the_snapshot_before_it(open_handle: Open) -> None:
    one, two = open_handle(), open_handle()
    assert one.load(SHOP) is None
    write(one, SHOP, b"a", b"b")
    one.save(SHOP, 2, [b"all of two"])
    write(two, SHOP, b"c", after=2)

    assert LogSnapshot(2, b"all of two") == two.load(SHOP)
    assert [b"a", b"b", b"c"] == read(two, SHOP)
    two.save(SHOP, 3, [b"all of three"])
    assert LogSnapshot(3, b"all of three") == one.load(SHOP)
    assert [b"c"] == read(one, SHOP, 2)
    one.begin()
    with pytest.raises(EntriesCutError):
        one.new_entries(SHOP, 1)


def test_others_append_between_two_pieces_of_a_snapshot(open_handle: Open) -> None:
    one, two = open_handle(), open_handle()
    write(one, SHOP, b"a", b"b")
    seen = []

    def pieces() -> Iterator[bytes]:
        yield b"all "
        write(two, SHOP, b"c", after=2)
        seen.append(two.load(SHOP))
        yield b"of two"

    one.save(SHOP, 2, pieces())

    assert [None] == seen
    assert LogSnapshot(2, b"all of two") == two.load(SHOP) == open_handle().load(SHOP)
    assert [b"a", b"b", b"c"] == read(one, SHOP) == read(two, SHOP)


def test_a_snapshot_that_was_given_up_does_not_count_and_a_later_one_does(open_handle: Open) -> None:
    one, two = open_handle(), open_handle()
    write(one, SHOP, b"a", b"b")
    one.save(SHOP, 1, [b"all ", b"of one"])

    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise EOFError

    for _ in range(2):
        with pytest.raises(EOFError):
            two.save(SHOP, 2, pieces())

    assert LogSnapshot(1, b"all of one") == one.load(SHOP)
    two.save(SHOP, 2, [b"all ", b"of two"])
    assert LogSnapshot(2, b"all of two") == one.load(SHOP)


def test_an_older_snapshot_does_not_replace_a_later_one(open_handle: Open) -> None:
    one, two = open_handle(), open_handle()
    write(one, SHOP, b"a", b"b")
    one.save(SHOP, 2, [b"two"])
    two.save(SHOP, 1, [b"one"])
    two.save(SHOP, 2, [b"two again"])

    assert LogSnapshot(2, b"two") == two.load(SHOP)
    assert [b"a", b"b"] == read(two, SHOP)


def test_a_dropped_namespace_begins_anew_with_a_later_revision(open_handle: Open) -> None:
    one, two = open_handle(), open_handle()
    write(one, SHOP, b"a", b"b")
    write(one, OTHER, b"kept")
    read(two, SHOP)
    one.drop("default")

    assert {OTHER: 1} == one.heads() == two.heads()
    two.begin()
    assert not two.append(SHOP, 2, b"written on what was dropped")
    with pytest.raises(EntriesCutError):
        two.new_entries(SHOP, 2)
    assert LogSnapshot(3, b"") == two.load(SHOP)
    assert two.append(SHOP, 3, b"new")
    two.end()
    assert [b"new"] == read(one, SHOP, 3)
    assert {OTHER: 1, SHOP: 4} == one.heads() == open_handle().heads()


def test_a_large_snapshot_and_a_large_entry_come_back_whole(open_handle: Open) -> None:
    one, two = open_handle(), open_handle()
    entry, content = Random(1).randbytes(3_000_001), Random(2).randbytes(20_000_003)
    write(one, SHOP, entry, b"")
    one.save(SHOP, 2, [content])

    assert [entry, b""] == read(two, SHOP)
    assert (2, True) == ((found := two.load(SHOP)) and found.revision, found is not None and found.content == content)


def test_a_log_says_whose_it_is_until_that_is_changed_on_purpose(open_handle: Open) -> None:
    one, two = open_handle(), open_handle()

    assert b"shop 1" == one.identify(b"shop 1")
    assert b"shop 1" == two.identify(b"shop 2")
    assert b"shop 2" == two.identify(b"shop 2", instead_of=b"shop 1")
    assert b"shop 2" == one.identify(b"shop 3", instead_of=b"shop 1")


def test_random_rounds_of_three_processes_leave_one_order(open_handle: Open) -> None:
    random, handles = Random(7), [open_handle() for _ in range(3)]
    seen: list[dict[Partition, list[bytes]]] = [{SHOP: [], BANK: []} for _ in handles]
    for number in range(150):
        who = random.randrange(3)
        log, own = handles[who], seen[who]
        log.begin()
        for part in range(random.randrange(4)):
            partition = random.choice((SHOP, BANK))
            if random.random() < 0.7:
                own[partition] += log.new_entries(partition, len(own[partition]))
            entry = b"%d.%d" % (number, part)
            while not log.append(partition, len(own[partition]), entry):
                own[partition] += log.new_entries(partition, len(own[partition]))
            own[partition].append(entry)
        log.end()
    for log, own in zip(handles, seen, strict=True):
        for partition in (SHOP, BANK):
            own[partition] += read(log, partition, len(own[partition]))

    assert seen[0] == seen[1] == seen[2]
    appended = [entry for entries in seen[0].values() for entry in entries]
    assert (len(appended), True) == (len(set(appended)), len(appended) > 150)


def test_what_a_round_did_not_end_is_taken_back_by_the_next_one(open_handle: Open) -> None:
    one, two = open_handle(), open_handle()
    if isinstance(one, MemoryLog):
        pytest.skip("the memory log is one object: what is appended is there at once")
    one.begin()
    assert one.append(SHOP, 0, b"half done")
    one.begin()

    assert [] == one.new_entries(SHOP, 0)
    assert [] == read(two, SHOP)
    one.end()
    write(two, SHOP, b"of another")
    write(one, SHOP, b"done", after=1)
    assert [b"of another", b"done"] == read(one, SHOP) == read(two, SHOP)


def test_what_a_round_did_not_end_is_seen_by_nobody(open_handle: Open) -> None:
    one = open_handle()
    if isinstance(one, MemoryLog):
        pytest.skip("the memory log is one object: it has no other process that could end in a round")
    write(one, SHOP, b"acknowledged")
    one.begin()
    assert one.append(SHOP, 1, b"half done")
    one.close()

    assert [b"acknowledged"] == read(open_handle(), SHOP)
