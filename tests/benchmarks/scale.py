"""Simulates many workers on one or more Redis servers, with costs that are measured here, and prints requests a second.

python tests/benchmarks/scale.py [--request 130] [--batch 16] [--network 0] [--milliseconds 500]

What a request costs a worker is an option, in microseconds (`make bench` measures it). What a question, a lock and an
append cost the worker and the server, and what it costs to follow an entry of another worker, is measured first.
"""

from __future__ import annotations

import argparse
import heapq
import sys
import time
from collections import defaultdict, deque
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

import msgspec
import redis

from mockserver.state.collection import Collection
from mockserver.state.record import Record
from mockserver.state.shared_log import Partition
from mockserver.state.snapshot import StoredItem
from mockserver.stores.opening import open_log
from tests.process import free_port
from tests.redis_process import RedisProcess

ROUNDS = 3_000
"""How often each operation is done to measure it."""

ITEM = {"name": "Ada Lovelace", "email": "ada@example.com", "status": "active", "total": 12.5, "tags": ["a", "b"]}


class Cost(NamedTuple):
    """Microseconds of an operation: of the processor of the server, and the rest, in which the worker waits."""

    server: float
    way: float


@dataclass(frozen=True)
class Costs:
    """What is put into the simulation, in microseconds."""

    request: float
    follow: float
    ask: Cost
    lock: Cost
    append: Cost
    entry: float


@dataclass(frozen=True)
class Load:
    """Who asks for what: `sticky` sends all requests of a namespace to one worker."""

    workers: int
    namespaces: int
    writes: float
    servers: int = 1
    sticky: bool = False


Step = Generator[float | None, None, None]
"""A process of the simulation: it yields how many microseconds pass for it, or None to wait until it is woken."""


