"""An examination as ordinary pytest tests: one for each promise at each operation."""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, Self

import pytest

from contracts.checks import checks_of
from contracts.cleanup.journal import JOURNAL, Journal
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import Exhausted, ReadOnly, Target, Unreachable
from contracts.client.users import GivenCredentials, users
from contracts.conformance.schemathesis_run import conform
from contracts.model.finding import Finding, StatementRef
from contracts.model.resources import name_of
from contracts.report.summary import finding_lines
from contracts.runner.check import BoundCheck, Check
from contracts.runner.context import CheckContext
from contracts.runner.settings import CheckSettings, checked_url
from contracts.runner.shared import SharedState
from mockserver import contract as contracts
from mockserver.errors import MockServerError

WARNINGS = "contract warnings"
"""The name of the section of a test's report that says where the service differs from what is only a guess."""

APART = 1000
"""So far apart are the seeds of two workers, so that no two items of an examination have the same mark."""


def tests(session: pytest.Session, config: pytest.Config, wanted: str) -> list[pytest.Item]:
    """The tests that hold the service which pytest's options name against the contract `wanted`.

    Raises UsageError where that cannot be examined.
    """
    try:
        examination = _examination(config, wanted)
    except MockServerError as fault:
        raise pytest.UsageError(f"cannot check: {fault}") from None
    config.add_cleanup(examination.close)
    contract = examination.settings.contract
    own = [each for found in config.hook.pytest_mockserver_checks(contract=contract) for each in found]
    collector = ContractCollector.from_parent(session, name=contract.name, examination=examination, own=own)
    return list(collector.collect())


def _examination(config: pytest.Config, wanted: str) -> ContractRun:
    option = config.getoption
    behaviour, url = option("contract_behaviour"), checked_url(option("target"))
    contract = contracts.of(wanted, behaviour)
    secrets = option("contract_auth") or os.environ.get("MOCKSERVER_AUTH", "").split()
    given = GivenCredentials(
        secrets, option("contract_header"), option("contract_tenant"), option("contract_auth_file")
    )
    settings = CheckSettings(
        wanted,
        contract,
        url,
        users(contract, given, url),
        behaviour,
        "quick" if option("contract_quick") else "default",
        option("contract_seed"),
        strict=option("contract_strict"),
    )
    worker, run = (os.environ.get(f"PYTEST_XDIST_{name}", "") for name in ("WORKER", "TESTRUNUID"))
    lock = Path(tempfile.gettempdir()) / f"mockserver-{run}.lock" if url and worker else None
    journal = Journal(config.rootpath / "reports" / JOURNAL) if url else Journal.in_memory()
    return ContractRun(settings, journal, worker=int(worker.removeprefix("gw") or 0), lock=lock)


class CheckFailed(Exception):
    """A promise is broken, by these findings."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(line for each in findings for line in finding_lines(each)))


class ContractRun:
    """What the tests of one process share: the target, and what was told already. `worker` is xdist's number of it."""

    def __init__(self, settings: CheckSettings, journal: Journal, *, worker: int, lock: Path | None) -> None:
        self.settings, self.journal = settings, journal
        self.shared = SharedState(settings.contract, settings.seed + APART * worker)
        self.reported: set[str] = set()
        self._lock, self._open = lock, ExitStack()
        self._target: Target | None = None

    @property
    def target(self) -> Target:
        """The service, or the mock of this process."""
        if self._target is None:
            with warnings.catch_warnings(category=DeprecationWarning, action="ignore"):
                self._target = self._open.enter_context(self.settings.target())
            limit = self.settings.contract.behaviour.service.rate_limit
            self._target.window = limit.window if limit is not None else None
        return self._target

    def close(self) -> None:
        """Let go of the target."""
        self._open.close()

    def run(self, bound_check: BoundCheck) -> list[Finding]:
        """Hold one promise: what was found, of which nothing was told before. Raises as `Sworn.hold`."""
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
        with self.turn(by_itself=bound_check.check.exclusive):
            try:
                bound_check.run(context)
            finally:
                context.clean_up()
        return self.fresh((*context.findings, *context.response_findings))

    def conform(self, operation: str) -> list[Finding]:
        """Hold one operation against the document: what was found, of which nothing was told before."""
        with self.turn(by_itself=True), self.settings.target() as target:
            result = conform(
                self.settings.contract, target, mode=self.settings.mode, seed=self.settings.seed, only=[operation]
            )
        if result.stopped:
            raise Unreachable(result.stopped)
        return self.fresh(result.findings)

    def fresh(self, findings: Sequence[Finding]) -> list[Finding]:
        """Those that were not told before."""
        found = [each for each in findings if each.id not in self.reported]
        self.reported |= {each.id for each in found}
        return found

    @contextmanager
    def turn(self, *, by_itself: bool) -> Iterator[None]:
        """While it lasts, no other worker holds anything that must be alone, or nothing at all if `by_itself`."""
        if self._lock is None:
            yield
            return
        with self._lock.open("a", encoding="utf-8") as file:
            _lock(file, shared=not by_itself)
            yield


