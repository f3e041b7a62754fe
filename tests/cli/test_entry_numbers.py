"""The numbers of journal entries, which all workers count together."""

from __future__ import annotations

import multiprocessing
import os
import sys
from itertools import islice
from multiprocessing.connection import Connection

import pytest

from mockserver.web.workers.entry_numbers import EntryNumbers

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="there are no workers without fork"),
    # pytest-xdist has a thread, which Python 3.12 and later warn of; what is forked here does not need it.
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]


def counting(numbers: EntryNumbers, results: Connection) -> None:
    results.send(list(islice(numbers, 1000)))


def killed_while_counting(numbers: EntryNumbers) -> None:
    numbers._lock.acquire()
    os._exit(0)


def test_processes_get_different_numbers_without_a_gap() -> None:
    context = multiprocessing.get_context("fork")
    numbers = EntryNumbers(context)
    receiver, sender = context.Pipe(duplex=False)
    processes = [context.Process(target=counting, args=(numbers, sender)) for _ in range(3)]
    for each in processes:
        each.start()
    found = [receiver.recv() for _ in processes]
    for each in processes:
        each.join()

    assert list(range(1, 3001)) == sorted(number for each in found for number in each)
    assert all(each == sorted(each) for each in found)
    assert 3000 == numbers.last


def test_a_process_that_is_killed_while_it_counts_stops_no_other() -> None:
    context = multiprocessing.get_context("fork")
    numbers = EntryNumbers(context)
    process = context.Process(target=killed_while_counting, args=(numbers,))
    process.start()
    process.join()

    assert [1, 2, 3] == list(islice(numbers, 3))
