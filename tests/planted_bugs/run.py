"""`make mutants`: plant each bug, examine, and print by class what was found, by us and by Schemathesis alone.

`python -m tests.planted_bugs.run [SUBJECT [BUG]]` does it for one subject, or shows in full what is said of one bug.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

from contracts.checks.conformance import conform
from contracts.examination import Result, examine
from contracts.identities import identity, sandbox_identities
from contracts.stage import Mode
from contracts.target import Identity, Target
from mockserver.spec import contract as contracts
from mockserver.spec.contract import Contract
from tests.planted_bugs.basedash import Basedash
from tests.planted_bugs.datagrid import Datagrid
from tests.planted_bugs.notes import KEYS, Notes
from tests.planted_bugs.server import Server

HERE = Path(__file__).parent
SEEDS = 10
"""How many examinations of each correct server must be silent."""

WHOLE, CLASS = 0.95, 0.85
"""The aims: the share of all bugs, and of the bugs of each class, that is found."""


@dataclass(frozen=True)
class Subject:
    """A document, the server written for it, and who may ask it."""

    name: str
    server: type[Server]
    contract: Contract
    identities: tuple[Identity, ...]

    def target(self, bug: str = "") -> Target:
        """The server with one bug, or none, in this process."""
        server = self.server(bug)
        base = "http://planted.local" + self.contract.document.base_path
        return Target.asgi(server, self.identities, base_url=base, sleep=server.advance)


@cache
def subjects() -> dict[str, Subject]:
    """Every document with its server."""
    found = {}
    for name, server in (("basedash", Basedash), ("datagrid", Datagrid)):
        contract = contracts.of(name)
        found[name] = Subject(name, server, contract, sandbox_identities(contract))
    contract = contracts.of(HERE / "notes.yaml")
    people = tuple(identity(contract, name, key) for name, key in zip(("ada", "bob"), KEYS, strict=True))
    return found | {"notes": Subject("notes", Notes, contract, people)}


def examined(name: str, bug: str = "", *, seed: int = 0, mode: Mode = "default", only: Sequence[str] = ()) -> Result:
    """The examination of a server with one bug, or none."""
    target = subjects()[name].target(bug)
    try:
        return examine(subjects()[name].contract, target, seed=seed, mode=mode, only=only)
    finally:
        target.close()


def conformed(name: str, bug: str = "") -> Result:
    """What Schemathesis alone says of the same server: all phases, all checks."""
    target = subjects()[name].target(bug)
    try:
        return conform(subjects()[name].contract, target)
    finally:
        target.close()


@dataclass(frozen=True)
class Verdict:
    """What was found of one bug: the checks that found it, by us, and whether Schemathesis did."""

    subject: str
    bug: str
    ours: tuple[str, ...]
    alone: bool


def tried(job: tuple[str, str, bool]) -> Verdict:
    """Examine one server."""
    name, bug, alone = job
    ours = tuple(dict.fromkeys(found.check for found in examined(name, bug).findings))
    return Verdict(name, bug, ours, alone and _differs(name, bug))


def _differs(name: str, bug: str) -> bool:
    """Does Schemathesis report what it does not report of the correct server?"""
    return bool({found.id for found in conformed(name, bug).findings} - _usual(name))


@cache
def _usual(name: str) -> frozenset[str]:
    return frozenset(found.id for found in conformed(name).findings)


def alarms(names: Sequence[str]) -> Iterator[str]:
    """Everything that is said against the correct servers, over SEEDS seeds."""
    for name, seed in product(names, range(SEEDS)):
        for found in examined(name, seed=seed).findings:
            yield f"false alarm: {name}, seed {seed}: {found.check} {found.operation}: {found.expected}: {found.seen}"


def shown(name: str, bug: str) -> None:
    """Print in full what is said of one server."""
    result = examined(name, bug)
    for found in result.findings:
        print(f"{found.verdict} {found.check} {found.operation}\n  expected {found.expected}\n  seen     {found.seen}")
        for exchange in found.exchanges[-4:]:
            print(f"    {exchange.curl()[:400]}\n      {exchange.status} {exchange.reply_body[:200]!r}")
    for (operation, check), outcome in result.examined.items():
        if outcome.startswith("skipped"):
            print(f"{operation} {check} {outcome}")
    print(f"{result.requests} requests in {result.seconds:.2f} s {result.stopped}")


def table(verdicts: Sequence[Verdict], *, alone: bool) -> bool:
    """Print what was found by subject and class. Answers whether the aims are met."""
    groups: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        area = subjects()[verdict.subject].server.BUGS[verdict.bug].area
        for key in ((verdict.subject, area), (verdict.subject, "all"), ("all", area), ("all", "all")):
            groups[key].append(verdict)
    met = True
    print(f"{'subject':10} {'class':12} {'bugs':>5} {'ours':>5} {'':>5} {'Schemathesis alone' if alone else ''}")
    for (subject, area), found in sorted(groups.items(), key=lambda group: (group[0][0] == "all", group[0])):
        share = sum(bool(v.ours) for v in found) / len(found)
        met &= share >= (WHOLE if area == "all" else CLASS)
        print(f"{subject:10} {area:12} {len(found):5} {sum(bool(v.ours) for v in found):5} {share:5.0%}"
              + (f" {sum(v.alone for v in found):5}" if alone else ""))  # fmt: skip
    return met


def main() -> int:
    """Print the table; 1 when an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("subject", nargs="?")
    parser.add_argument("bug", nargs="?")
    parser.add_argument("--alone", action="store_true", help="run Schemathesis alone on the same servers")
    parser.add_argument("--json", type=Path, help="write every verdict here")
    given = parser.parse_args()
    names = [given.subject] if given.subject else list(subjects())
    if given.bug is not None:
        shown(given.subject, given.bug)
        return 0
    began = time.monotonic()
    jobs = [(name, bug, given.alone) for name in names for bug in subjects()[name].server.BUGS]
    with ProcessPoolExecutor() as pool:
        verdicts = list(pool.map(tried, jobs, chunksize=4))
    for verdict in verdicts:
        if not verdict.ours:
            about = subjects()[verdict.subject].server.BUGS[verdict.bug]
            print(f"missed: {verdict.subject} {verdict.bug} ({about.area}): {about.says}")
    loud = list(alarms(names))
    print(*loud, sep="\n" if loud else "")
    met = table(verdicts, alone=given.alone)
    print(f"{len(loud)} false alarms on the correct servers in {SEEDS} seeds; {time.monotonic() - began:.0f} s in all")
    if given.json:
        given.json.write_text(json.dumps([vars(v) for v in verdicts], indent=1))
    return 0 if met and not loud else 1


if __name__ == "__main__":
    sys.exit(main())
