"""One run of a contract check: the preflight, our own checks, and conformance, with what is printed meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from contracts.checks import checks_of
from contracts.cleanup.journal import JOURNAL, Journal
from contracts.cleanup.journal_lock import kept_alone
from contracts.cli.console import say
from contracts.cli.progress import Progress
from contracts.client.target import Target
from contracts.conformance.coverage_recorder import CoverageRecorder
from contracts.conformance.schemathesis_run import conform
from contracts.listener.listener import Listener, listening
from contracts.model.examined import Examined
from contracts.model.known_failures import KnownFailure
from contracts.preflight.diagnosis import preflight
from contracts.report.report import joined
from contracts.runner.interrupt import between_requests
from contracts.runner.runner import CheckResult, run_checks, selected
from contracts.runner.settings import CheckSettings
from contracts.runner.sharding import WHOLE

QUICK = 45.0
"""The most seconds in which a quick run sends requests; reading the document and writing the report take the others."""

OWN_SHARE = 0.7
"""The part of it that our own checks may use; conformance gets the rest."""

MIN_BUDGET = 200
"""With a smaller budget of requests, there is no preflight."""


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A run with its settings; `folder` gets the journal. With `verbose`, each check has a line.

    `accepted` are failures that count as none: those of a check or an operation are none while it runs, too.
    """

    settings: CheckSettings
    folder: Path
    recorder: CoverageRecorder
    verbose: bool = False
    accepted: tuple[KnownFailure, ...] = ()

    def result(self) -> CheckResult:
        """Run everything. What the target does is in the result.

        Raises FolderInUse if another run uses the folder for a service.
        """
        with kept_alone(self.folder) if self.settings.url else nullcontext():
            return self._run()

    def _run(self) -> CheckResult:
        settings, journal, began = self.settings, Journal(self.folder / JOURNAL), time.monotonic()
        is_bounded = settings.mode == "quick" and settings.deadline is None
        journal = journal if settings.url else Journal.in_memory()
        with between_requests() as safe:
            with self._target(safe) as target:
                result = self._preflight(target)
                if not result.stopped:
                    result = joined(
                        result, self._own_checks(target, journal, QUICK * OWN_SHARE if is_bounded else None)
                    )
                spent = target.requests
            if not result.stopped:
                with self._target(safe, spent) as target:
                    result = joined(result, self._conformance(target, journal, began + QUICK if is_bounded else None))
        return replace(result, stopped=result.stopped or self._unexamined(result))

    def _unexamined(self, result: CheckResult) -> str:
        """Why a whole run that found no failure has examined nothing; empty if it examined something.

        A part of a run may consist of requests that a correct service refuses.
        """
        is_part = self.settings.only or self.settings.skip or self.settings.shard != WHOLE
        has_failed = any(found.verdict == "failure" for found in result.findings)
        return "" if is_part or has_failed else self.recorder.unanswered()

    @contextmanager
    def _target(self, safe_point: Any, spent: int = 0) -> Iterator[Target]:
        with self.settings.target(spent) as target:
            target.safe_point = safe_point
            target.on_exchange.append(self.recorder.saw)
            yield target

    @property
    def _scope(self) -> dict[str, Any]:
        settings = self.settings
        return {
            "mode": settings.mode,
            "seed": settings.seed,
            "only": settings.only,
            "skip": settings.skip,
            "shard": settings.shard,
            "database": settings.database,
        }

    def _preflight(self, target: Target) -> CheckResult:
        """The preflight of a service, as a result: why the run ends here, and notes."""
        settings = self.settings
        if settings.url is None or (settings.budget is not None and settings.budget < MIN_BUDGET):
            return CheckResult((), {}, 0, 0.0)
        began = time.monotonic()
        found = preflight(settings.contract, target)
        for line in found.lines:
            say(line, err=True)
        seconds, examined = time.monotonic() - began, Examined(notes=found.notes)
        return CheckResult((), {}, target.requests, seconds, stopped=found.fatal, examined=examined)

    def _own_checks(self, target: Target, journal: Journal, seconds: float | None) -> CheckResult:
        settings = self.settings
        checks = selected(
            checks_of(settings.contract),
            settings.mode,
            settings.only,
            settings.skip,
            settings.shard,
            probe_security=settings.probe_security,
            listens=settings.callbacks is not None,
        )
        with self._progress("checks", len(checks), target) as shown, self._listener() as listener:
            return run_checks(
                settings.contract,
                target,
                strict=settings.strict,
                journal=journal,
                workers=settings.workers,
                probe_security=settings.probe_security,
                on_progress=shown,
                listener=listener,
                seconds=seconds,
                **self._scope,
            )

    @contextmanager
    def _listener(self) -> Iterator[Listener | None]:
        """What listens for callbacks and webhooks; None unless it was asked for."""
        if self.settings.callbacks is None:
            yield None
            return
        with listening(self.settings.callbacks) as listener:
            say(f"listening for callbacks and webhooks on {listener.url}", err=True)
            yield listener

    def _conformance(self, target: Target, journal: Journal, ends: float | None) -> CheckResult:
        contract = self.settings.contract
        with self._progress("operations", len(contract.document.operations), target) as shown:
            return conform(contract, target, journal=journal, on_progress=shown, ends=ends, **self._scope)

    @contextmanager
    def _progress(self, what: str, total: int, target: Target) -> Iterator[Progress]:
        by_operation = what == "operations"
        shown = Progress(
            what,
            total,
            lambda: target.requests,
            by_operation=by_operation,
            verbose=self.verbose,
            accepts=self._accepts,
        )
        try:
            yield shown
        finally:
            shown.close()

    def _accepts(self, operation: str, check: str) -> bool:
        """Are all failures of a check at an operation accepted? An entry with an id is about a single one."""
        return any(entry.concerns(operation, check) for entry in self.accepted if not entry.id)
