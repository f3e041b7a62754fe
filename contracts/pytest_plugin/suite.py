"""A contract check as ordinary pytest tests: one test for each check at each operation."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Self

import pytest

from contracts.checks import checks_of
from contracts.cleanup.journal import JOURNAL, Journal
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import Exhausted, ReadOnly, Target, Unreachable
from contracts.client.users import GivenCredentials, default_rate, users
from contracts.conformance.engine_checks import check_names
from contracts.conformance.schemathesis_run import conform
from contracts.model.ending_operations import is_left_out
from contracts.model.finding import PROJECT, Finding, StatementRef
from contracts.model.ignored_failures import ignored_failures
from contracts.model.known_failures import KnownFailure
from contracts.model.resources import name_of
from contracts.preflight.diagnosis import preflight
from contracts.pytest_plugin.red_tests import RedTests
from contracts.report.summary import finding_lines
from contracts.runner.check import BoundCheck, Check
from contracts.runner.context import CheckContext
from contracts.runner.settings import CheckSettings, checked_url
from contracts.runner.shared import SharedState
from mockserver import contract as contracts
from mockserver.errors import MockServerError
from mockserver.project_settings import ProjectSettings
from mockserver.rules import from_modules

WARNINGS = "contract warnings"
"""The name of the section with warnings in a test report."""

SEEDS_APART = 1000
"""The distance between the seeds of two workers, so that no two items have the same mark."""


def tests(session: pytest.Session, config: pytest.Config, vendor_or_document: str) -> list[pytest.Item]:
    """The tests that check the service in pytest's options against a contract.

    Raises UsageError if the contract or the service cannot be used.
    """
    try:
        run = _contract_run(config, vendor_or_document)
    except MockServerError as fault:
        raise pytest.UsageError(f"cannot check: {fault}") from None
    config.add_cleanup(run.close)
    contract = run.settings.contract
    own_checks = [each for found in config.hook.pytest_mockserver_checks(contract=contract) for each in found]
    collector = ContractCollector.from_parent(session, name=contract.name, run=run, own_checks=own_checks)
    return list(collector.collect())


def _contract_run(config: pytest.Config, vendor_or_document: str) -> ContractRun:
    option = config.getoption
    behaviour, url, insecure = option("contract_behaviour"), checked_url(option("target")), option("contract_insecure")
    rules, reading = from_modules(option("contract_rules_module")), contracts.ReadingOptions(verify=not insecure)
    contract = contracts.of(vendor_or_document, behaviour, rules=rules, reading=reading)
    secrets = option("contract_auth") or os.environ.get("MOCKSERVER_AUTH", "").split()
    credentials = GivenCredentials(
        secrets,
        option("contract_header"),
        option("contract_tenant"),
        option("contract_auth_file"),
        insecure=insecure,
    )
    settings = CheckSettings(
        vendor_or_document,
        contract,
        url,
        users(contract, credentials, url),
        behaviour,
        "quick" if option("contract_quick") else "default",
        option("contract_seed"),
        strict=option("contract_strict"),
        rate=default_rate(url),
        insecure=insecure,
    )
    project = ProjectSettings.of(config.rootpath).command("check")
    ignored = ignored_failures([*option("contract_ignore"), *project.texts("ignore")], check_names(contract))
    worker, run_id = (os.environ.get(f"PYTEST_XDIST_{name}", "") for name in ("WORKER", "TESTRUNUID"))
    lock = Path(tempfile.gettempdir()) / f"mockserver-{run_id}.lock" if url and worker else None
    journal = Journal(config.rootpath / "reports" / JOURNAL) if url else Journal.in_memory()
    return ContractRun(settings, journal, ignored, worker=int(worker.removeprefix("gw") or 0), lock=lock)


class CheckFailed(Exception):
    """A check found failures."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(line for each in findings for line in finding_lines(each)))


