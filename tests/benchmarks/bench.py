"""Measures mockserver, the ceiling of its server and other mock servers (the peers) in one run.

    python tests/benchmarks/bench.py [--no-peers] [--seconds 3] [--rounds 3] [--items 100 100000 | --large]

Every server has one worker and one core; the load generator has the other cores. All servers run at once and get load
in turn, so that other work of the machine affects all of them alike. A figure is the median of its rounds. The
processor time per request is given too: it says more on a shared machine. Prints tables and writes JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from mockserver import vendor_files
from tests.benchmarks import reduced, steered
from tests.benchmarks.load import Rate, Request, generator, rate, repeat
from tests.benchmarks.servers import (
    CEILING,
    LARGE,
    OURS,
    PEERS,
    STOCK,
    WITHOUT_JOURNAL,
    Running,
    Server,
    Site,
    install_packages,
    running,
)

COLLECTION = "/api/public/organizations/org_abc123/mcp-servers"
TOKEN = ("Authorization", "Bearer bd_key_" + "SandboxAdmin".ljust(32, "0"))
JSON_TYPE = ("Content-Type", "application/json")
BODY = b'{"displayName":"Linear","serverUrl":"https://mcp.example.com/mcp"}'
PACKAGES = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "mockserver-bench"

Rates = dict[str, dict[str, Rate]]


@dataclass(frozen=True)
class Options:
    """The options of a run: how long and how much to measure."""

    seconds: float
    rounds: int
    items: tuple[int, ...]
    packages: Path | None


def requests(address: str, identifier: str) -> dict[str, Request]:
    """The requests that are measured, by the name of their column."""
    collection = address + COLLECTION
    return {
        "create": Request(collection, "POST", (TOKEN, JSON_TYPE), BODY),
        "list": Request(f"{collection}?limit=1", headers=(TOKEN,)),
        "list 50": Request(collection, headers=(TOKEN,)),
        "get": Request(f"{collection}/{identifier}", headers=(TOKEN,)),
    }


def answer(request: Request) -> str:
    """Send one request and return the body of the response."""
    sent = urllib.request.Request(request.url, request.body or None, dict(request.headers), method=request.method)
    with urllib.request.urlopen(sent, timeout=30) as reply:
        return reply.read().decode()


def newest(address: str) -> str:
    """The id of the item that was created last."""
    listed = json.loads(answer(requests(address, "")["list"]))
    return str(listed["data"][0]["id"])


def sample(address: str) -> dict[str, str]:
    """How mockserver answers each request with a full page stored; the other servers answer with the same bytes."""
    repeat(requests(address, "")["create"], 60)
    return {name: answer(request) for name, request in requests(address, newest(address)).items()}


def measure(asked: Mapping[str, Mapping[str, Request]], options: Options, up: Mapping[str, Running]) -> Rates:
    """The median rate of each request to each server; the servers get load in turn within each round.

    A round before the others does not count: virtual machines compile code that has run for a while.
    """
    for table in asked.values():
        for request in table.values():
            rate(request, 1)
    seen: dict[str, dict[str, list[Rate]]] = defaultdict(lambda: defaultdict(list))
    for _ in range(options.rounds):
        for operation in dict.fromkeys(name for table in asked.values() for name in table):
            for server, table in asked.items():
                if operation in table:
                    seen[server][operation].append(rate(table[operation], options.seconds, spender(up[server])))
    return {server: {name: middle(rates) for name, rates in table.items()} for server, table in seen.items()}


def spender(server: Running) -> Callable[[], float]:
    return lambda: server.processor_seconds


def middle(rates: Iterable[Rate]) -> Rate:
    """The median of several rates, and the sum of their refusals."""
    kept = list(rates)
    return Rate(
        median(each.per_second for each in kept), sum(each.refused for each in kept),
        median(each.microseconds for each in kept),
    )  # fmt: skip


@contextmanager
def own_core() -> Iterator[int | None]:
    """Reserve a core for the servers and give the others to the load; None if that is not possible here."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(cores) < 2:
        yield None
        return
    os.sched_setaffinity(0, cores[1:])
    try:
        yield cores[0]
    finally:
        os.sched_setaffinity(0, cores)


def start_all(stack: ExitStack, servers: Sequence[Server], site: Site) -> list[Running]:
    """Start each server that is installed; print why the others do not start."""
    started = []
    for server in servers:
        if not server.available(site):
            print(f"  {server.name}: not installed")
            continue
        try:
            started.append(stack.enter_context(running(server, site, COLLECTION)))
        except TimeoutError as problem:
            print(f"  {server.name}: {problem}")
    return started


