"""Checks conformance with the document by the Schemathesis engine, with all of its checks."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from typing import Any

import schemathesis
from hypothesis.database import ExampleDatabase
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema

from contracts.cleanup.journal import Journal
from contracts.client.target import Target
from contracts.conformance.bounded_adapter import bounded_responses
from contracts.conformance.coverage_cases import BoundedCoverage
from contracts.conformance.engine_checks import ANSWERED
from contracts.conformance.engine_credentials import auth_settings, can_omit
from contracts.conformance.engine_run import EngineRun
from contracts.runner.context import CheckContext
from contracts.runner.hypothesis_database import kept_in
from contracts.runner.request_sender import Mode
from contracts.runner.runner import CheckResult, Progress
from contracts.runner.sharding import WHOLE, Shard
from contracts.runner.shared import SharedState
from mockserver.contract import Contract

EXAMPLES: dict[Mode, int] = {"quick": 5, "default": 20, "campaign": 200}
"""Generated test cases per operation and phase."""


PHASES: dict[Mode, frozenset[str]] = {
    "quick": frozenset({"examples", "coverage"}),
    "default": frozenset({"examples", "coverage", "fuzzing", "stateful"}),
    "campaign": frozenset({"examples", "coverage", "fuzzing", "stateful"}),
}
"""The Schemathesis phases of each mode."""


UNUSED = frozenset({"object_level_authorization"})
"""Checks of Schemathesis that never run here: this one needs users who log in by Schemathesis itself."""

COVERED = {"allow_header_conformance": "method-not-allowed"}
"""Checks of Schemathesis that find what one of ours finds, which is run instead of them where it is selected."""


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
    ends: float | None = None,
) -> CheckResult:
    """Check a target against its document: its responses, and which requests it accepts and refuses.

    Each failed check becomes a Finding with its exchanges. Deletes everything that it created. Never raises because of
    the target's behaviour: `stopped` of the result says why the run ended early.

    Failing test cases in `database` from earlier runs come first.

    At `ends`, a `time.monotonic()`, no further operation is tried, and a note says so.

    A `shard` has some of the operations. The stateful phase cannot be divided, so one of the shards runs it.
    """
    context = CheckContext(SharedState(contract, seed), target, "conformance", "", None, seed=seed, journal=journal)
    run = EngineRun(contract, target, context, only, skip, on_progress or _silent, ends)
    load_all_checks()
    checks = [name for name in CHECKS.get_all_names() if _is_run(run, name)]
    for phases, names in _engine_runs(run, shard, PHASES[mode]):
        if phases and names and (checks or run.is_selected(ANSWERED)) and not run.has_ended:
            config = _config(run, mode, seed, phases, names, checks, database)
            schema = schemathesis.openapi.from_dict(run.document, config=config)
            schema.app = target.app
            if mode != "campaign":
                coverage = BoundedCoverage(schema.iter_coverage_cases, run.left_out)
                vars(schema)["iter_coverage_cases"] = coverage
            with kept_in(database), run.followed(schema.hooks), bounded_responses(target):
                run.consume(from_schema(schema).execute())
    return run.result()


def _is_run(run: EngineRun, check: str) -> bool:
    is_covered = check in COVERED and run.is_selected(COVERED[check])
    is_possible = check != "ignored_auth" or can_omit(run.contract, run.user)
    return run.is_selected(check) and not is_covered and check not in UNUSED and is_possible


def _engine_runs(run: EngineRun, shard: Shard, phases: frozenset[str]) -> Iterator[tuple[frozenset[str], list[str]]]:
    """The runs of the engine: the phases of each, and its operations."""
    names = run.operations()
    if shard.count == 1:
        yield phases, names
        return
    yield phases - {"stateful"}, [name for name in names if shard.has("conformance", name)]
    if shard.has("stateful", ""):
        yield phases & {"stateful"}, names


def _silent(operation: str, check: str, outcome: str) -> None:
    """Ignore progress."""


def _config(
    run: EngineRun,
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
    if target.rate and math.isfinite(target.rate):
        settings["rate-limit"] = f"{max(1, round(target.rate * 60))}/m"
    if target.deadline is not None:
        settings["max-time"] = max(1, math.ceil(target.deadline - time.monotonic()))
    return SchemathesisConfig.from_dict(settings | auth_settings(run.contract, run.user))
