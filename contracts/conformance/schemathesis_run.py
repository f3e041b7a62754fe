"""Conformance with the document, examined by the engine of Schemathesis 4 with all of its checks."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote

import requests
import schemathesis
from hypothesis.database import ExampleDatabase
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema
from schemathesis.engine.recorder import CheckNode, Interaction, ScenarioRecorder
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER

from contracts.cleanup.created_items import CreatedItem
from contracts.cleanup.journal import Journal
from contracts.client.authentication import authorization, is_basic
from contracts.client.target import ANONYMOUS, SAFE, Exhausted, ReadOnly, Target, Unreachable, User
from contracts.client.transport import UNANSWERED, ReceivedResponse, SentRequest
from contracts.conformance.false_positives import FalsePositives
from contracts.conformance.ignored_statements import has_inheriting_discriminator, without_ignored
from contracts.conformance.openapi_core_check import CHECK as JURY
from contracts.conformance.response_validation import is_unsatisfiable
from contracts.model.finding import Finding, RecordedExchange, finding, response_expected
from contracts.model.resources import name_of
from contracts.runner.context import CheckContext, Mode
from contracts.runner.hypothesis_database import kept_in
from contracts.runner.runner import CheckResult, Progress
from contracts.runner.selection import is_chosen
from contracts.runner.sharding import WHOLE, Shard
from contracts.runner.shared import SharedState
from mockserver.contract import Contract
from mockserver.openapi.document import Operation

EXAMPLES: dict[Mode, int] = {"quick": 5, "default": 20, "campaign": 200}
"""How many requests each operation is given in each phase that invents them."""

OF_FORM = frozenset(
    {
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    }
)
"""The checks of the engine that judge the form of a reply, and nothing else."""

ANSWERED = "answered"
"""The name of our own check that every request gets an answer in time."""

SETTLING = 5.0
"""The longest that is waited, in seconds, for the answers to what was sent before an examination was interrupted."""

PHASES: dict[Mode, frozenset[str]] = {
    "quick": frozenset({"examples", "coverage"}),
    "default": frozenset({"examples", "coverage", "fuzzing", "stateful"}),
    "campaign": frozenset({"examples", "coverage", "fuzzing", "stateful"}),
}
"""The phases of the engine."""


def conform(
    contract: Contract,
    target: Target,
    *,
    mode: Mode = "default",
    seed: int = 0,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    on_progress: Progress | None = None,
    shard: Shard = WHOLE,
    database: ExampleDatabase | None = None,
    journal: Journal | None = None,
) -> CheckResult:
    """Hold a target against its document: what its replies look like, and what it accepts and refuses.

    Every failed check becomes a Finding with its exchanges. What was created is deleted in the end. Never raises for
    what the target does: `stopped` of the Result says why an examination ended early.

    What `database` holds of earlier runs is tried first.

    A `share` has some of the operations; sequences of operations cannot be divided and belong to one of the shares.
    """
    context = CheckContext(SharedState(contract, seed), target, "conformance", "", None, seed=seed, journal=journal)
    run = _SchemathesisRun(contract, target, context, only, skip, on_progress or _silent)
    load_all_checks()
    checks = [name for name in CHECKS.get_all_names() if run.asked_for(name)]
    for phases, names in _parts(run, shard, PHASES[mode]):
        if phases and names and (checks or run.asked_for(ANSWERED)) and not run.stopped:
            config = _config(run, mode, seed, phases, names, checks, database)
            schema = schemathesis.openapi.from_dict(run.document, config=config)
            schema.app = target.app
            with kept_in(database), run.listening(schema.hooks):
                run.through(from_schema(schema).execute())
    return run.result()


def _parts(run: _SchemathesisRun, shard: Shard, phases: frozenset[str]) -> Iterator[tuple[frozenset[str], list[str]]]:
    """What the engine does one after the other: phases, and the operations they are for."""
    names = run.operations()
    if shard.count == 1:
        yield phases, names
        return
    yield phases - {"stateful"}, [name for name in names if shard.has("conformance", name)]
    if shard.has("stateful", ""):
        yield phases & {"stateful"}, names


def _silent(operation: str, check: str, outcome: str) -> None:
    """Nobody listens."""


def _config(
    run: _SchemathesisRun,
    mode: Mode,
    seed: int,
    phases: frozenset[str],
    names: Sequence[str],
    checks: Sequence[str],
    database: ExampleDatabase | None,
) -> SchemathesisConfig:
    target = run.target
    settings: dict[str, Any] = {
        "seed": seed,
        "base-url": target.base_url,
        "request-timeout": target.timeout,
        "continue-on-failure": True,
        "generation": {"max-examples": EXAMPLES[mode], **({} if database is not None else {"database": "none"})},
        "operations": [
            {"include-name": name, "enabled": False} for name in run.operations_by_name if name not in names
        ],
        "phases": {name: {"enabled": name in phases} for name in PHASES["default"]},
        "checks": {name: {"enabled": name in checks} for name in CHECKS.get_all_names()},
    }
    if target.rate:
        settings["rate-limit"] = f"{max(1, round(target.rate * 60))}/m"
    if target.deadline is not None:
        settings["max-time"] = max(1, math.ceil(target.deadline - time.monotonic()))
    return SchemathesisConfig.from_dict(settings | _credential(run.contract, run.user))


def _credential(contract: Contract, user: User) -> dict[str, Any]:
    """The credential in the engine's terms, so that its security checks know what to leave out; all else as headers."""
    headers = {name.lower(): value for name, value in user.headers}
    shown = {"header": headers, "query": dict(user.query), "cookie": dict(user.cookies)}
    schemes: dict[str, Any] = {}
    used: set[str] = set()
    for scheme in contract.document.security_schemes.values() if user.secret else ():
        name = scheme.parameter.lower() if scheme.location == "header" else scheme.parameter
        if scheme.type == "http" and scheme.scheme == "bearer":
            if headers.get("authorization", "").partition(" ")[2] == user.secret:
                schemes[scheme.name] = {"bearer": user.secret}
                used.add("authorization")
        elif is_basic(scheme):
            if headers.get("authorization") == authorization(scheme, user.secret):
                username, _, password = user.secret.partition(":")
                schemes[scheme.name] = {"username": username, "password": password}
                used.add("authorization")
        elif scheme.type == "apiKey" and shown.get(scheme.location, headers).get(name) == user.secret:
            schemes[scheme.name] = {"api_key": user.secret}
            used.add(name)
    headers = {name: value for name, value in headers.items() if name not in used}
    cookies = "; ".join(f"{name}={value}" for name, value in user.cookies if name not in used)
    if cookies:
        headers["cookie"] = cookies
    return {**({"auth": {"openapi": schemes}} if schemes else {}), **({"headers": headers} if headers else {})}