def compare(folder: Path, options: Options) -> dict[str, Any]:
    """Compare mockserver, the ceiling, stock Connexion and the peers with the Basedash document."""
    with ExitStack() as stack:
        site = Site(vendor_files.of("basedash").document, folder, options.packages, stack.enter_context(own_core()))
        mine = start_all(stack, (OURS, WITHOUT_JOURNAL), site)
        replies = [sample(each.address) for each in mine]
        (folder / "replies.json").write_text(json.dumps(replies[0]), encoding="utf-8")
        others = start_all(stack, (CEILING, STOCK, *(PEERS if options.packages else ())), site)
        asked = {each.server.name: requests(each.address, newest((each if each in mine else mine[0]).address))
                 for each in (*mine, *others)}  # fmt: skip
        for each in others:
            if each.server is not CEILING:
                del asked[each.server.name]["list 50"]  # the others return a constant page, which measures no paging
        rates = measure(asked, options, {each.server.name: each for each in (*mine, *others)})
        notes = {each.server.name: each.server.note for each in (*mine, *others)}
    print_rates(rates, notes)
    return {name: as_json(table) | shares(table, rates[CEILING.name]) for name, table in rates.items()}


def print_rates(rates: Rates, notes: Mapping[str, str]) -> None:
    ceiling, operations = rates[CEILING.name], list(rates[CEILING.name])
    print(f"\n| requests/s | {' | '.join(operations)} | of the ceiling (create, list, get) | by processor time | |")
    print(f"| --- |{' ---: |' * len(operations)} ---: | ---: | --- |")
    for name, table in sorted(rates.items(), key=lambda row: -row[1]["create"].per_second):
        cells = " | ".join(str(table.get(operation, "–")) for operation in operations)
        share = " | ".join(
            ", ".join(f"{part[key]:.2f}" if part.get(key) else "–" for key in ("create", "list", "get"))
            for part in shares(table, ceiling).values()
        )
        print(f"| {name} | {cells} | {share} | {notes[name]} |", flush=True)


def shares(table: Mapping[str, Rate], ceiling: Mapping[str, Rate]) -> dict[str, dict[str, float]]:
    """The share of the ceiling, by rate and by processor time; none for requests that were refused."""
    accepted = {name: each for name, each in table.items() if not each.refused}
    return {
        "of_ceiling": {name: round(each.per_second / ceiling[name].per_second, 3) for name, each in accepted.items()},
        "by_processor": {
            name: round(ceiling[name].microseconds / each.microseconds, 3)
            for name, each in accepted.items() if each.microseconds
        },
    }  # fmt: skip


def as_json(table: Mapping[str, Rate]) -> dict[str, Any]:
    return {
        name: {
            "per_second": round(each.per_second, 1), "refused": each.refused,
            "microseconds": round(each.microseconds, 1),
        }
        for name, each in table.items()
    }  # fmt: skip


def grow(folder: Path, options: Options) -> dict[str, Any]:
    """Measure mockserver with few and with many stored items: the cost of a request, and the bytes per item."""
    site = Site(vendor_files.of("basedash").document, folder)
    asked: dict[str, dict[str, Request]] = {}
    bytes_each: dict[str, int] = {}
    up: dict[str, Running] = {}
    with ExitStack() as stack:
        for items in options.items:
            mine = stack.enter_context(running(OURS, site, COLLECTION))
            up[str(items)], before = mine, mine.megabytes
            statuses = repeat(requests(mine.address, "")["create"], items)
            accepted = sum(count for status, count in statuses.items() if status < 300)
            bytes_each[str(items)] = round((mine.megabytes - before) * 2**20 / max(1, accepted))
            asked[str(items)] = deep(mine.address)
            if accepted < items:
                print(f"  only {accepted:,} of {items:,} were accepted: {dict(statuses)}")
        rates = measure(asked, options, up)
    print_growth(rates, bytes_each)
    return {"rates": {items: as_json(table) for items, table in rates.items()}, "bytes_each": bytes_each}


def deep(address: str) -> dict[str, Request]:
    """Requests to a full collection: its first page, its last page by cursor, an item, and last a create."""
    collection, cursor, last = address + COLLECTION, None, ""
    while cursor or not last:
        last = f"{collection}?limit=100" + (f"&cursor={cursor}" if cursor else "")
        cursor = json.loads(answer(Request(last, headers=(TOKEN,))))["pagination"]["nextCursor"]
    named = requests(address, newest(address))
    return {
        "first page": Request(f"{collection}?limit=10", headers=(TOKEN,)),
        "last page": Request(last.replace("limit=100", "limit=10"), headers=(TOKEN,)),
        "get": named["get"],
        "create": named["create"],
    }


def print_growth(rates: Rates, bytes_each: Mapping[str, int]) -> None:
    fewest = next(iter(rates))
    print(f"\n| requests/s with this many items stored | {' | '.join(rates[fewest])} | bytes for each item |")
    print(f"| ---: |{' ---: |' * (len(rates[fewest]) + 1)}")
    for items, table in rates.items():
        cells = " | ".join(
            f"{each} ({each.microseconds / max(rates[fewest][name].microseconds, 1e-9):.2f} × the time)"
            for name, each in table.items()
        )
        print(f"| {int(items):,} | {cells} | {bytes_each[items]:,} |")


