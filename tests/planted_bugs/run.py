"""`make mutants`: runs the contract check against each planted bug and prints how many bugs of each class it finds.

`python -m tests.planted_bugs.run [SUBJECT [BUG]]` does so for one subject, or prints all findings for one bug.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from contracts.client.authentication import sandbox_users, user_with_secret
from contracts.client.target import Target, User
from contracts.conformance.schemathesis_run import conform
from contracts.runner.request_sender import Mode
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from mockserver import vendor_files
from mockserver.contract import Contract
from tests.planted_bugs.further import basedash, datagrid, notes
from tests.planted_bugs.gaia import Gaia
from tests.planted_bugs.notes import KEYS
from tests.planted_bugs.piper import Piper
from tests.planted_bugs.schemathesis_alone import failures_of
from tests.planted_bugs.server import Bug

HERE = Path(__file__).parent
SEEDS = 10
"""How many runs against each correct server must have no finding."""

WHOLE, CLASS = 0.95, 0.85
"""The goals: the share of found bugs, in total and for each class."""

SERVERS: Mapping[str, tuple[Any, frozenset[str]]] = {
    "basedash": (basedash.FurtherBasedash, frozenset(basedash.FURTHER)),
    "datagrid": (datagrid.FurtherDatagrid, frozenset(datagrid.FURTHER)),
    "notes": (notes.FurtherNotes, frozenset(notes.FURTHER)),
    "gaia": (Gaia, frozenset(Gaia.BUGS) - {"validate-lies"}),
    "piper": (Piper, frozenset(Piper.BUGS) - {"test-saves"}),
}
"""Each server, and the bugs whose author had not read the checks."""


def _rule_bugs(vendor: str) -> Mapping[str, str]:
    """Rule → the bug that its check finds, as the server planted for a vendor says; empty without a server."""
    name = f"tests.planted_bugs.{vendor}"
    return importlib.import_module(name).RULE_BUGS if importlib.util.find_spec(name) else {}


RULE_BUGS = {vendor: bugs for vendor in vendor_files.names() if (bugs := _rule_bugs(vendor))}
"""Vendor → rule → the bug that the check of the rule finds."""


@dataclass(frozen=True)
class Subject:
    """A document, a server for it, and its users. The authors of `independent` bugs had not read the checks."""

    name: str
    server: Any
    independent: frozenset[str]
    contract: Contract
    users: tuple[User, ...]

    @property
    def bugs(self) -> Mapping[str, Bug]:
        """The bugs that can be planted."""
        found: Mapping[str, Bug] = self.server.BUGS
        return found

    def target(self, bug: str = "") -> Target:
        """The server with one bug or none, in this process."""
        server = self.server(bug)
        base = "http://planted.local" + self.contract.document.base_path
        return Target.asgi(server, self.users, base_url=base, sleep=server.advance)


@cache
def subject(name: str) -> Subject:
    """One document with its server."""
    server, independent = SERVERS[name]
    if name == "notes":
        contract = contracts.load(name, HERE / "notes.yaml")
        people = tuple(user_with_secret(contract, user, key) for user, key in zip(("ada", "bob"), KEYS, strict=True))
        return Subject(name, server, independent, contract, people)
    contract = contracts.of(name)
    return Subject(name, server, independent, contract, sandbox_users(contract))


def subjects() -> dict[str, Subject]:
    """All documents with their servers, by name."""
    return {name: subject(name) for name in SERVERS}


def run_own_checks(
    name: str, bug: str = "", *, seed: int = 0, mode: Mode = "default", only: Sequence[str] = ()
) -> CheckResult:
    """The result of our checks for a server with one bug or none."""
    with subject(name).target(bug) as target:
        return run_checks(subject(name).contract, target, seed=seed, mode=mode, only=only)


def run_schemathesis_checks(name: str, bug: str = "", *, seed: int = 0) -> CheckResult:
    """The result of the Schemathesis checks for the same server."""
    with subject(name).target(bug) as target:
        return conform(subject(name).contract, target, seed=seed)


@dataclass(frozen=True)
class BugResult:
    """The result for one bug: the checks with failures, those with warnings, and whether Schemathesis alone finds it.

    `alone` is None if Schemathesis alone did not run.
    """

    subject: str
    bug: str
    failures: tuple[str, ...]
    warnings: tuple[str, ...]
    alone: bool | None = None


def check_bug(job: tuple[str, str, bool]) -> BugResult:
    """Check one server. The Schemathesis checks run only if our own checks find nothing, to save time."""
    name, bug, alone = job
    findings = run_own_checks(name, bug).findings
    failures = tuple(dict.fromkeys(found.check for found in findings if found.verdict == "failure"))
    warnings = tuple(dict.fromkeys(found.check for found in findings if found.verdict == "warning"))
    if not failures and not warnings:
        failures = tuple(
            sorted({check for check, _ in _findings_of_schemathesis(name, bug) - _findings_without_bug(name)})
        )
    return BugResult(
        name,
        bug,
        failures,
        warnings,
        bool(_failures_of_schemathesis_alone(name, bug) - _failures_without_bug(name)) if alone else None,
    )


def _findings_of_schemathesis(name: str, bug: str = "") -> frozenset[tuple[str, str]]:
    return frozenset((found.check, found.operation) for found in run_schemathesis_checks(name, bug).findings)


@cache
def _findings_without_bug(name: str) -> frozenset[tuple[str, str]]:
    """Findings about the correct server, which do not count as finding a bug."""
    return _findings_of_schemathesis(name)


def _failures_of_schemathesis_alone(name: str, bug: str = "") -> set[tuple[str, ...]]:
    schemes = subject(name).contract.document.security_schemes.values()
    secret = subject(name).users[0].secret
    known = {s.name: {"bearer" if s.type == "http" else "api_key": secret} for s in schemes}
    with subject(name).target(bug) as target:
        return failures_of(target, subject(name).contract.document.raw, known)


@cache
def _failures_without_bug(name: str) -> frozenset[tuple[str, ...]]:
    """Failures that Schemathesis alone reports for the correct server, which do not count as finding a bug."""
    return frozenset(_failures_of_schemathesis_alone(name))


def false_alarms(job: tuple[str, int]) -> list[str]:
    """The findings about a correct server with one seed, as lines of text."""
    name, seed = job
    return [
        f"false alarm: {name}, seed {seed}: {found.check} {found.operation}: {found.expected}: {found.seen}"
        for result in (run_own_checks(name, seed=seed), run_schemathesis_checks(name, seed=seed))
        for found in result.findings
    ]


def print_findings(name: str, bug: str) -> None:
    """Print all findings about one server."""
    result = run_own_checks(name, bug)
    for found in result.findings:
        print(f"{found.verdict} {found.check} {found.operation}\n  expected {found.expected}\n  seen     {found.seen}")
        for exchange in found.exchanges[-4:]:
            print(f"    {exchange.curl()[:400]}\n      {exchange.status} {exchange.reply_body[:200]!r}")
    for (operation, check), outcome in result.outcomes.items():
        if outcome.startswith("skipped"):
            print(f"{operation} {check} {outcome}")
    print(f"{result.requests} requests in {result.seconds:.2f} s {result.stopped}")


def groups(results: Sequence[BugResult]) -> dict[tuple[str, str], list[BugResult]]:
    """The results by subject and class, by class, by set, and all together."""
    found: dict[tuple[str, str], list[BugResult]] = defaultdict(list)
    for result in results:
        about = subject(result.subject)
        area = about.bugs[result.bug].area
        seen = "author without the checks" if result.bug in about.independent else "author with the checks"
        keys = ((result.subject, area), (result.subject, "all"), ("all", area), ("all", seen), ("all", "all"))
        for key in keys:
            found[key].append(result)
    return dict(sorted(found.items(), key=lambda group: (group[0][0] == "all", group[0])))


def print_table(results: Sequence[BugResult]) -> bool:
    """Print the found bugs by subject and class. Returns whether the goals are met."""
    met = True
    print(f"{'subject':10} {'class':26} {'bugs':>5} {'failure':>8} {'warnings':>8} {'found':>6}  Schemathesis alone")
    for (name, area), found in groups(results).items():
        failures = sum(bool(v.failures) for v in found)
        warnings = sum(bool(v.warnings) and not v.failures for v in found)
        share = (failures + warnings) / len(found)
        asked = [v.alone for v in found if v.alone is not None]
        met &= name != "all" or share >= (WHOLE if area in ("all", "author without the checks") else CLASS)
        print(f"{name:10} {area:26} {len(found):5} {failures:8} {warnings:8} {share:6.0%}"
              + (f"  {sum(asked)} of {len(asked)}" if asked else ""))  # fmt: skip
    return met


def chosen(names: Sequence[str], every: int) -> Iterator[tuple[str, str, bool]]:
    """Every bug, and for each n-th one that Schemathesis alone is tried, too."""
    bugs = [(name, bug) for name in names for bug in subject(name).bugs]
    yield from ((name, bug, bool(every) and number % every == 0) for number, (name, bug) in enumerate(bugs))


def main() -> int:
    """Print the table. Returns 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("subject", nargs="?", choices=SERVERS)
    parser.add_argument("bug", nargs="?")
    parser.add_argument("--alone", type=int, default=0, metavar="N",
                        help="also run Schemathesis alone for every N-th bug (half a minute each)")  # fmt: skip
    parser.add_argument("--seeds", type=int, default=SEEDS, help="seeds for the correct servers")
    parser.add_argument("--json", type=Path, help="write all results to this file")
    given = parser.parse_args()
    names = [given.subject] if given.subject else list(SERVERS)
    if given.bug is not None:
        print_findings(given.subject, given.bug)
        return 0
    began = time.monotonic()
    with ProcessPoolExecutor() as pool:
        results = list(pool.map(check_bug, chosen(names, given.alone)))
        for result in results:
            if not result.failures and not result.warnings:
                about = subject(result.subject).bugs[result.bug]
                print(f"missed: {result.subject} {result.bug} ({about.area}): {about.says}")
        alarms = [line for lines in pool.map(false_alarms, product(names, range(given.seeds))) for line in lines]
    print(*alarms, sep="\n" if alarms else "")
    met = print_table(results)
    print(f"{len(alarms)} false alarms on the correct servers in {given.seeds} seeds; "
          f"{time.monotonic() - began:.0f} s in all")  # fmt: skip
    if given.json:
        given.json.write_text(json.dumps([vars(v) for v in results], indent=1))
    return 0 if met and not alarms else 1


if __name__ == "__main__":
    sys.exit(main())
