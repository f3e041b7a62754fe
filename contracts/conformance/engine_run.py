"""One run of the Schemathesis engine: its events become findings, and what it creates is deleted."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from schemathesis.engine import Status, events
from schemathesis.engine.recorder import CheckNode, ScenarioRecorder

from contracts.client.target import ANONYMOUS, SAFE, Target, User
from contracts.conformance.coverage_cases import MOST_CASES
from contracts.conformance.engine_checks import ANSWERED, RESPONSE_CHECKS, expected
from contracts.conformance.engine_credentials import with_bearer_schemes
from contracts.conformance.engine_exchanges import exchange_of, exchanges_of
from contracts.conformance.engine_failures import seen_by_engine
from contracts.conformance.engine_items import EngineItems
from contracts.conformance.engine_premises import is_met
from contracts.conformance.false_positives import FalsePositives
from contracts.conformance.ignored_statements import has_inheriting_discriminator, with_pointers, without_ignored
from contracts.conformance.openapi_core_check import CHECK as OPENAPI_CORE
from contracts.conformance.response_rules import response_faults
from contracts.conformance.response_validation import is_unsatisfiable
from contracts.conformance.uncertain_failures import (
    ACCEPTED,
    guess_behind,
    leads_elsewhere,
    says_nothing,
    without_authentication,
    without_success,
)
from contracts.model.ending_operations import is_left_out
from contracts.model.examined import Examined
from contracts.model.finding import (
    Finding,
    RecordedExchange,
    StatementRef,
    finding,
    readable_response_expected,
    response_expected,
)
from contracts.model.lasting_responses import may_last
from contracts.model.resources import name_of
from contracts.model.unreachable_operations import unreachable_operations
from contracts.runner.context import CheckContext
from contracts.runner.runner import CheckResult, Progress
from contracts.runner.selection import is_chosen
from contracts.runner.start_page import is_start_page
from mockserver.contract import Contract
from mockserver.openapi.document import Operation


@dataclass
class EngineRun:
    """One run of the Schemathesis engine, and its results so far."""

    contract: Contract
    target: Target
    context: CheckContext
    only: Sequence[str]
    skip: Sequence[str]
    tell: Progress
    ends: float | None = None
    findings: dict[str, Finding] = field(default_factory=dict)
    outcomes: dict[tuple[str, str], str] = field(default_factory=dict)
    requests: int = 0
    stopped: str = ""
    refused: dict[int, set[str]] = field(default_factory=lambda: {401: set(), 403: set()})
    is_over: bool = False
    tried: set[str] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)
    began: float = field(default_factory=time.monotonic)

    @cached_property
    def operations_by_name(self) -> dict[str, Operation]:
        """All operations by name."""
        return {name_of(each): each for each in self.contract.document.operations}

    @cached_property
    def document(self) -> dict[str, Any]:
        """The document for Schemathesis, without its ignored parts."""
        return with_bearer_schemes(without_ignored(with_pointers(self.contract.document.raw))[0])

    @cached_property
    def false_positives(self) -> FalsePositives:
        """Decides which failures of Schemathesis are false positives."""
        inherits = has_inheriting_discriminator(self.contract.document.raw)
        return FalsePositives(self.contract, self.context.shared.openapi_core, self.target.base_url, inherits)

    @property
    def user(self) -> User:
        """The user of all requests."""
        return self.context.main_user if self.target.users else ANONYMOUS

    @cached_property
    def items(self) -> EngineItems:
        """The items that the engine creates."""
        return EngineItems(self.context, self.user)

    def operations(self) -> list[str]:
        """The names of the operations to check."""
        return [
            name
            for name in self.operations_by_name
            if self._wanted(name) and (not self.target.read_only or name.partition(" ")[0] in SAFE)
        ]

    def _wanted(self, name: str) -> bool:
        is_possible = name not in unreachable_operations(self.contract) and not is_left_out(name, self.only)
        return is_possible and is_chosen([name], [pattern for pattern in self.only if " " in pattern], self.skip)

    @contextmanager
    def followed(self, hooks: Any) -> Iterator[None]:
        """Follow the requests of the engine by its hooks; after an early end, until the last response."""
        with self.items.followed(hooks):
            try:
                yield
            finally:
                if self.has_ended:
                    self.items.settle()

    def consume(self, stream: Any) -> None:
        """Consume the events of the engine until it ends, or until the budget is used up."""
        try:
            for event in stream:
                self._handle(event)
                if self.target.budget is not None and self.target.requests >= self.target.budget:
                    self.stopped = f"the budget of {self.target.budget} requests is spent"
                if self.has_ended:
                    stream.stop()
        except KeyboardInterrupt:
            self.stopped = "interrupted"
            stream.stop()
        except Exception as fault:  # noqa: BLE001  the engine must survive whatever the target sends
            self.stopped = f"Schemathesis failed: {type(fault).__name__}: {fault}"

    def result(self) -> CheckResult:
        """Delete the created items and return the result."""
        self.items.clean_up()
        if not (self.target.users or self._asks_for_credentials()):
            self.findings = {id: without_authentication(each) for id, each in self.findings.items()}
        answered = self.context.shared.access.answered
        for id, each in self.findings.items():
            self.findings[id] = each if answered.get(each.operation) else without_success(each)
        self.findings |= self.context.shared.openapi_core.findings
        self.outcomes |= {
            (name, OPENAPI_CORE): outcome for name, outcome in self.context.shared.openapi_core.outcomes.items()
        }
        return CheckResult(
            tuple(self.findings.values()),
            self.outcomes,
            self.requests,
            time.monotonic() - self.began,
            tuple(self.items.left),
            self.stopped,
            Examined(answered, notes=tuple(self._left_out())),
        )

    def _asks_for_credentials(self) -> bool:
        """Does the service ask for credentials? An operation or two may be forbidden (403) to everybody."""
        open_ones = sum(each.check == "ignored_auth" for each in self.findings.values())
        return bool(self.refused[401]) or len(self.refused[403]) >= max(open_ones, 1)

    @property
    def has_ended(self) -> bool:
        """Has the run ended early, or is its time up? The latter is as it should be, and no reason to fail."""
        self.is_over = self.is_over or (self.ends is not None and time.monotonic() >= self.ends)
        return self.is_over or bool(self.stopped)

    def _left_out(self) -> Iterator[str]:
        """What was left out for want of time, as notes."""
        if self.left_out:
            names = sorted(self.left_out)
            yield (
                f"conformance sent {MOST_CASES} of the requests that follow from the schemas of {', '.join(names[:3])}"
                f"{' …' if names[3:] else ''}, chosen evenly; --time sends all of them"
            )
        names = self.operations()
        if self.is_over and len(self.tried) < len(names):
            yield (
                f"conformance ended after {len(self.tried)} of {len(names)} operations, because a quick run ends after "
                "a minute; without --quick, all of them are tried"
            )

    def _handle(self, event: Any) -> None:
        if isinstance(event, events.ScenarioFinished):
            self._read_scenario(event.recorder)
        elif isinstance(event, events.Interrupted) and not self.is_over:
            self.stopped = self.stopped or "interrupted"
        elif isinstance(event, events.EngineFinished) and not self.has_ended:
            explained = event.stop_reason.skip_explanation
            self.stopped = explained.lower() if explained else ""
        elif isinstance(event, events.FatalError):
            self.stopped = f"Schemathesis failed: {event.exception}"
        elif isinstance(event, events.NonFatalError):
            self.outcomes.setdefault((event.label, "generation"), f"skipped: {event.info.title}")

    def _read_scenario(self, recorder: ScenarioRecorder) -> None:
        self.requests += len(recorder.interactions)
        self.target.requests += len(recorder.interactions)
        self._tell_listeners(recorder)
        self._record_access(recorder)
        for case_id, checks in recorder.checks.items():
            operation = recorder.cases[case_id].value.operation.label
            self.tried.add(operation)
            for check in checks:
                if self._is_false_positive(recorder, case_id, check):
                    continue
                if check.status != Status.FAILURE and not is_met(check.name, recorder, case_id):
                    continue
                verdict = ""
                if check.status == Status.FAILURE and self.is_selected(check.name):
                    verdict = self._report(recorder, case_id, operation, check)
                self._record_outcome(operation, check, verdict)
            self._check_with_openapi_core(recorder, case_id, operation, checks)
        for case_id in recorder.interactions.keys() & recorder.cases.keys():
            self._check_response_rules(recorder, case_id)
        for case_id in recorder.cases:
            self.items.delete(case_id)
        self._report_unanswered(recorder)

    def _report_unanswered(self, recorder: ScenarioRecorder) -> None:
        """Report the requests that got no response that can be used."""
        for case_id in self.items.silent & recorder.interactions.keys():
            self._report_no_response(recorder, case_id)
        for case_id in self.items.unread.keys() & recorder.cases.keys():
            self._report_unreadable(recorder, case_id, *self.items.unread.pop(case_id))
        for case_id in self.items.cut.keys() & recorder.cases.keys():
            self._report_disconnected(recorder, case_id, self.items.cut.pop(case_id))

    def _tell_listeners(self, recorder: ScenarioRecorder) -> None:
        for interaction in recorder.interactions.values() if self.target.on_exchange else ():
            exchange = exchange_of(self.target, interaction)
            for listener in self.target.on_exchange:
                listener(exchange)

    def _record_access(self, recorder: ScenarioRecorder) -> None:
        """Record which operations answered with success."""
        for case_id, interaction in recorder.interactions.items():
            if interaction.response is None or case_id not in recorder.cases:
                continue
            operation = recorder.cases[case_id].value.operation
            name, status = operation.label, interaction.response.status_code
            self.refused.get(status, set()).add(name)
            if interaction.request.method == operation.method.upper():  # some test cases have another one
                self.context.shared.access.record(self.user.name, name, status)

    def _is_false_positive(self, recorder: ScenarioRecorder, case_id: str, check: CheckNode) -> bool:
        """Is a failure a false positive?"""
        case, info = recorder.cases[case_id].value, check.failure_info
        operation = self.operations_by_name.get(case.operation.label)
        if info is None or operation is None:
            return False
        interaction = recorder.interactions.get(info.failure.case_id or case_id)
        if interaction is None:
            return False
        exchange = exchange_of(self.target, interaction)
        is_elsewhere = leads_elsewhere(self.contract, operation, self.target.base_url, info.failure, exchange) or (
            isinstance(info.failure, ACCEPTED) and is_start_page(self.context, exchange)
        )
        return (
            is_elsewhere
            or says_nothing(operation, info.failure, exchange)
            or self.false_positives.excuses(operation, case, info.failure, exchange)
        )

    def _check_with_openapi_core(
        self, recorder: ScenarioRecorder, case_id: str, name: str, checks: Sequence[CheckNode]
    ) -> None:
        """Validate a response with openapi-core after the response checks of Schemathesis."""
        held = [check for check in checks if check.name in RESPONSE_CHECKS]
        operation = self.operations_by_name.get(name)
        if operation is None or case_id not in recorder.interactions or len(held) < len(RESPONSE_CHECKS):
            return
        faults = [
            check.failure_info.failure.message
            for check in held
            if check.failure_info is not None and not self._is_false_positive(recorder, case_id, check)
        ]
        exchange = exchange_of(self.target, recorder.interactions[case_id])
        if not is_unsatisfiable(self.contract, operation, exchange):
            self.context.shared.openapi_core.compare(operation, exchange, self.target.base_url, "Schemathesis", faults)

    def _check_response_rules(self, recorder: ScenarioRecorder, case_id: str) -> None:
        """Report what no response may be or contain, once for each operation."""
        name = recorder.cases[case_id].value.operation.label
        operation = self.operations_by_name.get(name)
        if operation is None:
            return
        exchange = exchange_of(self.target, recorder.interactions[case_id])
        for fault in response_faults(operation, exchange, self.contract):
            if self.is_selected(fault.check):
                found = fault.as_finding(name, (exchange,))
                self.findings.setdefault(found.id, found)
                self.outcomes[name, fault.check] = "failed"

    def is_selected(self, name: str) -> bool:
        """Is the check with this name selected?"""
        return is_chosen([name], [pattern for pattern in self.only if " " not in pattern], self.skip)

    def _record_outcome(self, operation: str, check: CheckNode, verdict: str) -> None:
        """Record the outcome of a check at an operation. A warning has no line as a failure has."""
        if not self.is_selected(check.name):
            return
        outcome = "failed" if check.status == Status.FAILURE else "passed"
        if self.outcomes.get((operation, check.name)) in (None, "passed"):
            if self.outcomes.get((operation, check.name)) != outcome:
                self.tell(operation, check.name, "warning" if verdict == "warning" else outcome)
            self.outcomes[operation, check.name] = outcome

    def _report(self, recorder: ScenarioRecorder, case_id: str, operation: str, check: CheckNode) -> str:
        """Report a failure. Returns its verdict; empty if there is nothing to report."""
        info = check.failure_info
        if info is None:
            return ""
        exchanges = exchanges_of(self.target, recorder, case_id, info.failure.case_id or "")
        known_operation = self.operations_by_name.get(operation)
        case = recorder.cases[case_id].value
        guess = (
            guess_behind(self.contract, known_operation, case, info.failure, exchanges[-1])
            if known_operation and exchanges
            else None
        )
        found = finding(
            check.name,
            operation,
            expected=expected(check.name),
            seen=self.target.masked(seen_by_engine(info.failure, exchanges[-1].status if exchanges else 0)),
            exchanges=exchanges,
            about=type(info.failure).__name__,
            statement=guess,
        )
        known = self.findings.get(found.id)
        if known is None or len(found.exchanges) < len(known.exchanges):
            self.findings[found.id] = found
        return found.verdict

    def _report_no_response(self, recorder: ScenarioRecorder, case_id: str) -> None:
        """Report a request without a response. Ends the run if the target no longer responds at all."""
        self.items.silent.remove(case_id)
        operation = recorder.cases[case_id].value.operation.label
        known = self.operations_by_name.get(operation)
        lasts = known is not None and may_last(self.contract, known)
        statement, exchanges = (
            response_expected(operation, may_last=lasts),
            exchanges_of(self.target, recorder, case_id),
        )
        if not self._report_request(
            operation, "a response", f"none in {self.target.timeout:g} s", statement, exchanges
        ):
            return
        if not self.target.answers():
            self.stopped = f"{operation}: no response in {self.target.timeout:g} s"

    def _report_unreadable(self, recorder: ScenarioRecorder, case_id: str, seen: str, last: RecordedExchange) -> None:
        """Report a request whose response cannot be read. Schemathesis does not record all of these."""
        operation = recorder.cases[case_id].value.operation.label
        before = exchanges_of(self.target, recorder, recorder.cases[case_id].parent_id or "")
        statement = readable_response_expected(operation)
        self._report_request(operation, "a response that can be read", seen, statement, (*before, last))

    def _report_disconnected(self, recorder: ScenarioRecorder, case_id: str, last: RecordedExchange) -> None:
        """Report a request whose connection was closed without a response."""
        operation = recorder.cases[case_id].value.operation.label
        before = exchanges_of(self.target, recorder, recorder.cases[case_id].parent_id or "")
        seen = "none: the connection was closed"
        self._report_request(operation, "a response", seen, response_expected(operation), (*before, last))

    def _report_request(
        self,
        operation: str,
        expected: str,
        seen: str,
        statement: StatementRef,
        exchanges: tuple[RecordedExchange, ...],
    ) -> bool:
        """Report a request without a usable response, once for each operation. Returns whether it was reported."""
        if (operation, ANSWERED) in self.outcomes or not is_chosen([ANSWERED, operation], (), self.skip):
            return False
        found = finding(
            ANSWERED,
            operation,
            expected=expected,
            seen=seen,
            exchanges=exchanges,
            about="no answer",
            statement=statement,
        )
        self.findings[found.id] = found
        self.outcomes[operation, ANSWERED] = "failed"
        self.tell(operation, ANSWERED, "failed")
        return True