@dataclass
class _SchemathesisRun:
    """One run of the engine, and what came of it so far."""

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
    silent: set[str] = field(default_factory=set)
    over: bool = False
    requests: int = 0
    stopped: str = ""
    began: float = field(default_factory=time.monotonic)

    @cached_property
    def operations_by_name(self) -> dict[str, Operation]:
        """Every operation, by its name."""
        return {name_of(each): each for each in self.contract.document.operations}

    @cached_property
    def document(self) -> dict[str, Any]:
        """The document as the engine is given it."""
        return without_ignored(self.contract.document.raw)[0]

    @cached_property
    def fairness(self) -> FalsePositives:
        """What a correct server may do although the engine tells it as a failure."""
        inherits = has_inheriting_discriminator(self.contract.document.raw)
        return FalsePositives(self.contract, self.context.shared.openapi_core, self.target.base_url, inherits)

    @property
    def user(self) -> User:
        """Who asks."""
        return self.context.main_user if self.target.users else ANONYMOUS

    def operations(self) -> list[str]:
        """The names of the operations that are examined."""
        return [
            name
            for name in self.operations_by_name
            if self._wanted(name) and (not self.target.read_only or name.partition(" ")[0] in SAFE)
        ]

    def _wanted(self, name: str) -> bool:
        return is_chosen([name], [pattern for pattern in self.only if " " in pattern], self.skip)

    def through(self, stream: Any) -> None:
        """Follow the engine to its end, or to the end of the budget."""
        try:
            for event in stream:
                self._follow(event)
                if self.target.budget is not None and self.target.requests >= self.target.budget:
                    self.stopped = f"the budget of {self.target.budget} requests is spent"
                if self.stopped:
                    stream.stop()
        except KeyboardInterrupt:
            self.stopped = "interrupted"
            stream.stop()

    def result(self) -> CheckResult:
        """What came of it, once what was created is deleted."""
        self._tidy()
        self.findings |= self.context.shared.openapi_core.findings
        self.outcomes |= {(name, JURY): outcome for name, outcome in self.context.shared.openapi_core.heard.items()}
        return CheckResult(
            tuple(self.findings.values()),
            self.outcomes,
            self.requests,
            time.monotonic() - self.began,
            tuple(self.left),
            self.stopped,
        )

    def _follow(self, event: Any) -> None:
        if isinstance(event, events.ScenarioFinished):
            self._read(event.recorder)
        elif isinstance(event, events.Interrupted):
            self.stopped = self.stopped or "interrupted"
        elif isinstance(event, events.EngineFinished) and not self.stopped:
            explained = event.stop_reason.skip_explanation
            self.stopped = explained.lower() if explained else ""
        elif isinstance(event, events.FatalError):
            self.stopped = f"the engine gave up: {event.exception}"
        elif isinstance(event, events.NonFatalError):
            self.outcomes.setdefault((event.label, "generation"), f"skipped: {event.info.title}")

    def _read(self, recorder: ScenarioRecorder) -> None:
        self.requests += len(recorder.interactions)
        self.target.requests += len(recorder.interactions)
        for case_id, checks in recorder.checks.items():
            operation = recorder.cases[case_id].value.operation.label
            for check in checks:
                if self._is_excused(recorder, case_id, check):
                    continue
                self._note(operation, check)
                if check.status == Status.FAILURE and self.asked_for(check.name):
                    self._tell(recorder, case_id, operation, check)
            self._hear(recorder, case_id, operation, checks)
        for case_id in recorder.cases:
            self._forget(case_id)
        for case_id in self.silent & recorder.interactions.keys():
            self._tell_silence(recorder, case_id)

    def _is_excused(self, recorder: ScenarioRecorder, case_id: str, check: CheckNode) -> bool:
        """Is a failure none, since a correct server may do so?"""
        case, info = recorder.cases[case_id].value, check.failure_info
        operation = self.operations_by_name.get(case.operation.label)
        if info is None or operation is None:
            return False
        interaction = recorder.interactions.get(info.failure.case_id or case_id)
        return interaction is not None and self.fairness.excuses(
            operation, case, info.failure, self._exchange(interaction)
        )

    def _hear(self, recorder: ScenarioRecorder, case_id: str, name: str, checks: Sequence[CheckNode]) -> None:
        """Ask the second judge about a reply whose form the engine has judged."""
        held = [check for check in checks if check.name in OF_FORM]
        operation = self.operations_by_name.get(name)
        if operation is None or case_id not in recorder.interactions or len(held) < len(OF_FORM):
            return
        faults = [
            check.failure_info.failure.message
            for check in held
            if check.failure_info is not None and not self._is_excused(recorder, case_id, check)
        ]
        exchange = self._exchange(recorder.interactions[case_id])
        if not is_unsatisfiable(self.contract, operation, exchange):
            self.context.shared.openapi_core.hear(operation, exchange, self.target.base_url, "Schemathesis", faults)

    def asked_for(self, name: str) -> bool:
        """Is a check of this name wanted?"""
        return is_chosen([name], [pattern for pattern in self.only if " " not in pattern], self.skip)

    def _note(self, operation: str, check: CheckNode) -> None:
        if not self.asked_for(check.name):
            return
        outcome = "failed" if check.status == Status.FAILURE else "passed"
        if self.outcomes.get((operation, check.name)) in (None, "passed"):
            if self.outcomes.get((operation, check.name)) != outcome:
                self.tell(operation, check.name, outcome)
            self.outcomes[operation, check.name] = outcome

    def _tell(self, recorder: ScenarioRecorder, case_id: str, operation: str, check: CheckNode) -> None:
        info = check.failure_info
        if info is None:
            return
        exchanges = self._exchanges(recorder, case_id, info.failure.case_id or "")
        found = finding(
            check.name,
            operation,
            expected=f"a reply that passes {check.name.replace('_', ' ')}",
            seen=f"{info.failure.title}. {info.failure.message}".strip(),
            exchanges=exchanges,
            about=type(info.failure).__name__,
        )
        known = self.findings.get(found.id)
        if known is None or len(found.exchanges) < len(known.exchanges):
            self.findings[found.id] = found

    def _tell_silence(self, recorder: ScenarioRecorder, case_id: str) -> None:
        """A request without an answer is a failure, and the end where the target answers nobody any more."""
        self.silent.remove(case_id)
        operation = recorder.cases[case_id].value.operation.label
        known = (operation, ANSWERED) in self.outcomes
        if known or not is_chosen([ANSWERED, operation], (), self.skip):
            return
        found = finding(
            ANSWERED,
            operation,
            expected="an answer",
            seen=f"none in {self.target.timeout:g} s",
            exchanges=self._exchanges(recorder, case_id),
            about="no answer",
            statement=response_expected(operation),
        )
        self.findings[found.id] = found
        self.outcomes[operation, ANSWERED] = "failed"
        self.tell(operation, ANSWERED, "failed")
        if not self.target.answers():
            self.stopped = f"{operation}: no response in {self.target.timeout:g} s"

    def _exchanges(self, recorder: ScenarioRecorder, case_id: str, shown: str = "") -> tuple[RecordedExchange, ...]:
        """What was said until a case, of which another one may be `shown`."""
        chain = [shown if each == case_id and shown else each for each in self._ancestors(recorder, case_id)]
        return tuple(self._exchange(recorder.interactions[each]) for each in chain if each in recorder.interactions)

    def _ancestors(self, recorder: ScenarioRecorder, case_id: str) -> list[str]:
        """The cases that led to this one, the first one first."""
        chain: list[str] = []
        current: str | None = case_id
        while current is not None:
            chain.append(current)
            current = recorder.cases[current].parent_id
        return chain[::-1]

    def _exchange(self, interaction: Interaction) -> RecordedExchange:
        asked, reply = interaction.request, interaction.response
        sent = SentRequest(asked.method, asked.uri, tuple(_pairs(asked.headers)), asked.body or None)
        got = ReceivedResponse(reply.status_code, tuple(_pairs(reply.headers)), reply.content) if reply else UNANSWERED
        return self.target.exchange(sent, got)

    @contextmanager
    def listening(self, hooks: Any) -> Iterator[None]:
        """Have the engine tell of every request before it is sent and after it was answered, for the journal.

        The engine knows hooks before a request for all documents together only, so that this one is taken back.
        """
        before = self._before
        hooks.register_hook_with_name(self._after, "after_call")
        hooks.register_hook_with_name(self._unanswered, "after_network_error")
        GLOBAL_HOOK_DISPATCHER.register_hook_with_name(before, "before_call")
        try:
            yield
        finally:
            if self.stopped:
                self._settle()
            GLOBAL_HOOK_DISPATCHER.unregister(before)

    def _before(self, context: Any, case: Any, kwargs: Any) -> None:
        self.target.safe_point()
        if self.over:
            raise Exhausted("the examination is over")
        if case.operation.label in self.context.shared.created_by:
            operation = self.context.shared.operations[case.operation.label].operation
            self.numbers[case.id] = self.context.journal_create(operation, self.user, _path(case), case.body)

    def _after(self, context: Any, case: Any, response: Any) -> None:
        """What a create request made is ours to take away."""
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

    def _unanswered(self, context: Any, case: Any, request: Any) -> None:
        """Whether something was created nobody knows; the journal remembers that."""
        self.numbers.pop(case.id, None)
        if isinstance(sys.exc_info()[1], requests.ReadTimeout):  # the engine tells its hooks while it handles the error
            self.silent.add(case.id)

    def _forget(self, case_id: str) -> None:
        """A scenario is over: what it made is removed, so that little is left if we are killed."""
        made = self.made.pop(case_id, None)
        if made is None:
            return
        try:
            left = self.context.remove(made)
        except (Unreachable, Exhausted) as reason:
            left = f"{made.resource.name} {made.id} at {self.target.base_url} ({type(reason).__name__})"
        if left is not None:
            self.left.append(left)

    def _settle(self) -> None:
        """Let the engine's threads come to an end: what they are just creating is not known before it is answered."""
        self.over = True
        end = time.monotonic() + SETTLING
        while self.numbers and time.monotonic() < end:
            time.sleep(0.02)

    def _tidy(self) -> None:
        try:
            self.left.extend(self.context.clean_up())
        except (Unreachable, Exhausted, ReadOnly, KeyboardInterrupt) as reason:
            self.left.append(f"what conformance created at {self.target.base_url} ({type(reason).__name__})")


def _path(case: Any) -> dict[str, str]:
    """The path parameters of a case, which the engine keeps as they stand in the address."""
    return {name: unquote(str(value)) for name, value in (case.path_parameters or {}).items()}


def _pairs(headers: Any) -> Iterator[tuple[str, str]]:
    """Headers as pairs; those that the engine adds to tell its requests apart are of no use to a reader."""
    for name, values in headers.items():
        if name.lower() not in ("x-schemathesis-testcaseid", "content-length", "accept-encoding", "connection"):
            yield from ((name, value) for value in values)
