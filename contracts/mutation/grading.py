"""Checks the mock of each mutant against the unchanged contract: which changes would be noticed, and how."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from contracts.client.builtin_mock import sandbox
from contracts.client.target import Target
from contracts.model.finding import Finding
from contracts.mutation.mutant import Mutant
from contracts.runner.runner import run_checks
from contracts.runner.settings import INTERNAL, CheckSettings
from mockserver.errors import MockServerError
from mockserver.printed_text import printable

Outcome = Literal["failure", "warning", "unnoticed", "impossible"]
"""What the check says about a mutant. `impossible`: there is no mock with this change."""


@dataclass(frozen=True, slots=True)
class Grade:
    """A mutant, what the check says about it, and the finding that says it."""

    mutant: Mutant
    outcome: Outcome
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Grades:
    """The grades of all mutants that were tried. `untried` were not tried, because the time was up."""

    grades: tuple[Grade, ...]
    untried: int = 0

    def of(self, outcome: Outcome) -> list[Grade]:
        """The grades with an outcome."""
        return [each for each in self.grades if each.outcome == outcome]

    @property
    def possible(self) -> int:
        """The number of changes that a mock could be made with."""
        return len(self.grades) - len(self.of("impossible"))

    @property
    def percent(self) -> int:
        """The changes that would fail the check, in percent, rounded down."""
        return 100 * len(self.of("failure")) // self.possible if self.possible else 0


def graded(
    settings: CheckSettings, chosen: Sequence[Mutant], on_grade: Callable[[Grade], None], *, deadline: float
) -> Grades:
    """Try each mutant until `deadline`, a `time.monotonic()`. Raises what the mock of the contract itself raises."""
    grades: list[Grade] = []
    with TemporaryDirectory(prefix="mockserver-mutants-") as folder:
        known = {each.id for each in _findings(settings, None, ())}
        for mutant in chosen:
            if time.monotonic() > deadline:
                break
            file = Path(folder) / "mutant.json"
            file.write_text(mutant.overlay(), encoding="utf-8")
            grades.append(_grade(settings, mutant, file, known))
            on_grade(grades[-1])
    return Grades(tuple(grades), len(chosen) - len(grades))


def _grade(settings: CheckSettings, mutant: Mutant, file: Path, known: set[str]) -> Grade:
    """The checks that can notice the mutant come first; all others run only if those are silent."""
    warning: Finding | None = None
    for only in (mutant.checks, ()) if mutant.checks else ((),):
        try:
            found = [each for each in _findings(settings, file, only) if each.id not in known]
        except MockServerError:
            return Grade(mutant, "impossible")
        failure = next((each for each in found if each.verdict == "failure"), None)
        if failure is not None:
            return Grade(mutant, "failure", failure)
        warning = warning or next(iter(found), None)
    return Grade(mutant, "warning" if warning else "unnoticed", warning)


def _findings(settings: CheckSettings, file: Path | None, only: Sequence[str]) -> tuple[Finding, ...]:
    contract = settings.contract
    files = [*settings.behaviour, *([file] if file else [])]
    app = sandbox(settings.vendor_or_document, behaviour=files, rules=contract.rules, seed=settings.seed)
    base = INTERNAL + contract.document.base_path
    with Target.asgi(app, settings.users, base_url=base, sleep=app.world.clock.advance) as target:
        return run_checks(contract, target, mode="quick", seed=settings.seed, only=only).findings


def grade_lines(grades: Grades) -> Iterator[str]:
    """What the grades say, the changes without a failing check first."""
    unnoticed, warned = grades.of("unnoticed"), grades.of("warning")
    if unnoticed:
        yield "changes that no check noticed:"
        yield from (printable(f"  {each.mutant.kind}  {each.mutant.change}") for each in unnoticed)
    if warned:
        yield "changes that would only be a warning, because a statement is a guess; state it in a behaviour file:"
        yield from (printable(f"  {each.mutant.kind}  {each.mutant.change}{_by(each)}") for each in warned)
    if grades.untried:
        yield f"{grades.untried} changes were not tried, because the time was up"
    if not grades.possible:
        yield "no change was possible, so nothing is known"
        return
    failed = f"{len(grades.of('failure'))} are failures, {len(warned)} only warnings, {len(unnoticed)} unnoticed"
    yield f"your contract pins {grades.percent} % of behaviour: of {grades.possible} changes {failed}"


def _by(grade: Grade) -> str:
    return f" ({grade.finding.check} at {grade.finding.operation})" if grade.finding else ""
