"""Compare four foreign servers with their mocks, learn, compare again, and print the table of the documentation.

Usage: python -m tests.differential_servers.run [--only TEXT] [--details]
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from tests.differential_servers.servers import SERVERS, ForeignServer
from tests.package import UnobtainableError
from tests.process import run

SECONDS = 400


@dataclass(slots=True)
class Measured:
    """What one server showed."""

    told: int = 0
    learned: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    taken_back: int = 0
    left: int = 0
    output: str = ""


def main() -> None:
    """Print a line for each server. Exit code 1 where a lesson is wrong, or more differences are left than before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="only servers with this text in their name")
    parser.add_argument("--details", action="store_true", help="print every difference and lesson")
    given = parser.parse_args()
    print("| server | framework | differences | learned | wrong | taken back | left with the overlay |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    bad = [server.name for server in SERVERS if given.only in server.name and not _is_good(server, given.details)]
    raise SystemExit(f"worse than before: {', '.join(bad)}" if bad else 0)


def _is_good(server: ForeignServer, details: bool) -> bool:
    try:
        found = measured(server)
    except UnobtainableError as reason:
        print(f"| {server.name} | {server.framework} | {reason} |", flush=True)
        return True
    numbers = (found.told, len(found.learned), len(found.wrong), found.taken_back, found.left)
    print(f"| {server.name} | {server.framework} | {' | '.join(map(str, numbers))} |", flush=True)
    for text in (*([found.output] if details else ()), *found.wrong):
        print(text, flush=True)
    return found.left <= found.told and not found.wrong


def measured(server: ForeignServer) -> Measured:
    """Compare, learn, and compare a fresh server with the mock that has learned. Raises UnobtainableError."""
    with TemporaryDirectory(prefix="differential-") as name:
        folder = Path(name)
        file, document = folder / "learned.yaml", str(server.document(folder))
        first = _checked(server, document, folder, "--learn", str(file))
        again = _checked(server, document, folder, "--against", "mock", "--behaviour", str(file))
        written = file.read_text(encoding="utf-8") if file.exists() else "actions: []"
        return Measured(
            _differences(first),
            re.findall(r"^learned: (.*)", first, re.MULTILINE),
            list(wrong_lessons(server, yaml.safe_load(written))),
            len(re.findall(r"^taken back: ", first, re.MULTILINE)),
            _differences(again),
            f"{first}\n---- {written}\n---- again\n{again}",
        )


def _checked(server: ForeignServer, document: str, folder: Path, *options: str) -> str:
    with server.start() as url:
        done = run("check", document, "--url", url, *server.options, *options, "--report", str(folder / "reports"),
                   seconds=SECONDS)  # fmt: skip
    return done.stdout + ("" if done.returncode in (0, 1) else f"exit {done.returncode}: {done.stderr[-2000:]}")


def _differences(output: str) -> int:
    found = re.search(r"(\d+) failures?, (\d+) warnings?", output)
    assert found, output
    return int(found[1]) + int(found[2])


def wrong_lessons(server: ForeignServer, overlay: dict[str, Any]) -> Iterator[str]:
    """The lessons that are not true of the server, by its truth."""
    for place, value in _stated(overlay):
        for known, right in server.truth.items():
            if place == known and value != right:
                yield f"wrong: {place} is {value!r}, not {right!r}"
            if right is None and place.startswith(f"{known}.") and place.endswith(".evidence"):
                yield f"wrong: {known} is not true"


def _stated(overlay: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for action in overlay.get("actions", ()):
        above = re.findall(r"\['([^']*)'\]|\.([\w-]+)", action["target"])
        yield from _leaves(tuple(a or b for a, b in above), action.get("update"))


def _leaves(above: tuple[str, ...], value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _leaves((*above, key), each)
    elif value is not None:
        yield ".".join(part for part in above if part != "x-behaviour"), value


if __name__ == "__main__":
    main()