class ContractRun:
    """What the tests of one process share: the target and the findings that were already reported.

    `worker` is the number of this process in pytest-xdist. With a `lock` file, the processes take turns: an exclusive
    check runs while no other process runs a check.
    """

    def __init__(
        self,
        settings: CheckSettings,
        journal: Journal,
        ignored: Sequence[KnownFailure],
        *,
        worker: int,
        lock: Path | None,
    ) -> None:
        self.settings, self.journal, self.ignored = settings, journal, ignored
        self.shared = SharedState(settings.contract, settings.seed + SEEDS_APART * worker)
        self.reported: set[str] = set()
        self.red_tests = RedTests()
        self.responses: dict[str, list[Finding]] = {}
        self.conformed: set[str] = set()
        self._lock, self._open = lock, ExitStack()
        self._target: Target | None = None

    @property
    def target(self) -> Target:
        """The service, or the mock of this process. It is started when it is first used."""
        if self._target is None:
            with warnings.catch_warnings(category=DeprecationWarning, action="ignore"):
                self._target = self._open.enter_context(self.settings.target())
            limit = self.settings.contract.behaviour.service.rate_limit
            self._target.window = limit.window if limit is not None else None
        return self._target

    @cached_property
    def unusable(self) -> str:
        """Why nothing at the service can be checked, as the preflight says it; empty if something can."""
        if self.settings.url is None:
            return ""
        found = preflight(self.settings.contract, self.target).fatal
        return re.sub(r"--(?=auth\b|header\b)", "--contract-", found.replace("--url", "--target"))

    def close(self) -> None:
        """Close the target."""
        self._open.close()

    def run(self, bound_check: BoundCheck, conforming: frozenset[str] = frozenset()) -> list[Finding]:
        """Run a check. Returns the findings that were not reported before. Raises as `BoundCheck.run`.

        What is wrong with the form of a response is kept for the test of conformance of its operation, if there is one
        in `conforming`: whichever check meets it first says nothing of it by its name.
        """
        settings = self.settings
        context = CheckContext(
            self.shared,
            self.target,
            bound_check.check.name,
            bound_check.operation,
            bound_check.statement,
            mode=settings.mode,
            seed=settings.seed,
            strict=settings.strict,
            journal=self.journal,
        )
        with self.turn(exclusive=bound_check.check.exclusive):
            try:
                bound_check.run(context)
            finally:
                context.clean_up()
        kept: list[Finding] = []
        for found in context.response_findings:
            is_later = found.operation in conforming - self.conformed
            is_crash = found.exchanges and found.exchanges[-1].status >= 500  # the check that meets it says more
            (kept if is_crash or not is_later else self.responses.setdefault(found.operation, [])).append(found)
        return self.new((*context.findings, *kept))

    def conform(self, operation: str) -> list[Finding]:
        """Check the conformance of one operation. Returns the findings that were not reported before."""
        with self.turn(exclusive=True), self.settings.target() as target:
            result = conform(
                self.settings.contract, target, mode=self.settings.mode, seed=self.settings.seed, only=[operation]
            )
        if result.stopped:
            raise Unreachable(result.stopped)
        self.conformed.add(operation)
        return self.new((*self.responses.pop(operation, ()), *result.findings))

    def new(self, findings: Sequence[Finding]) -> list[Finding]:
        """The findings that were not reported before and are not ignored."""
        kept = [each for each in findings if not any(entry.fits(each) for entry in self.ignored)]
        found = [each for each in kept if each.id not in self.reported]
        self.reported |= {each.id for each in found}
        return found

    @contextmanager
    def turn(self, *, exclusive: bool) -> Iterator[None]:
        """In this block no other process runs an exclusive check; with `exclusive`, no other process runs any check."""
        if self._lock is None:
            yield
            return
        with self._lock.open("a", encoding="utf-8") as file:
            _lock(file, shared=not exclusive)
            yield


if sys.platform == "win32":

    def _lock(file: IO[str], *, shared: bool) -> None:
        """Python has no shared file locks on Windows."""
        raise pytest.UsageError("-n and --target cannot be combined on Windows; leave -n out")

else:
    import fcntl

    def _lock(file: IO[str], *, shared: bool) -> None:
        """Wait for the lock. It is released when the file is closed (flock(2))."""
        fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)


