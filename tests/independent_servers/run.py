"""Checks servers that are correct, and the same servers with one defect, and prints what the check found.

Each server is checked as its users would do it: with its own OpenAPI document, and with the credentials of two users.
`make independent-servers ARGS="--only library --seed 3"`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.independent_servers.planted_server import Defect, PlantedServer, servers
from tests.process import COMMAND, ENVIRONMENT

HERE = Path(__file__).parent
LONGEST = 600


class Findings(NamedTuple):
    """The ids of the failures and warnings of one run, and the end of what it printed if it was no whole run."""

    failures: dict[str, str]
    warnings: dict[str, str]
    trouble: str = ""


class Row(NamedTuple):
    """What the check found at a server with a defect that it did not find at the correct one."""

    server: PlantedServer
    defect: Defect
    failures: tuple[str, ...]
    warnings: tuple[str, ...]
    trouble: str

    @property
    def outcome(self) -> str:
        return "failure" if self.failures else "warning" if self.warnings else "missed"


def check(server: PlantedServer, environment: dict[str, str], seed: int) -> Findings:
    """One run of the check."""
    with tempfile.TemporaryDirectory() as folder, server.running(environment) as address:
        arguments = ["check", str(server.folder / "openapi.yaml"), "--url", address, "--report", folder]
        for secret in server.secrets:
            arguments += ["--auth", secret]
        try:
            done = subprocess.run(
                [*COMMAND, *arguments, "--seed", str(seed), "--database", "none"],
                capture_output=True, text=True, timeout=LONGEST, check=False, env=ENVIRONMENT, cwd=folder,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Findings({}, {}, f"no end after {LONGEST} s")
        file = Path(folder) / "report.json"
        if done.returncode not in (0, 1) or not file.exists():
            return Findings({}, {}, f"exit {done.returncode}: {(done.stdout + done.stderr)[-300:]}")
        found = json.loads(file.read_text(encoding="utf-8"))["findings"]
    verdicts = {verdict: {f["id"]: _told(f) for f in found if f["verdict"] == verdict} for verdict in VERDICTS}
    return Findings(*verdicts.values())


VERDICTS = ("failure", "warning")


def _told(finding: dict[str, str]) -> str:
    return f"{finding['check']} {finding['operation']}: {finding['expected']} / {finding['seen']}"[:220]


def rows(server: PlantedServer, seed: int, *, is_correct_only: bool) -> tuple[Findings, list[Row]]:
    """The findings at the correct server, and a row for each of its defects."""
    correct = check(server, {}, seed)
    planted = () if is_correct_only else server.defects
    return correct, [_row(server, defect, correct, check(server, dict(defect.environment), seed)) for defect in planted]


def _row(server: PlantedServer, defect: Defect, correct: Findings, found: Findings) -> Row:
    failures = [text for id, text in found.failures.items() if id not in correct.failures]
    warnings = [text for id, text in found.warnings.items() if id not in correct.warnings]
    return Row(server, defect, tuple(failures), tuple(warnings), found.trouble)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--folder", type=Path, default=HERE)
    options.add_argument("--only", default="", help="servers whose name contains this")
    options.add_argument("--correct", action="store_true", help="only the correct servers")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--jobs", type=int, default=2)
    given = options.parse_args()
    chosen = [each for each in servers(given.folder) if given.only in f"{each.folder.parent.name}/{each.name}"]
    work = partial(rows, seed=given.seed, is_correct_only=given.correct)
    found: list[Row] = []
    with ThreadPoolExecutor(given.jobs) as pool:
        for server, (correct, its) in zip(chosen, pool.map(work, chosen), strict=True):
            print("\n".join(_lines(server, correct, its)), flush=True)
            found += its
    print("\n".join(_tables(found)))


def _lines(server: PlantedServer, correct: Findings, its: Sequence[Row]) -> Iterator[str]:
    yield (
        f"\n## {server.name} ({server.framework}): {len(correct.failures)} failures and "
        f"{len(correct.warnings)} warnings while it is correct{', ' if correct.trouble else ''}{correct.trouble}"
    )
    yield from (f"  FALSE {text}" for text in correct.failures.values())
    yield from (f"  warns {text}" for text in correct.warnings.values())
    for row in its:
        yield f"  {row.outcome:8} {row.defect.kind:14} {row.defect.name} {row.trouble}"
        yield from (f"             {text}" for text in (row.failures or row.warnings)[:2])


def _tables(found: Sequence[Row]) -> Iterator[str]:
    for is_blind in (True, False):
        of = [row for row in found if row.server.is_blind is is_blind]
        if of:
            yield f"\n{'Written blind' if is_blind else 'Written by authors who know the checks'}:\n"
            yield "| kind | planted | failures | warnings | missed |\n| --- | ---: | ---: | ---: | ---: |"
            yield from _kinds(of)


def _kinds(of: Sequence[Row]) -> Iterator[str]:
    for kind in (*sorted({row.defect.kind for row in of}), ""):
        counted = Counter(row.outcome for row in of if kind in ("", row.defect.kind))
        columns = (counted.total(), *(counted[name] for name in ("failure", "warning", "missed")))
        yield f"| {kind or 'all'} | {' | '.join(map(str, columns))} |"


if __name__ == "__main__":
    main()
