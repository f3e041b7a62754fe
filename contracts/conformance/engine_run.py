"""One run of the Schemathesis engine: its events become findings, and what it creates is deleted."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote

import requests
from schemathesis.engine import Status, events
from schemathesis.engine.recorder import CheckNode, Interaction, ScenarioRecorder
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER

from contracts.cleanup.created_items import CreatedItem
from contracts.client.target import ANONYMOUS, SAFE, Exhausted, ReadOnly, Target, Unreachable, User
from contracts.client.transport import UNANSWERED, ReceivedResponse, SentRequest
from contracts.conformance.bounded_adapter import UnreadableResponse
from contracts.conformance.engine_checks import ANSWERED, RESPONSE_CHECKS, expected
from contracts.conformance.false_positives import FalsePositives
from contracts.conformance.ignored_statements import has_inheriting_discriminator, without_ignored
from contracts.conformance.openapi_core_check import CHECK as OPENAPI_CORE
from contracts.conformance.response_validation import is_unsatisfiable
from contracts.model.finding import (
    Finding,
    RecordedExchange,
    StatementRef,
    finding,
    readable_response_expected,
    response_expected,
)
from contracts.model.resources import name_of
from contracts.runner.context import CheckContext
from contracts.runner.runner import CheckResult, Progress
from contracts.runner.selection import is_chosen
from mockserver.contract import Contract
from mockserver.openapi.document import Operation

SETTLING = 5.0
"""How long to wait for pending responses after an interrupt, in seconds."""


@dataclass
class EngineRun:
    """One run of the Schemathesis engine, and its results so far."""

    contract: Contract
    target: Target
    context: CheckContext
    only: Sequence[str]
    skip: Sequence[str]
    tell: Progress
    findings: dict[str, Finding] = field(default_factory=dict)
    outcomes: dict[tuple[str, str], str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)
    made: dict[str, CreatedItem] = field(default_factory=dict)
    unread: dict[str, tuple[str, RecordedExchange]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    over: bool = False
    requests: int = 0
    stopped: str = ""
    began: float = field(default_factory=time.monotonic)

    @cached_property
    def operations_by_name(self) -> dict[str, Operation]:
        """All operations by name."""
        return {name_of(each): each for each in self.contract.document.operations}

    @cached_property
    def document(self) -> dict[str, Any]:
        """The document for Schemathesis, without its ignored parts."""
        return without_ignored(self.contract.document.raw)[0]

    @cached_property
    def false_positives(self) -> FalsePositives:
        """Decides which failures of Schemathesis are false positives."""
        inherits = has_inheriting_discriminator(self.contract.document.raw)
        return FalsePositives(self.contract, self.context.shared.openapi_core, self.target.base_url, inherits)

    @property
    def user(self) -> User:
        """The user of all requests."""
        return self.context.main_user if self.target.users else ANONYMOUS

    def operations(self) -> list[str]:
        """The names of the operations to check."""
        return [
            name
            for name in self.operations_by_name
            if self._wanted(name) and (not self.target.read_only or name.partition(" ")[0] in SAFE)
        ]

    def _wanted(self, name: str) -> bool:
        return is_chosen([name], [pattern for pattern in self.only if " " in pattern], self.skip)

    def consume(self, stream: Any) -> None:
        """Consume the events of the engine until it ends, or until the budget is used up."""
        try:
            for event in stream:
                self._handle(event)
                if self.target.budget is not None and self.target.requests >= self.target.budget:
                    self.stopped = f"the budget of {self.target.budget} requests is spent"
                if self.stopped:
                    stream.stop()
        except KeyboardInterrupt:
            self.stopped = "interrupted"
            stream.stop()
        except Exception as fault:  # noqa: BLE001  the engine must survive whatever the target sends
            self.stopped = f"Schemathesis failed: {type(fault).__name__}: {fault}"

    def result(self) -> CheckResult:
        """Delete the created items and return the result."""
        self._clean_up()
        self.findings |= self.context.shared.openapi_core.findings
        self.outcomes |= {
            (name, OPENAPI_CORE): outcome for name, outcome in self.context.shared.openapi_core.outcomes.items()
        }
        return CheckResult(
            tuple(self.findings.values()),
            self.outcomes,
            self.requests,
            time.monotonic() - self.began,
            tuple(self.left),
            self.stopped,
        )

    def _handle(self, event: Any) -> None:
        if isinstance(event, events.ScenarioFinished):
            self._read_scenario(event.recorder)
        elif isinstance(event, events.Interrupted):
            self.stopped = self.stopped or "interrupted"
        elif isinstance(event, events.EngineFinished) and not self.stopped:
            explained = event.stop_reason.skip_explanation
            self.stopped = explained.lower() if explained else ""
        elif isinstance(event, events.FatalError):
            self.stopped = f"Schemathesis failed: {event.exception}"
        elif isinstance(event, events.NonFatalError):
            self.outcomes.setdefault((event.label, "generation"), f"skipped: {event.info.title}")

    def _read_scenario(self, recorder: ScenarioRecorder) -> None:
        self.requests += len(recorder.interactions)
        self.target.requests += len(recorder.interactions)
        for case_id, checks in recorder.checks.items():
            operation = recorder.cases[case_id].value.operation.label
            for check in checks:
                if self._is_false_positive(recorder, case_id, check):
                    continue
                self._record_outcome(operation, check)
                if check.status == Status.FAILURE and self.is_selected(check.name):
                    self._report(recorder, case_id, operation, check)
            self._check_with_openapi_core(recorder, case_id, operation, checks)
        for case_id in recorder.cases:
            self._delete_created(case_id)
        for case_id in self.silent & recorder.interactions.keys():
            self._report_no_response(recorder, case_id)
        for case_id in self.unread.keys() & recorder.cases.keys():
            self._report_unreadable(recorder, case_id, *self.unread.pop(case_id))

    def _is_false_positive(self, recorder: ScenarioRecorder, case_id: str, check: CheckNode) -> bool:
        """Is a failure a false positive?"""
        case, info = recorder.cases[case_id].value, check.failure_info
        operation = self.operations_by_name.get(case.operation.label)
        if info is None or operation is None:
            return False
        interaction = recorder.interactions.get(info.failure.case_id or case_id)
        return interaction is not None and self.false_positives.excuses(
            operation, case, info.failure, self._exchange(interaction)
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
        exchange = self._exchange(recorder.interactions[case_id])
        if not is_unsatisfiable(self.contract, operation, exchange):
            self.context.shared.openapi_core.compare(operation, exchange, self.target.base_url, "Schemathesis", faults)

    def is_selected(self, name: str) -> bool:
        """Is the check with this name selected?"""
        return is_chosen([name], [pattern for pattern in self.only if " " not in pattern], self.skip)

    def _record_outcome(self, operation: str, check: CheckNode) -> None:
        if not self.is_selected(check.name):
            return
        outcome = "failed" if check.status == Status.FAILURE else "passed"
        if self.outcomes.get((operation, check.name)) in (None, "passed"):
            if self.outcomes.get((operation, check.name)) != outcome:
                self.tell(operation, check.name, outcome)
            self.outcomes[operation, check.name] = outcome

    def _report(self, recorder: ScenarioRecorder, case_id: str, operation: str, check: CheckNode) -> None:
        info = check.failure_info
        if info is None:
            return
        exchanges = self._exchanges(recorder, case_id, info.failure.case_id or "")
        found = finding(
            check.name,
            operation,
            expected=expected(check.name),
            seen=f"{info.failure.title}. {info.failure.message}".strip(),
            exchanges=exchanges,
            about=type(info.failure).__name__,
        )
        known = self.findings.get(found.id)
        if known is None or len(found.exchanges) < len(known.exchanges):
            self.findings[found.id] = found

    def _report_no_response(self, recorder: ScenarioRecorder, case_id: str) -> None:
        """Report a request without a response. Ends the run if the target no longer responds at all."""
        self.silent.remove(case_id)
        operation = recorder.cases[case_id].value.operation.label
        statement, exchanges = response_expected(operation), self._exchanges(recorder, case_id)
        if not self._report_request(
            operation, "a response", f"none in {self.target.timeout:g} s", statement, exchanges
        ):
            return
        if not self.target.answers():
            self.stopped = f"{operation}: no response in {self.target.timeout:g} s"

    def _report_unreadable(self, recorder: ScenarioRecorder, case_id: str, seen: str, last: RecordedExchange) -> None:
        """Report a request whose response cannot be read. Schemathesis does not record all of these."""
        operation = recorder.cases[case_id].value.operation.label
        before = self._exchanges(recorder, recorder.cases[case_id].parent_id or "")
        statement = readable_response_expected(operation)
        self._report_request(operation, "a response that can be read", seen, statement, (*before, last))

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

    def _exchanges(self, recorder: ScenarioRecorder, case_id: str, shown: str = "") -> tuple[RecordedExchange, ...]:
        """The exchanges that led to a test case. `shown` is the test case of the failure, if it is another one."""
        chain = [shown if each == case_id and shown else each for each in self._ancestors(recorder, case_id)]
        return tuple(self._exchange(recorder.interactions[each]) for each in chain if each in recorder.interactions)

    def _ancestors(self, recorder: ScenarioRecorder, case_id: str) -> list[str]:
        """The test case and those before it, the first one first."""
        chain: list[str] = []
        current: str | None = case_id
        while current is not None:
            chain.append(current)
            current = recorder.cases[current].parent_id if current in recorder.cases else None
        return chain[::-1]

    def _exchange(self, interaction: Interaction) -> RecordedExchange:
        asked, reply = interaction.request, interaction.response
        sent = SentRequest(asked.method, asked.uri, tuple(_pairs(asked.headers)), asked.body or None)
        got = ReceivedResponse(reply.status_code, tuple(_pairs(reply.headers)), reply.content) if reply else UNANSWERED
        return self.target.exchange(sent, got)

    @contextmanager
    def journal_hooks(self, hooks: Any) -> Iterator[None]:
        """Register hooks that write each create request to the journal, before and after it is sent.

        Schemathesis has only a global hook for the time before a request, so it is unregistered at the end.
        """
        before = self._before_call
        hooks.register_hook_with_name(self._after_call, "after_call")
        hooks.register_hook_with_name(self._after_network_error, "after_network_error")
        GLOBAL_HOOK_DISPATCHER.register_hook_with_name(before, "before_call")
        try:
            yield
        finally:
            if self.stopped:
                self._wait_for_threads()
            GLOBAL_HOOK_DISPATCHER.unregister(before)

    def _before_call(self, context: Any, case: Any, kwargs: Any) -> None:
        self.target.safe_point()
        if self.over:
            raise Exhausted("the run is over")
        if case.operation.label in self.context.shared.created_by:
            operation = self.context.shared.operations[case.operation.label].operation
            self.numbers[case.id] = self.context.journal_create(operation, self.user, _path(case), case.body)

    def _after_call(self, context: Any, case: Any, response: Any) -> None:
        """Record an item that a create request created, to delete it later."""
        resource = self.context.shared.created_by.get(case.operation.label)
        if resource is None:
            return
        asked = response.request
        sent = SentRequest(asked.method or "", asked.url or "", tuple(asked.headers.items()), None)
        got = ReceivedResponse(response.status_code, tuple(_pairs(response.headers)), response.content)
        body = case.body if isinstance(case.body, dict) else {}
        made = self.context.record_created(
            resource, self.target.exchange(sent, got), body, self.user, _path(case), self.numbers.pop(case.id, "")
        )
        if made is not None:
            self.made[case.id] = made

    def _after_network_error(self, context: Any, case: Any, request: Any) -> None:
        """Keep the journal entry of a request without a response, because it may have created an item."""
        self.numbers.pop(case.id, None)
        # Schemathesis calls the hook while it handles the error.
        fault = sys.exc_info()[1]
        if isinstance(fault, requests.ReadTimeout):
            self.silent.add(case.id)
        elif isinstance(fault, (requests.TooManyRedirects, UnreadableResponse)):
            sent = SentRequest(request.method, request.url, tuple(request.headers.items()), request.body or None)
            self.unread[case.id] = str(fault), self.target.exchange(sent, UNANSWERED)

    def _delete_created(self, case_id: str) -> None:
        """Delete the item of a finished test case, so that little is left behind if the process is killed."""
        made = self.made.pop(case_id, None)
        if made is None:
            return
        try:
            left = self.context.remove(made)
        except (Unreachable, Exhausted) as reason:
            left = f"{made.resource.name} {made.id} at {self.target.base_url} ({type(reason).__name__})"
        if left is not None:
            self.left.append(left)

    def _wait_for_threads(self) -> None:
        """Wait for the engine's threads: an item is known only after the response to its create request."""
        self.over = True
        end = time.monotonic() + SETTLING
        while self.numbers and time.monotonic() < end:
            time.sleep(0.02)

    def _clean_up(self) -> None:
        try:
            self.left.extend(self.context.clean_up())
        except (Unreachable, Exhausted, ReadOnly, KeyboardInterrupt) as reason:
            self.left.append(f"items created by Schemathesis at {self.target.base_url} ({type(reason).__name__})")


def _path(case: Any) -> dict[str, str]:
    """The decoded path parameters of a test case."""
    return {name: unquote(str(value)) for name, value in (case.path_parameters or {}).items()}


def _pairs(headers: Any) -> Iterator[tuple[str, str]]:
    """Headers as pairs, without those that every client or Schemathesis itself adds."""
    for name, values in headers.items():
        if name.lower() not in ("x-schemathesis-testcaseid", "content-length", "accept-encoding", "connection"):
            yield from ((name, value) for value in values)