class ContractCollector(pytest.Collector):
    """Collects the tests of one contract."""

    def __init__(
        self,
        *,
        name: str,
        parent: Any,
        run: ContractRun,
        own_checks: Sequence[Callable[[CheckContext], Any]],
        **further: Any,
    ) -> None:
        super().__init__(name, parent, nodeid=f"contract/{name}", **further)
        self._run, self._own_checks = run, own_checks

    def collect(self) -> Iterator[pytest.Item]:
        """A test for each check at each operation, for the conformance of each operation, and for each own check."""
        settings = self._run.settings
        every = (each for each in checks_of(settings.contract) if not is_left_out(each.operation, ()))
        polite = [each for each in every if not each.check.rude]
        checks = [each for each in polite if settings.mode != "quick" or each.check.quick]
        seen: Counter[str] = Counter()
        for each in checks:
            name = f"{each.check.name}[{each.operation}]"
            seen[name] += 1
            yield self._test(name if seen[name] == 1 else f"{name}-{seen[name]}", each)
        for operation in settings.contract.document.operations:
            name = name_of(operation)
            if is_left_out(name, ()):
                continue
            yield ConformanceTest.from_parent(self, name=f"conformance[{name}]", operation=name, run=self._run)
        yield from (self._test(each.__name__, _own_check(each)) for each in self._own_checks)

    def _test(self, name: str, bound_check: BoundCheck) -> pytest.Item:
        made: pytest.Item = CheckTest.from_parent(self, name=name, bound_check=bound_check, run=self._run)
        return made


def _own_check(function: Callable[[CheckContext], Any]) -> BoundCheck:
    """A bound check for a function of the project."""
    name = function.__name__
    statement = StatementRef(PROJECT, name, "documented", function.__module__, (function.__doc__ or name).strip())
    check = Check(name, (), lambda contract: iter(()), function, asserts=True)
    return BoundCheck(check, PROJECT, statement, ())


class ContractTest(pytest.Item):
    """One test of a contract check."""

    def __init__(self, *, name: str, parent: Any, run: ContractRun, **further: Any) -> None:
        super().__init__(name, parent, **further)
        self.contract_run = run

    @classmethod
    def from_parent(cls, parent: Any, **given: Any) -> Self:
        """pytest creates nodes by this method."""
        made: Self = super().from_parent(parent, **given)
        return made

    def found(self) -> list[Finding]:
        """The findings of the test. Raises CannotBuildRequest, ReadOnly, Unreachable or Exhausted."""
        raise NotImplementedError

    def runtest(self) -> None:
        """Failures fail the test, warnings are printed at the end, and a check that cannot run is skipped."""
        if self.contract_run.unusable:
            self.session.shouldstop = reason = f"cannot check: {self.contract_run.unusable}"
            pytest.fail(reason, pytrace=False)
        try:
            found = self.found()
        except (CannotBuildRequest, ReadOnly) as reason:
            pytest.skip(str(reason))
        except (Unreachable, Exhausted) as reason:
            pytest.fail(f"the check could not run: {reason}", pytrace=False)
        failures = [each for each in found if each.verdict == "failure"]
        for each in found:
            if each not in failures:
                self.add_report_section("call", WARNINGS, "\n".join(finding_lines(each)))
        known = self.contract_run.red_tests.blamed(self.nodeid, failures)
        if failures and known:
            pytest.skip(f"{failures[0].check}: has the cause of {', '.join(known)}, which failed")
        if failures:
            raise CheckFailed(failures)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *given: Any, **named: Any) -> Any:
        """The findings, without a traceback."""
        return str(excinfo.value) if isinstance(excinfo.value, CheckFailed) else super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The name of the test; it is not in a file."""
        return self.path, None, self.name


class CheckTest(ContractTest):
    """One check at one operation."""

    def __init__(self, *, bound_check: BoundCheck, **further: Any) -> None:
        super().__init__(**further)
        self._bound_check = bound_check

    def found(self) -> list[Finding]:
        """As in ContractTest."""
        items = () if hasattr(self.config, "workerinput") else self.session.items  # another worker may run the others
        conforming = frozenset(each.operation for each in items if isinstance(each, ConformanceTest))
        return self.contract_run.run(self._bound_check, conforming)


class ConformanceTest(ContractTest):
    """The conformance of one operation with the document."""

    def __init__(self, *, operation: str, **further: Any) -> None:
        super().__init__(**further)
        self.operation = operation

    def found(self) -> list[Finding]:
        """As in ContractTest."""
        return self.contract_run.conform(self.operation)
