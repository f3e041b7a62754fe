"""Measures one and two workers, in memory, with SQLite and with Redis, and latencies at a fixed rate, in one run.

    python tests/benchmarks/workers.py [--no-peers] [--seconds 3] [--rounds 3]

All servers run at once and get load in turn. Servers and load share all cores of the machine: on two cores, two
workers and the load generator take turns, and the ratios are lower than with a third core. Two servers that share
nothing get load at the same time, which says what could be reached here at most. A figure is the median of its rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from mockserver import vendor_files
from tests.benchmarks.bench import (
    PACKAGES,
    Options,
    Rates,
    measure,
    middle,
    newest,
    requests,
    sample,
    spender,
    start_all,
)
from tests.benchmarks.load import CONNECTIONS, Rate, Request, generator, rate
from tests.benchmarks.open_model import Latencies, latencies
from tests.benchmarks.servers import PEERS, Running, Server, Site, install_packages, ours
from tests.redis_process import RedisProcess

MEASURED = ("create", "get", "list")

SHARE = 0.6
"""At which part of its largest rate a server gets requests in the open model."""

MEMORY, SQLITE, TWO, TWO_REDIS = "memory", "SQLite", "2 workers, SQLite", "2 workers, Redis"
SECOND, APART = "another one in memory", "2 servers in memory that share nothing"


def served(name: str, *options: str) -> Server:
    """Our server with these options, by the name of its row."""
    return Server(name, ours(lambda _: "basedash", *options), "", "/basedash")


def own_servers(folder: Path, redis: str | None) -> list[Server]:
    """The rows of our own servers."""
    found = [
        served(MEMORY),
        served(SECOND),
        served(SQLITE, "--store", str(folder / "one.db")),
        served("SQLite, --durability power", "--store", str(folder / "power.db"), "--durability", "power"),
        served(TWO, "--workers", "2", "--store", str(folder / "two.db")),
    ]
    if redis is not None:
        found += [
            served("Redis", "--store", f"{redis}?db=1"),
            served(TWO_REDIS, "--workers", "2", "--store", f"{redis}?db=2"),
        ]
    return found


def asked(address: str, identifier: str) -> dict[str, Request]:
    """The requests that are measured."""
    return {name: each for name, each in requests(address, identifier).items() if name in MEASURED}


def apart(servers: Sequence[Running], chosen: Options) -> dict[str, Rate]:
    """What servers answer together that get load at the same time, each over its part of the connections."""
    asked_of = [(each, asked(each.address, newest(each.address))) for each in servers]
    connections = CONNECTIONS // len(servers)

    def together(name: str) -> Rate:
        with ThreadPoolExecutor(len(servers)) as threads:
            each = list(
                threads.map(
                    lambda one: rate(one[1][name], chosen.seconds, spender(one[0]), connections=connections), asked_of
                )
            )
        total = sum(one.per_second for one in each)
        spent = sum(one.microseconds * one.per_second for one in each) / total
        return Rate(total, sum(one.refused for one in each), spent)

    return {name: middle([together(name) for _ in range(chosen.rounds)]) for name in MEASURED}


def print_table(rates: Rates) -> None:
    """The rates, as a share of one worker in memory."""
    base = rates[MEMORY]
    print(f"\n| requests/s | {' | '.join(MEASURED)} |\n| --- |{' ---: |' * len(MEASURED)}")
    for name, table in rates.items():
        cells = (f"{table[each]} ({table[each].per_second / base[each].per_second:.2f})" for each in MEASURED)
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def print_costs(rates: Rates) -> None:
    """Processor time, on which other work of the machine has less effect than on rates."""
    print(f"\n| µs of a server for a request | {' | '.join(MEASURED)} |\n| --- |{' ---: |' * len(MEASURED)}")
    for name, table in rates.items():
        print(f"| {name} | {' | '.join(f'{table[each].microseconds:.0f}' for each in MEASURED)} |", flush=True)


def print_ratios(rates: Rates) -> None:
    """The ratios that issue after issue asks for, with what they should reach."""
    wanted = (
        ("SQLite, one worker, of memory", SQLITE, MEMORY, 0.6, 0.85),
        ("two workers on SQLite, of one in memory", TWO, MEMORY, 1.2, 1.7),
        ("two workers on Redis, of two on SQLite", TWO_REDIS, TWO, 0.4, 0.6),
        ("two workers on SQLite, of two servers that share nothing", TWO, APART, "–", "–"),
        ("two servers that share nothing, of one in memory", APART, MEMORY, "–", "–"),
    )
    print("\n| ratio | create | reach | get | reach |\n| --- | ---: | ---: | ---: | ---: |")
    for name, above, below, create, read in wanted:
        if above in rates and below in rates:
            found = [rates[above][each].per_second / rates[below][each].per_second for each in ("create", "get")]
            print(f"| {name} | {found[0]:.2f} | {create} | {found[1]:.2f} | {read} |")


def print_latencies(rows: Iterator[tuple[str, Latencies]]) -> None:
    """Latencies of creates in the open model."""
    print(f"\nCreates at {SHARE:.0%} of each server's largest rate, in milliseconds from when a request was due:\n")
    print("| | requests/s | p50 | p99 | p99.9 | refused |\n| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, each in rows:
        cells = f"{each.p50:.2f} | {each.p99:.2f} | {each.p999:.2f} | {each.refused}"
        print(f"| {name} | {each.asked:,.0f} | {cells} |", flush=True)


def open_model(rows: Sequence[tuple[str, Request]], seconds: float) -> Iterator[tuple[str, Latencies]]:
    """The latencies of each server at its own rate, which is measured just before."""
    for name, request in rows:
        most = rate(request, seconds).per_second
        yield name, latencies(request, most * SHARE, max(seconds, 5.0))


@contextmanager
def redis_server() -> Iterator[str | None]:
    """The address of a Redis server on this machine, without its persistence; None where none is installed."""
    if shutil.which("redis-server") is None and shutil.which("valkey-server") is None:
        print("  Redis: not installed")
        yield None
        return
    with RedisProcess() as server:
        yield server.address


def compare(folder: Path, chosen: Options) -> None:
    """Print the tables."""
    with ExitStack() as stack:
        site = Site(vendor_files.of("basedash").document, folder, chosen.packages)
        mine = start_all(stack, own_servers(folder, stack.enter_context(redis_server())), site)
        replies = [sample(each.address) for each in mine]
        (folder / "replies.json").write_text(json.dumps(replies[0]), encoding="utf-8")
        others = start_all(stack, PEERS if chosen.packages else (), site)
        identifier = newest(mine[0].address)
        tables = {
            each.server.name: asked(each.address, newest(each.address)) for each in mine if each.server.name != SECOND
        }
        tables |= {each.server.name: asked(each.address, identifier) for each in others}
        rates = measure(tables, chosen, {each.server.name: each for each in (*mine, *others)})
        rates[APART] = apart([each for each in mine if each.server.name in (MEMORY, SECOND)], chosen)
        print_table(rates)
        print_costs(rates)
        print_ratios(rates)
        compared = [MEMORY, TWO, TWO_REDIS, *fastest(others, rates)]
        print_latencies(
            open_model([(name, tables[name]["create"]) for name in compared if name in tables], chosen.seconds)
        )


def fastest(others: Sequence[Running], rates: Rates) -> list[str]:
    """The names of the two peers that create the most."""
    accepted = [each.server.name for each in others if not rates[each.server.name]["create"].refused]
    return sorted(accepted, key=lambda name: -rates[name]["create"].per_second)[:2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-peers", action="store_true", help="measure no other mock servers")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each load takes")
    parser.add_argument("--rounds", type=int, default=3, help="how many loads a figure is the median of")
    given = parser.parse_args()
    packages = None if given.no_peers else install_packages(PACKAGES)
    print(f"{os.cpu_count()} cores, load by {generator()}; servers and load share the cores.")
    with tempfile.TemporaryDirectory() as folder:
        compare(Path(folder), Options(given.seconds, given.rounds, (), packages))


if __name__ == "__main__":
    main()
