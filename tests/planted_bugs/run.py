"""`make mutants`: plant each bug, examine, and print by class what was found, by us and by Schemathesis alone."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from contracts.examination import Result, examine
from contracts.identities import identity, sandbox_identities
from contracts.target import Identity, Target
from mockserver.spec import contract as contracts
from mockserver.spec import shelf
from mockserver.spec.contract import Contract
from tests.planted_bugs.basedash import Basedash
from tests.planted_bugs.datagrid import Datagrid
from tests.planted_bugs.notes import KEYS, Notes
from tests.planted_bugs.server import Server

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Subject:
    """A document, the server written for it, and who may ask it."""

    name: str
    server: type[Server]
    contract: Contract
    identities: tuple[Identity, ...]

    def target(self, bug: str = "") -> Target:
        server = self.server(bug)
        base = "http://planted.local" + self.contract.document.base_path
        return Target.asgi(server, self.identities, base_url=base, sleep=server.advance)


def subjects() -> Iterator[Subject]:
    """Every document with its server."""
    for name, server in (("basedash", Basedash), ("datagrid", Datagrid)):
        contract = contracts.load(name, shelf.document_path(name), shelf.overlays(name))
        yield Subject(name, server, contract, sandbox_identities(contract))
    contract = contracts.load("notes", HERE / "notes.yaml")
    people = tuple(identity(contract, name, key) for name, key in zip(("ada", "bob"), KEYS, strict=True))
    yield Subject("notes", Notes, contract, people)


def examined(subject: Subject, bug: str = "", seed: int = 0, only: Sequence[str] = ()) -> Result:
    """The examination of a server with one bug, or none."""
    target = subject.target(bug)
    try:
        return examine(subject.contract, target, seed=seed, only=only)
    finally:
        target.close()


def main(names: Sequence[str]) -> int:
    """Print the table; 1 when an aim is missed."""
    wrong = 0
    for subject in subjects():
        if names and subject.name not in names:
            continue
        found, all_of = Counter[str](), Counter[str]()
        for finding in examined(subject).findings:
            wrong += 1
            print("FALSE ALARM", finding.check, finding.operation, finding.expected, finding.seen)
        for bug, about in subject.server.BUGS.items():
            result = examined(subject, bug)
            all_of[about.area] += 1
            found[about.area] += bool(result.findings)
            if not result.findings:
                print(f"missed: {subject.name} {bug} ({about.area}): {about.says}")
        for area in all_of:
            print(f"{subject.name:10} {area:12} {found[area]:3} of {all_of[area]:3}")
        print(f"{subject.name:10} {'all':12} {found.total():3} of {all_of.total():3}")
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
