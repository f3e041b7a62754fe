"""An examination: every promise of a contract held against a target, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from contracts.checks import checks_of
from contracts.cleanup.journal import Journal
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import Exhausted, ReadOnly, Target, Unanswered, Unreachable
from contracts.client.transport import UNANSWERED
from contracts.conformance.openapi_core_check import CHECK
from contracts.model.finding import Finding, response_expected
from contracts.runner.check import BoundCheck
from contracts.runner.context import CheckContext, Mode
from contracts.runner.selection import is_chosen
from contracts.runner.sharding import WHOLE, CheckFilter
from contracts.runner.shared import SharedState
from mockserver.contract import Contract

Progress = Callable[[str, str, str], None]
"""Told after each check: operation, check, and what came of it."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What an examination came to.

    `examined` maps (operation, check) to `passed`, `failed` or `skipped: reason`. `left_behind` names the items that
    could not be removed. `stopped` says why it ended early (the target is gone, the budget is spent); empty otherwise.
    """

    findings: tuple[Finding, ...]
    outcomes: Mapping[tuple[str, str], str]
    requests: int
    seconds: float
    left_behind: tuple[str, ...] = ()
    stopped: str = ""


def run_checks(
    contract: Contract,
    target: Target,
    *,
    mode: Mode = "default",
    seed: int = 0,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    read_only: bool = False,
    strict: bool = False,
    on_progress: Progress | None = None,
    journal: Journal | None = None,
    database: Any = None,
    shard: CheckFilter = WHOLE,
    workers: int = 1,
) -> CheckResult:
    """Hold every promise of `contract` against `target`.

    `journal` keeps on disk what was created; `database` is Hypothesis' example database, where failing sequences are
    kept to be tried first the next time. Of the promises chosen those are held that belong to `share`. Several
    `workers` hold at the same time what may have company, and then one holds the rest; a target in this process has
    one only.

    `only` and `skip` are patterns (`paging`, `GET /servers*`) for checks and operations. The same seed sends the same
    requests. Never raises for what the target does: an unreachable one ends the examination, and `stopped` says so.
    """
    target.read_only = target.read_only or read_only
    limit = contract.behaviour.service.rate_limit
    target.window = limit.window if limit is not None else None
    run = _Run(
        contract,
        target,
        mode,
        seed,
        strict,
        on_progress or _silent,
        journal or Journal.nowhere(),
        database,
        1 if target.in_process else workers,
    )
    chosen = [
        check
        for check in checks_of(contract)
        if is_chosen((check.check.name, check.operation), only, skip) and shard.has(check.check.name, check.operation)
    ]
    return run.through([check for check in chosen if mode != "quick" or check.check.quick])


def _silent(operation: str, check: str, outcome: str) -> None:
    """Nobody listens."""


PATIENCE = 10
"""How many requests may be left without an answer before the examination ends."""


@dataclass(slots=True)
class _Run:
    """One examination under way."""

    contract: Contract
    target: Target
    mode: Mode
    seed: int
    strict: bool
    tell: Progress
    journal: Journal
    database: Any
    workers: int = 1
    findings: dict[str, Finding] = field(default_factory=dict)
    outcomes: dict[tuple[str, str], str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    stopped: str = ""
    silent: int = 0

    def through(self, bound_check: Sequence[BoundCheck]) -> CheckResult:
        """Hold one promise after the other, and tell what came of them."""
        began, before = time.monotonic(), self.target.requests
        shared = SharedState(self.contract, self.seed, self.database)
        together = [each for each in bound_check if self.workers > 1 and not each.check.exclusive]
        self._run_together(together, shared)
        for each in bound_check:
            if each not in together:
                self._note(each, self._taken(*self._run(each, shared)))
        self.findings |= shared.jury.findings
        self.outcomes |= {(operation, CHECK): outcome for operation, outcome in shared.jury.heard.items()}
        return CheckResult(
            tuple(self.findings.values()),
            self.outcomes,
            self.target.requests - before,
            time.monotonic() - began,
            tuple(self.left),
            self.stopped,
        )

    def _run_together(self, bound_check: Sequence[BoundCheck], shared: SharedState) -> None:
        """Hold promises at the same time; what came of them is taken down in their order, as if one held them."""
        if not bound_check:
            return
        with ThreadPoolExecutor(self.workers) as pool:
            held = [pool.submit(self._run, each, shared) for each in bound_check]
            for each, future in zip(bound_check, held, strict=True):
                try:
                    self._note(each, self._taken(*future.result()))
                except KeyboardInterrupt:
                    self.stopped = self.stopped or "interrupted"
                    self._note(each, self._taken(*future.result()))

    def _run(self, bound_check: BoundCheck, shared: SharedState) -> tuple[CheckContext, str]:
        context = CheckContext(
            shared,
            self.target,
            bound_check.check.name,
            bound_check.operation,
            bound_check.statement,
            mode=self.mode,
            seed=self.seed,
            strict=self.strict,
            journal=self.journal,
        )
        if self.stopped:
            return context, f"skipped: {self.stopped}"
        outcome = self._attempt(lambda: self._listen(bound_check, context))
        self._attempt(lambda: self.left.extend(context.clean_up()))
        self.left.extend(context.remaining())
        return context, outcome

    def _listen(self, bound_check: BoundCheck, context: CheckContext) -> None:
        """Hold a promise; a request without an answer breaks it, as long as the target answers others."""
        try:
            bound_check.run(context)
        except Unanswered as silence:
            self.silent += 1
            if self.silent > PATIENCE or not self.target.answers():
                raise
            context.report_violation(
                "an answer",
                f"none in {silence.seconds:g} s",
                self.target.exchange(silence.sent, UNANSWERED),
                about="no answer",
                statement=response_expected(bound_check.operation),
            )

    def _taken(self, context: CheckContext, outcome: str) -> str:
        """Take down what came of a promise."""
        for found in (*context.findings, *context.response_findings):
            self.findings.setdefault(found.id, found)
        self._note_document(context)
        return "failed" if context.findings else outcome

    def _note_document(self, context: CheckContext) -> None:
        """The replies of every operation that was asked on the way were held against the document too."""
        broken = {found.operation for found in context.response_findings}
        for operation in context.checked_operations:
            known = self.outcomes.get((operation, "document"), "passed")
            self.outcomes[operation, "document"] = "failed" if operation in broken else known

    def _attempt(self, op: Callable[[], None]) -> str:
        """Do it; what the target or the settings make impossible is said, not raised."""
        try:
            op()
        except (CannotBuildRequest, ReadOnly) as reason:
            return f"skipped: {reason}"
        except (Unreachable, Exhausted) as reason:
            self.stopped = self.stopped or str(reason)
            return f"skipped: {reason}"
        except KeyboardInterrupt:
            self.stopped = "interrupted"
            return "skipped: interrupted"
        return "passed"

    def _note(self, bound_check: BoundCheck, outcome: str) -> None:
        """A check that is held at one operation several times has failed when it failed once."""
        key = (bound_check.operation, bound_check.check.name)
        self.outcomes[key] = max(self.outcomes.get(key, outcome), outcome, key=weight)
        self.tell(bound_check.operation, bound_check.check.name, outcome)


def weight(outcome: str) -> int:
    """Which of two outcomes of one check counts: the heavier one."""
    return {"failed": 2, "passed": 1}.get(outcome, 0)