if sys.platform == "win32":

    def _lock(file: IO[str], *, shared: bool) -> None:
        """Windows has no shared locks in Python's library."""
        raise pytest.UsageError("several workers and --target do not go together on Windows; leave -n out")

else:
    import fcntl

    def _lock(file: IO[str], *, shared: bool) -> None:
        """Wait for the lock, which is given up when the file is closed (flock(2))."""
        fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)


class ContractCollector(pytest.Collector):
    """All tests of one contract."""

    def __init__(
        self,
        *,
        name: str,
        parent: Any,
        examination: ContractRun,
        own: Sequence[Callable[[CheckContext], Any]],
        **further: Any,
    ) -> None:
        super().__init__(name, parent, nodeid=f"contract/{name}", **further)
        self._examination, self._own = examination, own

    def collect(self) -> Iterator[pytest.Item]:
        """One test for each promise at each operation, for each operation's conformance, and for each own promise."""
        settings = self._examination.settings
        bound_check = [each for each in checks_of(settings.contract) if settings.mode != "quick" or each.check.quick]
        seen: Counter[str] = Counter()
        for each in bound_check:
            name = f"{each.check.name}[{each.operation}]"
            seen[name] += 1
            yield self._test(name if seen[name] == 1 else f"{name}-{seen[name]}", each)
        for operation in settings.contract.document.operations:
            name = name_of(operation)
            yield ConformanceTest.from_parent(
                self, name=f"conformance[{name}]", operation=name, examination=self._examination
            )
        yield from (self._test(each.__name__, _own(each)) for each in self._own)

    def _test(self, name: str, bound_check: BoundCheck) -> pytest.Item:
        made: pytest.Item = CheckTest.from_parent(
            self, name=name, bound_check=bound_check, examination=self._examination
        )
        return made


def _own(hold: Callable[[CheckContext], Any]) -> BoundCheck:
    """A project's own promise, as one of ours."""
    name = hold.__name__
    statement = StatementRef("the project", name, "documented", hold.__module__, (hold.__doc__ or name).strip())
    check = Check(name, (), lambda contract: iter(()), hold)
    return BoundCheck(check, "the project", statement, ())


class ContractTest(pytest.Item):
    """One test of an examination."""

    def __init__(self, *, name: str, parent: Any, examination: ContractRun, **further: Any) -> None:
        super().__init__(name, parent, **further)
        self.examination = examination

    @classmethod
    def from_parent(cls, parent: Any, **given: Any) -> Self:
        """As pytest wants nodes to be made."""
        made: Self = super().from_parent(parent, **given)
        return made

    def found(self) -> list[Finding]:
        """What the test finds. Raises Unable, ReadOnly, Unreachable or Exhausted."""
        raise NotImplementedError

    def runtest(self) -> None:
        """A failure breaks the test, news is told at the end of the run, and what cannot be examined is skipped."""
        try:
            found = self.found()
        except (CannotBuildRequest, ReadOnly) as reason:
            pytest.skip(str(reason))
        except (Unreachable, Exhausted) as reason:
            pytest.fail(f"could not be examined: {reason}", pytrace=False)
        broken = [each for each in found if each.verdict == "failure"]
        for each in found:
            if each not in broken:
                self.add_report_section("call", WARNINGS, "\n".join(finding_lines(each)))
        if broken:
            raise CheckFailed(broken)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *given: Any, **named: Any) -> Any:
        """What was expected and seen, and the requests that show it."""
        return str(excinfo.value) if isinstance(excinfo.value, CheckFailed) else super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the test comes from: no file has it."""
        return self.path, None, self.name


class CheckTest(ContractTest):
    """One promise at one operation."""

    def __init__(self, *, bound_check: BoundCheck, **further: Any) -> None:
        super().__init__(**further)
        self._bound_check = bound_check

    def found(self) -> list[Finding]:
        """As in ContractTest."""
        return self.examination.run(self._bound_check)


class ConformanceTest(ContractTest):
    """One operation held against the document."""

    def __init__(self, *, operation: str, **further: Any) -> None:
        super().__init__(**further)
        self._operation = operation

    def found(self) -> list[Finding]:
        """As in ContractTest."""
        return self.examination.conform(self._operation)
