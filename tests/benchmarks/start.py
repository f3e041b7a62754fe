"""Measures how long mock servers take from their start to the first reply.

    python tests/benchmarks/start.py [--times 10] [--no-peers] [--only petstore]

The servers are started in turn, one at a time, and each is asked until it replies; the first round does not count,
because it fills the caches of the disk and compiles Python. The processor time is that of the process and its children
until then: it says more on a shared machine. Prints the median of each, and the least and the greatest.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks import reduced
from tests.benchmarks.bench import PACKAGES
from tests.benchmarks.servers import (
    ROOT,
    Server,
    Site,
    install_packages,
    mockoon,
    ours,
    prism,
    running,
    scalar,
    steady,
)

PETSTORE = ROOT / "docs/petstore.yaml"


@dataclass(frozen=True)
class Start:
    """One start: the seconds until the first reply, by the clock and by the processor."""

    seconds: float
    processor: float


def one_stub(site: Site, port: int) -> list[str]:
    """The command of WireMock with a stub for the one request that is sent: it reads no documents."""
    root = site.folder / f"wiremock-{port}"
    (root / "mappings").mkdir(parents=True)
    stub = {"request": {"method": "GET", "urlPath": "/pets"}, "response": {"status": 200, "jsonBody": {"pets": []}}}
    (root / "mappings/pets.json").write_text(json.dumps(stub), encoding="utf-8")
    return [site.program("wiremock"), "--port", str(port), "--root-dir", str(root), "--bind-address", "127.0.0.1"]


OURS = Server("mockserver", ours(lambda site: str(site.document)), "")

PEERS = (
    Server("Steady", steady, "", needs="npm:@stdy/cli"),
    Server("Prism", prism, "", needs="npm:@stoplight/prism-cli"),
    Server("Mockoon", mockoon, "", needs="npm:@mockoon/cli"),
    Server("Scalar", scalar, "", needs="npm:@scalar/mock-server"),
)

STUBBED = Server("WireMock, one stub", one_stub, "", needs="npm:wiremock")


def starts(servers: Sequence[Server], site: Site, probe: str, times: int) -> dict[str, list[Start]]:
    """Each server's starts, in rounds of one start of each. One that does not start is left out, and printed."""
    found: dict[str, list[Start]] = defaultdict(list)
    failed: set[str] = set()
    for turn in range(times + 1):
        for server in servers:
            if server.name in failed:
                continue
            try:
                with running(server, site, probe) as up:
                    took = Start(up.ready_after, up.processor_seconds)
            except TimeoutError as problem:
                failed.add(server.name)
                print(f"{server.name}: {problem}")
                continue
            if turn:
                found[server.name].append(took)
    return {name: each for name, each in found.items() if name not in failed}


def print_table(title: str, found: dict[str, list[Start]]) -> None:
    print(f"\n| {title} | first reply after | least – greatest | processor time |\n| --- | ---: | ---: | ---: |")
    for name, each in found.items():
        seconds = sorted(start.seconds for start in each)
        spent = median(start.processor for start in each)
        print(f"| {name} | {median(seconds):.2f} s | {seconds[0]:.2f} – {seconds[-1]:.2f} s | {spent:.2f} s |")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the time from the start of a mock to its first reply.")
    parser.add_argument("--times", type=int, default=10, help="how many starts of each count")
    parser.add_argument("--no-peers", action="store_true", help="no other mock servers")
    parser.add_argument("--only", choices=["petstore", "github"], help="one of the two documents")
    parser.add_argument("--packages", type=Path, default=PACKAGES, help="where npm packages are installed")
    given = parser.parse_args()
    packages = install_packages(given.packages.resolve())
    if packages is None:
        print("npm is missing or cannot install: no other mock servers, and no GitHub document.")
    # An installed package has its modules compiled; a tree under development has them after the first start.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    peers = () if given.no_peers else PEERS
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if given.only != "github":
            site = Site(PETSTORE, folder, packages)
            servers = [each for each in (OURS, *peers, *((STUBBED,) if peers else ())) if each.available(site)]
            print_table("petstore, 4 operations", starts(servers, site, "/pets", given.times))
        if given.only != "petstore" and packages is not None:
            site = Site(reduced.write(packages, folder)["GitHub"], folder, packages)
            servers = [each for each in (OURS, *peers) if each.available(site)]
            print_table("GitHub, 1,223 operations", starts(servers, site, reduced.PROBE, given.times))


if __name__ == "__main__":
    main()