@dataclass
class Simulation:
    """The time, the Redis servers, the locks, and how far each worker has followed each namespace."""

    costs: Costs
    load: Load
    batch: int
    random: Random = field(default_factory=lambda: Random(1))
    now: float = 0.0
    answered: int = 0
    busy: float = 0.0
    free_at: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    locks: dict[int, int] = field(default_factory=dict)
    waiting: dict[int, deque[int]] = field(default_factory=lambda: defaultdict(deque))
    processes: list[Step] = field(default_factory=list)
    agenda: list[tuple[float, int]] = field(default_factory=list)
    heads: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    seen: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))

    def run(self, microseconds: float) -> None:
        """Let all workers work for that long."""
        self.processes = [self.worker(number) for number in range(self.load.workers)]
        self.agenda = [(self.random.random() * 1000, number) for number in range(self.load.workers)]
        heapq.heapify(self.agenda)
        while self.agenda and self.agenda[0][0] < microseconds:
            self.now, number = heapq.heappop(self.agenda)
            passes = next(self.processes[number])
            if passes is not None:
                heapq.heappush(self.agenda, (self.now + passes, number))

    def worker(self, number: int) -> Step:
        """Rounds of requests, without an end."""
        while True:
            namespaces = [self.namespace(number) for _ in range(self.batch)]
            for each in dict.fromkeys(namespaces):
                yield from self.operation(each, self.costs.ask)
                yield from self.follow(number, each)
            appended: dict[int, int] = {}
            for each in namespaces:
                yield self.costs.request
                if self.random.random() < self.load.writes:
                    if each not in appended:
                        yield from self.lock(number, each, appended)
                    appended[each] = appended.get(each, 0) + 1
            yield from self.send(number, appended)
            self.answered += self.batch

    def namespace(self, worker: int) -> int:
        """Whose request comes next."""
        if not self.load.sticky:
            return self.random.randrange(self.load.namespaces)
        own = max(1, self.load.namespaces // self.load.workers)
        return (worker * own + self.random.randrange(own)) % self.load.namespaces

    def operation(self, namespace: int, cost: Cost, more: float = 0.0) -> Step:
        """A command: half of the way, the queue of the server, its work, and the way back."""
        yield cost.way / 2
        server = namespace % self.load.servers
        begun = max(self.now, self.free_at[server])
        self.free_at[server] = begun + cost.server + more
        self.busy += cost.server + more
        yield self.free_at[server] - self.now + cost.way / 2

    def follow(self, worker: int, namespace: int) -> Step:
        """Read and apply what others appended."""
        missing = self.heads[namespace] - self.seen[worker, namespace]
        if missing:
            yield from self.operation(namespace, self.costs.ask, missing * self.costs.entry)
            yield missing * self.costs.follow
            self.seen[worker, namespace] += missing

    def lock(self, worker: int, namespace: int, appended: dict[int, int]) -> Step:
        """Take the lock; while it waits, nothing is held. The request runs again if others appended."""
        # A worker that was woken may find that another was faster.
        while True:
            yield from self.operation(namespace, self.costs.lock)
            if self.locks.setdefault(namespace, worker) == worker:
                break
            yield from self.send(worker, appended)
            self.waiting[namespace].append(worker)
            yield from self.operation(namespace, self.costs.lock)
            yield None
        if self.heads[namespace] != self.seen[worker, namespace]:
            yield from self.follow(worker, namespace)
            yield self.costs.request

    def send(self, worker: int, appended: dict[int, int]) -> Step:
        """Append what the round has, and give back the locks."""
        for namespace, entries in appended.items():
            yield from self.operation(namespace, self.costs.append, entries * self.costs.entry)
            self.heads[namespace] += entries
            self.seen[worker, namespace] += entries
            del self.locks[namespace]
            if self.waiting[namespace]:
                heapq.heappush(self.agenda, (self.now, self.waiting[namespace].popleft()))
        appended.clear()


def measured(server: redis.Redis, operation: Callable[[int], object]) -> Cost:
    """What an operation costs the server and the worker, each alone."""
    before, began = _processor(server), time.perf_counter()
    for number in range(ROUNDS):
        operation(number)
    took, used = (time.perf_counter() - began) / ROUNDS * 1e6, (_processor(server) - before) / ROUNDS * 1e6
    return Cost(used, max(0.0, took - used))


def _processor(server: redis.Redis) -> float:
    used = server.info("cpu")
    return float(used["used_cpu_user"] + used["used_cpu_sys"])


def costs(request: float, network: float) -> Costs:
    """Measure the operations on a Redis server that is started for it."""
    port, shop = free_port(), Partition("default", "shop")
    with RedisProcess(port=port), closing(open_log(f"redis://127.0.0.1:{port}")) as log:
        server = redis.Redis(port=port)

        def append(number: int, entries: int, after: int = 0) -> None:
            log.begin()
            for each in range(entries):
                assert log.append(shop, after + number * entries + each, bytes(300))
            log.end()

        def ask(_: int) -> None:
            log.begin()
            log.new_entries(shop, ROUNDS)

        one = measured(server, lambda number: append(number, 1))
        question = measured(server, ask)
        log.drop("default")
        many = measured(server, lambda number: append(number, 16, after=ROUNDS + 1))
        server.close()
    entry = max(0.1, (many.server - one.server) / 15)
    half = Cost(one.server / 2, one.way / 2 + network)
    return Costs(request, follow_cost(), Cost(question.server, question.way + network), half, half, entry)


def follow_cost() -> float:
    """What it takes to read an entry that creates an item, and to put the item into a collection."""
    written = [msgspec.msgpack.encode(StoredItem(f"id-{number}", number, ITEM)) for number in range(ROUNDS)]
    decoder, collection = msgspec.msgpack.Decoder(StoredItem), Collection((), key=("customer", "", ""))
    began = time.perf_counter()
    for each in written:
        item = decoder.decode(each)
        collection.add(Record(item.id, item.sequence, item.fields, item.hidden))
    return (time.perf_counter() - began) / ROUNDS * 1e6


def scenarios(workers: int) -> list[tuple[str, Load]]:
    """What is simulated for a number of workers."""
    many = 10 * workers
    return [
        ("one namespace, 2 % writes", Load(workers, 1, 0.02)),
        ("one namespace, 10 % writes", Load(workers, 1, 0.1)),
        ("one namespace, 50 % writes", Load(workers, 1, 0.5)),
        ("10 namespaces a worker, 50 % writes", Load(workers, many, 0.5)),
        ("  and 10 Redis servers", Load(workers, many, 0.5, servers=10)),
        ("  each namespace at one worker", Load(workers, many, 0.5, sticky=True)),
        ("  and 10 Redis servers", Load(workers, many, 0.5, servers=10, sticky=True)),
    ]


def main() -> None:
    """Measure, simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--request", type=float, default=130.0, help="microseconds that a request costs a worker")
    parser.add_argument("--batch", type=int, default=16, help="requests in a round")
    parser.add_argument(
        "--network", type=float, default=0.0, help="microseconds of the way to another machine and back"
    )
    parser.add_argument("--milliseconds", type=float, default=500.0, help="how long is simulated")
    options = parser.parse_args()
    found = costs(options.request, options.network)
    sys.stdout.write(
        f"µs: a request {found.request:.0f}, to follow an entry {found.follow:.1f}\n"
        f"µs on the way / of the server: question {found.ask.way:.0f} / {found.ask.server:.1f}, lock or append"
        f" {found.append.way:.0f} / {found.append.server:.1f}, each entry {found.entry:.1f}\n\n"
    )
    counts = (1, 10, 100, 1000)
    sys.stdout.write(f"{'requests/s (Redis busy)':38}" + "".join(f"{count:>18,}" for count in counts) + "\n")
    for row in range(len(scenarios(1))):
        cells = []
        for count in counts:
            name, load = scenarios(count)[row]
            run = Simulation(found, load, options.batch)
            run.run(options.milliseconds * 1000)
            per_second = run.answered / options.milliseconds * 1000
            busy = run.busy / load.servers / options.milliseconds / 10
            cells.append(f"{per_second:>11,.0f} ({min(busy, 100):3.0f}%)")
        sys.stdout.write(f"{name:38}" + "".join(f"{cell:>18}" for cell in cells) + "\n")


if __name__ == "__main__":
    main()
