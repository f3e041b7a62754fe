"""Running the checks of a contract against a target, and their result."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from contracts.checks import checks_of
from contracts.cleanup.journal import Journal
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import BadResponse, Exhausted, NoResponse, ReadOnly, Target, Unanswered, Unreachable
from contracts.client.transport import UNANSWERED, Disconnected, Unsendable
from contracts.conformance.openapi_core_check import CHECK
from contracts.listener.listener import Listener
from contracts.model.ending_operations import is_left_out
from contracts.model.examined import Examined
from contracts.model.finding import Finding, readable_response_expected, response_expected
from contracts.model.lasting_responses import names_lasting
from contracts.runner.check import BoundCheck
from contracts.runner.context import CheckContext
from contracts.runner.existing_ids import existing_ids
from contracts.runner.quick_order import in_quick_order
from contracts.runner.request_sender import Mode
from contracts.runner.selection import is_chosen
from contracts.runner.sharding import WHOLE, CheckFilter
from contracts.runner.shared import SharedState
from mockserver.contract import Contract

Progress = Callable[[str, str, str], None]
"""Called after each check with operation, check and outcome."""


LEFT_OUT = "left out of a quick run, which ends after a minute"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of a contract check.

    `outcomes` maps (operation, check) to `passed`, `failed` or `skipped: reason`. `left_behind` names created items
    that could not be deleted. `stopped` says why the run ended early (target gone, budget spent); otherwise it is
    empty. `examined` says what was examined.
    """

    findings: tuple[Finding, ...]
    outcomes: Mapping[tuple[str, str], str]
    requests: int
    seconds: float
    left_behind: tuple[str, ...] = ()
    stopped: str = ""
    examined: Examined = field(default_factory=Examined)


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
    probe_security: bool = False,
    listener: Listener | None = None,
    seconds: float | None = None,
) -> CheckResult:
    """Run every check of `contract` against `target`.

    `only` and `skip` are patterns for checks and operations (`paging`, `GET /servers*`); of the checks that they
    select, those in `shard` run. The same `seed` sends the same requests. `journal` records on disk what the run
    creates. `database` is Hypothesis' example database: failing sequences are stored there and tried first in the next
    run. With several `workers`, checks that are not exclusive run in parallel, and the others afterwards one by one; a
    target in this process always has one worker.

    After `seconds` no further check begins; those that are left out are skipped, and a note says how many.

    Rude checks run only with `probe_security`, or if `only` has their name; those of what the service sends only with a
    `listener`.

    Raises nothing for what the target does: an unreachable target ends the run, and `stopped` says so.
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
        on_progress or _ignore_progress,
        journal or Journal.in_memory(),
        database,
        1 if target.in_process else workers,
        listener,
        None if seconds is None else time.monotonic() + seconds,
    )
    listens = listener is not None
    every = checks_of(contract)
    run.statements = {_statement(each): False for each in every}
    checks = selected(every, mode, only, skip, shard, probe_security=probe_security, listens=listens)
    return run.run_all(checks if seconds is None else in_quick_order(checks, seed))


def selected(
    checks: Iterable[BoundCheck],
    mode: Mode,
    only: Sequence[str],
    skip: Sequence[str],
    shard: CheckFilter = WHOLE,
    *,
    probe_security: bool = False,
    listens: bool = False,
) -> list[BoundCheck]:
    """Those of all checks of a contract that a run with these settings consists of.

    Rude ones only if they are asked for, and those of what the service sends only if a listener `listens`.
    """
    return [
        each
        for each in checks
        if is_chosen((each.check.name, each.operation), only, skip)
        and not is_left_out(each.operation, only)
        and shard.has(each.check.name, each.operation)
        and (mode != "quick" or each.check.quick)
        and (probe_security or not each.check.rude or each.check.name in only)
        and (listens or not each.check.listens or each.check.name in only)
    ]


BROKEN_OFF: tuple[type[Exception], ...] = (Exception,)
"""What ends only the check in which it happens, and not the run: a fault of ours. The tests make it empty."""


def _ignore_progress(operation: str, check: str, outcome: str) -> None:
    """The caller does not want to know about progress."""


@dataclass(slots=True)
class _Run:
    """A run in progress."""

    contract: Contract
    target: Target
    mode: Mode
    seed: int
    strict: bool
    on_progress: Progress
    journal: Journal
    database: Any
    workers: int = 1
    listener: Listener | None = None
    ends: float | None = None
    findings: dict[str, Finding] = field(default_factory=dict)
    outcomes: dict[tuple[str, str], str] = field(default_factory=dict)
    left_behind: list[str] = field(default_factory=list)
    statements: dict[str, bool] = field(default_factory=dict)
    stopped: str = ""
    left_out: list[BoundCheck] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def run_all(self, checks: Sequence[BoundCheck]) -> CheckResult:
        """Run the checks, first those that can run in parallel."""
        began, before = time.monotonic(), self.target.requests
        shared = SharedState(self.contract, self.seed, self.database, self.listener)
        self._look_around(shared)
        parallel = [each for each in checks if self.workers > 1 and not each.check.exclusive]
        self._run_parallel(parallel, shared)
        for each in checks:
            if self.workers <= 1 or each.check.exclusive:
                self._finish(each, *self._run(each, shared))
        self.findings |= shared.openapi_core.findings
        self.outcomes |= {(operation, CHECK): outcome for operation, outcome in shared.openapi_core.outcomes.items()}
        return CheckResult(
            tuple(self.findings.values()),
            self.outcomes,
            self.target.requests - before,
            time.monotonic() - began,
            tuple(dict.fromkeys(self.left_behind)),
            self.stopped,
            Examined(shared.access.answered, self.statements, tuple(self._notes(len(checks), shared))),
        )

    def _notes(self, total: int, shared: SharedState) -> Iterator[str]:
        """What a reader should know: faults of our own, what was left out for want of time, who may not do what."""
        yield from self.broken
        if self.left_out:
            yield (
                f"{len(self.left_out)} of {total} checks were left out, because a quick run ends after a minute; "
                "another --seed chooses others, and without --quick all of them run"
            )
        yield from shared.access.notes

    def _look_around(self, shared: SharedState) -> None:
        """Learn the ids that requests need and that none can create."""
        context = CheckContext(shared, self.target, "conformance", "", None, mode=self.mode, seed=self.seed)
        self._attempt(lambda: shared.existing.update(existing_ids(context)))

    def _run_parallel(self, checks: Sequence[BoundCheck], shared: SharedState) -> None:
        """Run checks in parallel; their results are recorded in the order of the checks, so reports are the same."""
        if not checks:
            return
        with ThreadPoolExecutor(self.workers) as pool:
            running = [pool.submit(self._run, each, shared) for each in checks]
            for each, future in zip(checks, running, strict=True):
                try:
                    self._finish(each, *future.result())
                except KeyboardInterrupt:
                    self.stopped = self.stopped or "interrupted"
                    self._finish(each, *future.result())

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
        if self.ends is not None and time.monotonic() >= self.ends:
            self.left_out.append(bound_check)
            return context, f"skipped: {LEFT_OUT}"
        named = f"{bound_check.check.name} at {bound_check.operation}"
        self.target.begin_check()
        outcome = self._attempt(lambda: self._run_answered(bound_check, context), named)
        self.target.begin_check()  # what was made is deleted, however long the check has waited
        self._attempt(lambda: self.left_behind.extend(context.clean_up()))
        self.left_behind.extend(context.remaining())
        return context, outcome

    def _run_answered(self, bound_check: BoundCheck, context: CheckContext) -> None:
        """Run a check. A request without a response, or with one that cannot be read, violates it.

        The run goes on as long as the target answers other requests.
        """
        try:
            self._run_connected(bound_check, context)
        except BadResponse as broken:
            context.report_violation(
                "a response that can be read",
                broken.seen,
                self.target.exchange(broken.sent, UNANSWERED),
                about="unreadable response",
                statement=readable_response_expected(bound_check.operation),
            )
        except NoResponse as silence:
            lasts = silence.may_last or names_lasting(self.contract, bound_check.operation)
            context.report_violation(
                "a response",
                silence.seen,
                self.target.exchange(silence.sent, UNANSWERED),
                about="no answer",
                statement=response_expected(bound_check.operation, may_last=lasts),
            )
            if isinstance(silence, Unanswered) and not self.target.answers():
                raise Unreachable(str(silence)) from None

    def _run_connected(self, bound_check: BoundCheck, context: CheckContext) -> None:
        """Run a check, and once more if a connection was closed that may only have been idle for too long.

        Where the service accepts no connection after that, it was not idle: the request has ended the service.
        """
        try:
            bound_check.run(context)
        except Disconnected as closed:
            if not closed.was_kept:
                raise
            context.findings.clear()
            try:
                bound_check.run(context)
            except NoResponse:
                raise
            except Unreachable:
                raise closed from None

    def _finish(self, bound_check: BoundCheck, context: CheckContext, outcome: str) -> None:
        """Record what a check found and its outcome."""
        for found in (*context.findings, *context.response_findings):
            self.findings.setdefault(found.id, found)
        self._record_documented(context)
        is_mild = all(found.verdict == "warning" for found in context.findings)
        self._record(bound_check, "failed" if context.findings else outcome, told="warning" if is_mild else "failed")

    def _record_documented(self, context: CheckContext) -> None:
        """Record the check `document` for every operation whose responses were validated on the way."""
        violated = {found.operation for found in context.response_findings if found.check == "document"}
        for operation in context.checked_operations:
            known = self.outcomes.get((operation, "document"), "passed")
            self.outcomes[operation, "document"] = "failed" if operation in violated else known
        for found in context.response_findings:
            self.outcomes[found.operation, found.check] = "failed"

    def _attempt(self, act: Callable[[], None], named: str = "what is done around the checks") -> str:
        """Call it. What the target or the settings prevent becomes an outcome; nothing is raised."""
        try:
            act()
        except (CannotBuildRequest, ReadOnly, NoResponse, Unsendable) as reason:
            return f"skipped: {reason}"
        except (Unreachable, Exhausted) as reason:
            self.stopped = self.stopped or str(reason)
            return f"skipped: {reason}"
        except KeyboardInterrupt:
            self.stopped = "interrupted"
            return "skipped: interrupted"
        except BROKEN_OFF as fault:
            text = f"{type(fault).__name__}: {fault}"
            self.broken.append(f"{named} broke off by a fault of ours, {text}; please report it")
            return f"skipped: the check broke off by a fault of ours, {text}"
        return "passed"

    def _record(self, bound_check: BoundCheck, outcome: str, *, told: str = "failed") -> None:
        """A check that runs several times at one operation has failed when it failed once.

        Progress is `told` of a failed check if it found warnings only.
        """
        key = (bound_check.operation, bound_check.check.name)
        if severity(outcome):
            self.statements[_statement(bound_check)] = True
        self.outcomes[key] = max(self.outcomes.get(key, outcome), outcome, key=severity)
        self.on_progress(bound_check.operation, bound_check.check.name, told if outcome == "failed" else outcome)


def _statement(bound_check: BoundCheck) -> str:
    """The name of the statement that a check is about."""
    return f"{bound_check.statement.subject} {bound_check.statement.kind} {bound_check.statement.text}".strip()


def severity(outcome: str) -> int:
    """Orders the outcomes of one check: a failure counts more than a pass, and a pass more than a skip."""
    return {"failed": 2, "passed": 1}.get(outcome, 0)
