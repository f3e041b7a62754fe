"""Compares a service with the mock as the settings say, and learns statements from the differences."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from contracts.cleanup.journal import Journal
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import Exhausted, Unreachable
from contracts.differential.comparison import Comparison, Disagreement
from contracts.differential.learned_overlay import LearnedStatement, overlay
from contracts.differential.learning import Learner
from contracts.runner.runner import CheckResult, Progress
from contracts.runner.settings import CheckSettings
from mockserver import contract as contracts
from mockserver.errors import MockServerError

ROUNDS = 4
"""The largest number of comparisons; one difference can hide another, which the next comparison finds."""


class ComparisonError(MockServerError):
    """The settings do not allow a comparison."""


@dataclass(frozen=True, slots=True)
class Learned:
    """The learned statements, and the remaining differences, which the vocabulary or the document does not allow.

    `not_repeated` is the number of checks of the first comparison that the last one skipped.
    """

    statements: tuple[LearnedStatement, ...]
    remaining: tuple[Disagreement, ...]
    not_repeated: int = 0


def compare(settings: CheckSettings, journal: Journal, on_progress: Progress) -> CheckResult:
    """Compare the service of the settings with a mock of the same contract.

    Raises ComparisonError if the settings have no service, or a read-only one.
    """
    with _comparison(settings, journal, on_progress) as comparison:
        return comparison.run()


def learn(settings: CheckSettings, journal: Journal, on_progress: Progress, file: Path) -> tuple[CheckResult, Learned]:
    """Compare, write the learned statements to `file`, and compare again until nothing more is learned.

    Returns the result of the first comparison. Raises as `compare`.
    """
    learned: dict[tuple[str, ...], LearnedStatement] = {}
    dropped: set[tuple[str, ...]] = set()
    results: list[CheckResult] = []
    current, deviations = settings, tuple[Disagreement, ...]()
    for _ in range(ROUNDS):
        with _without_log(), _comparison(current, journal, _silent if results else on_progress) as comparison:
            results.append(comparison.run())
            deviations = tuple(comparison.deviations.values())
            dropped |= _contradicted(learned, deviations)
            found: Sequence[LearnedStatement] = (
                () if results[-1].stopped else _learn_from(comparison, current, deviations)
            )
        new = {each.place: each for each in found if each.place not in dropped and learned.get(each.place) != each}
        if not new and not dropped & learned.keys():
            break
        new = {place: _merged(learned.get(place), each) for place, each in new.items()}
        learned = {place: each for place, each in {**learned, **new}.items() if place not in dropped}
        dropped |= _unloadable(settings, learned, file)
        learned = {place: each for place, each in learned.items() if place not in dropped}
        current = _with_learned(settings, learned, file)
    if not learned:
        _with_learned(settings, {}, file)
    return results[0], Learned(tuple(learned.values()), deviations, _skipped_later(results[0], results[-1]))


def _skipped_later(first: CheckResult, last: CheckResult) -> int:
    """How many checks passed in the first comparison and were skipped in the last one."""
    passed = [key for key, outcome in first.outcomes.items() if outcome == "passed"]
    return sum(last.outcomes.get(key, "skipped").startswith("skipped") for key in passed)


@contextmanager
def _comparison(settings: CheckSettings, journal: Journal, on_progress: Progress) -> Iterator[Comparison]:
    if not settings.url:
        raise ComparisonError("--against mock and --learn compare a service with the mock: give the service with --url")
    if settings.read_only:
        raise ComparisonError("--against mock and --learn create items, which --read-only forbids")
    with settings.target() as service, closing(settings.comparison_mock()) as mock:
        yield Comparison(
            settings.contract,
            mock,
            service,
            mode=settings.mode,
            seed=settings.seed,
            only=settings.only,
            skip=settings.skip,
            strict=settings.strict,
            journal=journal,
            tell=on_progress,
        )


@contextmanager
def _without_log() -> Iterator[None]:
    """Without log lines. The mock logs each response that breaks the document, which impossible statements cause."""
    logger = logging.getLogger("mockserver")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def _silent(operation: str, check: str, outcome: str) -> None:
    """Ignore progress."""


def _merged(before: LearnedStatement | None, after: LearnedStatement) -> LearnedStatement:
    """The later version of a learned statement, with the summaries of both."""
    if before is None or after.summary in before.summary:
        return after
    return replace(after, summary=f"{before.summary} {after.summary}")


def _learn_from(
    comparison: Comparison, settings: CheckSettings, deviations: Sequence[Disagreement]
) -> list[LearnedStatement]:
    source = f"responses of {settings.url} on {datetime.now(UTC).date()}"
    learner = Learner(settings.contract, comparison.context(comparison.service), source)
    found: list[LearnedStatement] = []
    for each in deviations:
        try:
            statement = learner.learn(each)
        except (CannotBuildRequest, Unreachable, Exhausted):
            continue
        if statement is not None and statement.place not in {known.place for known in found}:
            found.append(statement)
    return found


def _contradicted(
    learned: dict[tuple[str, ...], LearnedStatement], deviations: Sequence[Disagreement]
) -> set[tuple[str, ...]]:
    """Learned statements that the mock cannot follow: its response would break the document, so it returns 500."""
    broken = [each for each in deviations if each.difference.how == "status" and each.difference.expected >= 500]
    operations = [each.scenario.steps[each.difference.step].op.operation for each in broken]
    narrow = {place for place in learned for op in operations if place[:3] == ("paths", op.path, op.method)}
    resources = {each.scenario.resource.name for each in broken}
    return narrow or {place for place in learned if place[0] == "x-resources" and place[1] in resources}


def _unloadable(
    settings: CheckSettings, learned: dict[tuple[str, ...], LearnedStatement], file: Path
) -> set[tuple[str, ...]]:
    """Learned statements with which the contract cannot be loaded."""
    try:
        _with_learned(settings, learned, file)
    except MockServerError:
        return {place for place, each in learned.items() if not _loads(settings, {place: each}, file)}
    return set()


def _loads(settings: CheckSettings, learned: dict[tuple[str, ...], LearnedStatement], file: Path) -> bool:
    try:
        _with_learned(settings, learned, file)
    except MockServerError:
        return False
    return True


def _with_learned(
    settings: CheckSettings, learned: dict[tuple[str, ...], LearnedStatement], file: Path
) -> CheckSettings:
    """Write the learned statements to the file and return the settings with it. Raises MockServerError."""
    title = f"Where {settings.contract.document.title or 'the service'} differs from the mock"
    file.write_text(overlay(settings.contract, learned.values(), title), encoding="utf-8")
    behaviour = [*settings.behaviour, file]
    contract = contracts.of(settings.vendor_or_document, behaviour, rules=settings.contract.rules)
    return replace(settings, behaviour=behaviour, contract=contract)