def steer(folder: Path, options: Options) -> dict[str, Any]:
    """Measure mockserver without overrides, and with many that do not apply."""
    site = Site(vendor_files.of("basedash").document, folder)
    asked: dict[str, dict[str, Request]] = {}
    up: dict[str, Running] = {}
    with ExitStack() as stack:
        for name in steered.ROWS:
            up[name] = mine = stack.enter_context(running(OURS, site, COLLECTION))
            repeat(requests(mine.address, "")["create"], 60)
            steered.set_overrides(mine.address, name)
            table = requests(mine.address, newest(mine.address))
            asked[name] = {operation: table[operation] for operation in ("create", "list", "get")}
        rates = measure(asked, options, up)
    steered.print_overrides(rates)
    return {name: as_json(table) for name, table in rates.items()}


def scale(folder: Path, options: Options) -> dict[str, Any]:
    """Compare a document of 1,223 operations with one of two: time until ready, memory, cost of a request."""
    if options.packages is None:
        print("\nGitHub's document is not measured: it comes from npm.")
        return {}
    documents = reduced.write(options.packages, folder)
    sites = {name: Site(document, folder, options.packages) for name, document in documents.items()}
    table = {
        server.name: side_by_side(server, sites, options)
        for server in LARGE
        if all(map(server.available, sites.values()))
    }
    print_scale(table)
    return table


def side_by_side(server: Server, sites: Mapping[str, Site], options: Options) -> dict[str, dict[str, Any]]:
    """Measure one server with each document; both run at once and get load in turn."""
    up: dict[str, Running] = {}
    with ExitStack() as stack:
        try:
            for name, site in sites.items():
                up[name] = stack.enter_context(running(server, site, reduced.PROBE))
        except TimeoutError as problem:
            return {name: {"problem": str(problem)} for name in sites}
        start = {name: (each.processor_seconds, each.megabytes) for name, each in up.items()}
        rates = measure(
            {name: {"get": Request(each.address + reduced.PROBE)} for name, each in up.items()}, options, up
        )
    return {
        name: as_json(table)["get"] | {
            "ready_after": round(up[name].ready_after, 2), "ready_by_processor": round(start[name][0], 2),
            "megabytes": round(start[name][1]),
        }
        for name, table in rates.items()
    }  # fmt: skip


def print_scale(table: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
    print("\n| GitHub's document | ready after | processor time | memory | a request | with two operations | ratio |")
    print("| --- |" + " ---: |" * 6)
    for name, row in table.items():
        large, small = row["GitHub"], row["two operations"]
        if "problem" in large:
            print(f"| {name} | {large['problem']} | | | | | |")
            continue
        costs = [each["microseconds"] / 1000 for each in (large, small)]
        cells = [f"{cost:.3f} ms" for cost in costs] + [f"{costs[0] / max(costs[1], 1e-9):.2f}"]
        if large["refused"] or small["refused"]:
            cells = [
                "refused" if each["refused"] else cost for each, cost in zip((large, small), cells, strict=False)
            ] + ["–"]
        ready = f"{large['ready_after']} s | {large['ready_by_processor']} s"
        print(f"| {name} | {ready} | {large['megabytes']} MB | {' | '.join(cells)} |")


def machine() -> dict[str, Any]:
    return {"cores": os.cpu_count(), "python": platform.python_version(), "load_generator": generator()}


def options() -> tuple[Options, Path]:
    parser = argparse.ArgumentParser(description="Measure mockserver, its ceiling and other mock servers.")
    parser.add_argument("--seconds", type=float, default=3, help="seconds of load per figure and round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--items", type=int, nargs="+", default=[100, 100_000], help="how many items to store")
    parser.add_argument("--large", action="store_true", help="store 1,000,000 items; takes minutes and 4 GB")
    parser.add_argument("--no-peers", action="store_true", help="no other mock servers, no GitHub document")
    parser.add_argument("--packages", type=Path, default=PACKAGES, help="where npm packages are installed")
    parser.add_argument("--output", type=Path, default=Path("reports/bench.json"))
    given = parser.parse_args()
    packages = None if given.no_peers else install_packages(given.packages.resolve())
    if packages is None and not given.no_peers:
        print("npm is missing or cannot install: the other mock servers are left out.")
    items = (100, 1_000_000) if given.large else tuple(given.items)
    return Options(given.seconds, given.rounds, items, packages), given.output


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped too
    chosen, output = options()
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, load by {generator()}, one core each.")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        figures = {
            "machine": machine(),
            "rates": compare(folder, chosen),
            "growth": grow(folder, chosen),
            "overrides": steer(folder, chosen),
            "scale": scale(folder, chosen),
        }
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(f"\nWritten to {output}.")


if __name__ == "__main__":
    main()
