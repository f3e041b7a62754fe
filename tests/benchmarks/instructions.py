"""Counts the instructions that a server needs for a request. Other work on the machine does not change them.

It needs valgrind: `make instructions`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from mockserver import vendor_files
from tests.benchmarks.bench import COLLECTION, newest, requests, sample
from tests.benchmarks.load import Request, repeat
from tests.benchmarks.servers import CEILING, OURS, WITHOUT_JOURNAL, Running, Server, Site, running

TIMES = 1_000
"""How many requests are counted."""

SETTLING = 0.5
"""Seconds after which a server has nothing left to do."""


def watched(server: Server, output: Path) -> Server:
    """The same server below callgrind, which counts instructions."""
    prefix = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}"]
    return replace(server, command=lambda site, port: [*prefix, *server.command(site, port)])


def counted(server: Running, request: Request, output: Path) -> float:
    """The instructions for one request, the mean of TIMES."""
    repeat(request, 200)
    time.sleep(SETTLING)
    control(server, "--zero")
    answered = repeat(request, TIMES).total()
    time.sleep(SETTLING)
    control(server, "--dump")
    dump = max(output.parent.glob(f"{output.name}.*"), key=lambda path: path.stat().st_mtime_ns)
    found = re.search(r"^(?:summary|totals): (\d+)", dump.read_text(encoding="utf-8"), re.MULTILINE)
    return int(found[1]) / answered if found else 0.0


def control(server: Running, action: str) -> None:
    subprocess.run(["callgrind_control", action, str(server.pid)], check=True, capture_output=True)
    time.sleep(SETTLING)


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        site, table = Site(vendor_files.of("basedash").document, folder), {}
        for server in (OURS, WITHOUT_JOURNAL, CEILING):
            output = folder / f"{server.name}.callgrind"
            with running(watched(server, output), site, COLLECTION, patience=300) as up:
                table[server.name] = row(up, output, folder, is_ours=server is not CEILING)
    print_table(table)


def row(up: Running, output: Path, folder: Path, *, is_ours: bool) -> dict[str, float]:
    """The instructions for each request. The ceiling answers as mockserver did."""
    if is_ours:
        (folder / "replies.json").write_text(json.dumps(sample(up.address)), encoding="utf-8")
    asked = requests(up.address, newest(up.address) if is_ours else "any")
    return {name: counted(up, request, output) for name, request in asked.items()}


def print_table(table: Mapping[str, Mapping[str, float]]) -> None:
    names = list(table[OURS.name])
    print(f"| instructions for a request | {' | '.join(names)} |\n| --- |{' ---: |' * len(names)}")
    for server, counts in table.items():
        print(f"| {server} | {' | '.join(f'{counts[name]:,.0f}' for name in names)} |")


if __name__ == "__main__":
    main()
