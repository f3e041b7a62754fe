"""`make mutants`: plant each bug, examine, and print by class what was found, by us and by Schemathesis alone.

`python -m tests.planted_bugs.run [SUBJECT [BUG]]` does it for one subject, or shows in full what is said of one bug.
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
from contracts.runner.context import Mode
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from mockserver import vendor_files
from mockserver.contract import Contract
from tests.planted_bugs.alone import complaints
from tests.planted_bugs.further import basedash, datagrid, notes
from tests.planted_bugs.gaia import Gaia
from tests.planted_bugs.notes import KEYS
from tests.planted_bugs.piper import Piper
from tests.planted_bugs.server import Bug

HERE = Path(__file__).parent
SEEDS = 10
"""How many examinations of each correct server must be silent."""

WHOLE, CLASS = 0.95, 0.85
"""The aims: the share of all bugs, and of the bugs of each class, that is found."""

SERVERS: Mapping[str, tuple[Any, frozenset[str]]] = {
    "basedash": (basedash.FurtherBasedash, frozenset(basedash.FURTHER)),
    "datagrid": (datagrid.FurtherDatagrid, frozenset(datagrid.FURTHER)),
    "notes": (notes.FurtherNotes, frozenset(notes.FURTHER)),
    "gaia": (Gaia, frozenset(Gaia.BUGS) - {"validate-lies"}),
    "piper": (Piper, frozenset(Piper.BUGS) - {"test-saves"}),
}
"""Each server, and those of its bugs that were thought up by somebody who had not read the promises."""


def _rule_bugs(vendor: str) -> Mapping[str, str]:
    """Rule → the bug that its check finds, as the server planted for a vendor says; empty without a server."""
    name = f"tests.planted_bugs.{vendor}"
    return importlib.import_module(name).RULE_BUGS if importlib.util.find_spec(name) else {}


RULE_BUGS = {vendor: bugs for vendor in vendor_files.names() if (bugs := _rule_bugs(vendor))}
"""The bugs that checks of rules find, by vendor."""


@dataclass(frozen=True)
class Subject:
    """A document, the server written for it, and who may ask it."""

    name: str
    server: Any
    blind: frozenset[str]
    contract: Contract
    users: tuple[User, ...]

    @property
    def bugs(self) -> Mapping[str, Bug]:
        """What can be planted."""
        found: Mapping[str, Bug] = self.server.BUGS
        return found

    def target(self, bug: str = "") -> Target:
        """The server with one bug, or none, in this process."""
        server = self.server(bug)
        base = "http://planted.local" + self.contract.document.base_path
        return Target.asgi(server, self.users, base_url=base, sleep=server.advance)


@cache
def subject(name: str) -> Subject:
    """A document with its server."""
    server, blind = SERVERS[name]
    if name == "notes":
        contract = contracts.load(name, HERE / "notes.yaml")
        people = tuple(user_with_secret(contract, user, key) for user, key in zip(("ada", "bob"), KEYS, strict=True))
        return Subject(name, server, blind, contract, people)
    contract = contracts.of(name)
    return Subject(name, server, blind, contract, sandbox_users(contract))


def subjects() -> dict[str, Subject]:
    """Every document with its server, by name."""
    return {name: subject(name) for name in SERVERS}


def examined(
    name: str, bug: str = "", *, seed: int = 0, mode: Mode = "default", only: Sequence[str] = ()
) -> CheckResult:
    """What the promises say of a server with one bug, or none."""
    with subject(name).target(bug) as target:
        return run_checks(subject(name).contract, target, seed=seed, mode=mode, only=only)


def conformed(name: str, bug: str = "", *, seed: int = 0) -> CheckResult:
    """What conformance, the other half of an examination, says of the same server."""
    with subject(name).target(bug) as target:
        return conform(subject(name).contract, target, seed=seed)


@dataclass(frozen=True)
class Verdict:
    """What was said of one bug: the checks that failed, those that told warnings, and whether Schemathesis found it.

    `alone` is None where Schemathesis was not asked.
    """

    subject: str
    bug: str
    failures: tuple[str, ...]
    warnings: tuple[str, ...]
    alone: bool | None = None


def tried(job: tuple[str, str, bool]) -> Verdict:
    """Examine one server, as `mockserver check` does: conformance is asked where the promises said nothing."""
    name, bug, alone = job
    findings = examined(name, bug).findings
    failures = tuple(dict.fromkeys(found.check for found in findings if found.verdict == "failure"))
    warnings = tuple(dict.fromkeys(found.check for found in findings if found.verdict == "warning"))
    if not failures and not warnings:
        failures = tuple(sorted({check for check, _ in _unlike(name, bug) - _always(name)}))
    return Verdict(name, bug, failures, warnings, bool(_complaints(name, bug) - _usual(name)) if alone else None)


def _unlike(name: str, bug: str = "") -> frozenset[tuple[str, str]]:
    return frozenset((found.check, found.operation) for found in conformed(name, bug).findings)


@cache
def _always(name: str) -> frozenset[tuple[str, str]]:
    """What conformance says of the correct server is nothing that it finds of a bug."""
    return _unlike(name)


def _complaints(name: str, bug: str = "") -> set[tuple[str, ...]]:
    schemes = subject(name).contract.document.security_schemes.values()
    secret = subject(name).users[0].secret
    known = {s.name: {"bearer" if s.type == "http" else "api_key": secret} for s in schemes}
    with subject(name).target(bug) as target:
        return complaints(target, subject(name).contract.document.raw, known)


@cache
def _usual(name: str) -> frozenset[tuple[str, ...]]:
    """What Schemathesis says of the correct server is nothing that it finds of a bug."""
    return frozenset(_complaints(name))


def alarms(job: tuple[str, int]) -> list[str]:
    """Everything that is said against a correct server with one seed."""
    name, seed = job
    return [
        f"false alarm: {name}, seed {seed}: {found.check} {found.operation}: {found.expected}: {found.seen}"
        for result in (examined(name, seed=seed), conformed(name, seed=seed))
        for found in result.findings
    ]


def shown(name: str, bug: str) -> None:
    """Print in full what is said of one server."""
    result = examined(name, bug)
    for found in result.findings:
        print(f"{found.verdict} {found.check} {found.operation}\n  expected {found.expected}\n  seen     {found.seen}")
        for exchange in found.exchanges[-4:]:
            print(f"    {exchange.curl()[:400]}\n      {exchange.status} {exchange.reply_body[:200]!r}")
    for (operation, check), outcome in result.outcomes.items():
        if outcome.startswith("skipped"):
            print(f"{operation} {check} {outcome}")
    print(f"{result.requests} requests in {result.seconds:.2f} s {result.stopped}")


def groups(verdicts: Sequence[Verdict]) -> dict[tuple[str, str], list[Verdict]]:
    """The verdicts by subject and class, by class, by set and all together."""
    found: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        about = subject(verdict.subject)
        area = about.bugs[verdict.bug].area
        seen = "written blind" if verdict.bug in about.blind else "written with the promises"
        keys = ((verdict.subject, area), (verdict.subject, "all"), ("all", area), ("all", seen), ("all", "all"))
        for key in keys:
            found[key].append(verdict)
    return dict(sorted(found.items(), key=lambda group: (group[0][0] == "all", group[0])))


def table(verdicts: Sequence[Verdict]) -> bool:
    """Print what was found by subject and class. Answers whether the aims are met."""
    met = True
    print(f"{'subject':10} {'class':26} {'bugs':>5} {'failure':>8} {'warnings':>5} {'found':>6}  Schemathesis alone")
    for (name, area), found in groups(verdicts).items():
        failures = sum(bool(v.failures) for v in found)
        warnings = sum(bool(v.warnings) and not v.failures for v in found)
        share = (failures + warnings) / len(found)
        asked = [v.alone for v in found if v.alone is not None]
        met &= name != "all" or share >= (WHOLE if area in ("all", "written blind") else CLASS)
        print(f"{name:10} {area:26} {len(found):5} {failures:8} {warnings:5} {share:6.0%}"
              + (f"  {sum(asked)} of {len(asked)}" if asked else ""))  # fmt: skip
    return met


def chosen(names: Sequence[str], every: int) -> Iterator[tuple[str, str, bool]]:
    """Every bug, and whether Schemathesis is asked, too: of each n-th one."""
    bugs = [(name, bug) for name in names for bug in subject(name).bugs]
    yield from ((name, bug, bool(every) and number % every == 0) for number, (name, bug) in enumerate(bugs))


def main() -> int:
    """Print the table; 1 when an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("subject", nargs="?", choices=SERVERS)
    parser.add_argument("bug", nargs="?")
    parser.add_argument("--alone", type=int, default=0, metavar="N",
                        help="ask Schemathesis alone about every N-th bug (half a minute each)")  # fmt: skip
    parser.add_argument("--seeds", type=int, default=SEEDS, help="seeds for the correct servers")
    parser.add_argument("--json", type=Path, help="write every verdict here")
    given = parser.parse_args()
    names = [given.subject] if given.subject else list(SERVERS)
    if given.bug is not None:
        shown(given.subject, given.bug)
        return 0
    began = time.monotonic()
    with ProcessPoolExecutor() as pool:
        verdicts = list(pool.map(tried, chosen(names, given.alone)))
        for verdict in verdicts:
            if not verdict.failures and not verdict.warnings:
                about = subject(verdict.subject).bugs[verdict.bug]
                print(f"missed: {verdict.subject} {verdict.bug} ({about.area}): {about.says}")
        loud = [line for lines in pool.map(alarms, product(names, range(given.seeds))) for line in lines]
    print(*loud, sep="\n" if loud else "")
    met = table(verdicts)
    print(f"{len(loud)} false alarms on the correct servers in {given.seeds} seeds; "
          f"{time.monotonic() - began:.0f} s in all")  # fmt: skip
    if given.json:
        given.json.write_text(json.dumps([vars(v) for v in verdicts], indent=1))
    return 0 if met and not loud else 1


if __name__ == "__main__":
    sys.exit(main())
