"""Prints what the logs of `--store` cost: a round that only reads, and rounds that append 1 and 16 entries.

python tests/benchmarks/logs.py [--seconds 1]

The first table is one process alone, in microseconds. The second one is two processes that append rounds of 16 entries
to the same partition, and to one each, in entries per second of both together.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from mockserver.state.shared_log import Partition, SharedLog
from mockserver.stores.memory_log import MemoryLog
from mockserver.stores.opening import open_log
from tests.process import free_port
from tests.redis_process import RedisProcess

ENTRY = bytes(300)
"""About what creating one item takes."""

Open = Callable[[], SharedLog]


def places(running: ExitStack) -> Iterator[tuple[str, Open]]:
    """Name and function of each log."""
    folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
    port = free_port()
    redis = running.enter_context(RedisProcess(port=port))
    yield "SQLite", partial(open_log, str(folder / "process.db"))
    yield "SQLite, --durability power", partial(open_log, str(folder / "power.db"), "power")
    yield "Redis, Unix socket", partial(open_log, redis.address)
    yield "Redis, TCP", partial(open_log, f"redis://127.0.0.1:{port}?prefix=tcp")


def append_rounds(log: SharedLog, partition: Partition, each: int, seconds: float) -> tuple[int, float]:
    """How many rounds of that many entries a process appends, and in how many seconds."""
    log.begin()
    at = log.heads().get(partition, 0)
    log.end()
    began, rounds = time.perf_counter(), 0
    while time.perf_counter() < began + seconds:
        log.begin()
        at += len(log.new_entries(partition, at))
        for _ in range(each):
            while not log.append(partition, at, ENTRY):
                at += len(log.new_entries(partition, at))
            at += 1
        log.end()
        rounds += 1
    return rounds, time.perf_counter() - began


def microseconds_to_read(log: SharedLog, partition: Partition, seconds: float) -> float:
    """The time of a round that finds no new entries."""
    at = log.heads().get(partition, 0)
    began, rounds = time.perf_counter(), 0
    while time.perf_counter() < began + seconds:
        log.begin()
        log.new_entries(partition, at)
        log.end()
        rounds += 1
    return (time.perf_counter() - began) / rounds * 1e6


def print_alone(name: str, log: SharedLog, seconds: float) -> None:
    """One line of the first table."""
    one = Partition("default", "shop")
    rounds, took = append_rounds(log, one, 1, seconds)
    many, took_many = append_rounds(log, one, 16, seconds)
    read = microseconds_to_read(log, one, seconds)
    sys.stdout.write(f"{name:28} {read:10.1f} {took / rounds * 1e6:10.1f} {took_many / many / 16 * 1e6:10.1f}\n")


def append_in_process(open_one: Open, partition: Partition, seconds: float, start: Barrier, result: object) -> None:
    """Append rounds, together with another process."""
    with closing(open_one()) as log:
        start.wait()
        rounds, took = append_rounds(log, partition, 16, seconds)
        result.put(rounds * 16 / took)  # type: ignore[attr-defined]  # a queue


def together(open_one: Open, partitions: tuple[Partition, Partition], seconds: float) -> float:
    """Entries per second of two processes."""
    context = multiprocessing.get_context("fork")
    start, result = context.Barrier(2), context.Queue()
    workers = [
        context.Process(target=append_in_process, args=(open_one, each, seconds, start, result)) for each in partitions
    ]
    for worker in workers:
        worker.start()
    total: float = sum(result.get(timeout=60) for _ in workers)
    for worker in workers:
        worker.join()
    return total


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=1.0)
    seconds = parser.parse_args().seconds
    with ExitStack() as running:
        logs = list(places(running))
        sys.stdout.write(f"{'µs, one process':28} {'read':>10} {'append':>10} {'1 of 16':>10}\n")
        print_alone("memory", MemoryLog(), seconds)
        for name, open_one in logs:
            with closing(open_one()) as log:
                print_alone(name, log, seconds)
        sys.stdout.write(f"\n{'entries/s, two processes':28} {'the same':>10} {'one each':>10}\n")
        shared, own = Partition("default", "shared"), Partition("default", "own")
        for name, open_one in logs:
            same, apart = (together(open_one, (shared, each), seconds) for each in (shared, own))
            sys.stdout.write(f"{name:28} {same:10,.0f} {apart:10,.0f}\n")


if __name__ == "__main__":
    main()
