"""The comparison that an assignment asks for, and what is learned from it."""

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
from contracts.differential.learned_overlay import LearnedOverlay, overlay
from contracts.differential.learning import Learner
from contracts.runner.runner import CheckResult, Progress
from contracts.runner.settings import CheckSettings
from mockserver import contract as contracts
from mockserver.errors import MockServerError

ROUNDS = 4
"""So often the service is compared with what was learned of it: one difference can hide another."""


class ComparisonError(MockServerError):
    """There is nothing to compare."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned, and the differences that remain: there are no words for them, or the document forbids them.

    `unrepeated` is how many checks of the first comparison the last one could not repeat.
    """

    lessons: tuple[LearnedOverlay, ...]
    remaining: tuple[Disagreement, ...]
    unrepeated: int = 0


def compare(settings: CheckSettings, journal: Journal, tell: Progress) -> CheckResult:
    """The service of `asked` beside a mock of the same contract.

    Raises ComparisonError where no service is named, or where it may not be changed.
    """
    with _beside(settings, journal, tell) as comparison:
        return comparison.run()


def learn(settings: CheckSettings, journal: Journal, tell: Progress, file: Path) -> tuple[CheckResult, Learned]:
    """Compare, write what is learned to `file`, and compare again until nothing more is learned.

    The result is that of the first comparison. Raises as `compare`.
    """
    lessons: dict[tuple[str, ...], LearnedOverlay] = {}
    refused: set[tuple[str, ...]] = set()
    results: list[CheckResult] = []
    current, deviations = settings, tuple[Disagreement, ...]()
    for _ in range(ROUNDS):
        with _quiet(), _beside(current, journal, _silent if results else tell) as comparison:
            results.append(comparison.run())
            deviations = tuple(comparison.deviations.values())
            refused |= _contradicted(lessons, deviations)
            found: Sequence[LearnedOverlay] = () if results[-1].stopped else _lessons(comparison, current, deviations)
        news = {each.place: each for each in found if each.place not in refused and lessons.get(each.place) != each}
        if not news and not refused & lessons.keys():
            break
        news = {place: _both(lessons.get(place), each) for place, each in news.items()}
        lessons = {place: each for place, each in {**lessons, **news}.items() if place not in refused}
        refused |= _unsound(settings, lessons, file)
        lessons = {place: each for place, each in lessons.items() if place not in refused}
        current = _taught(settings, lessons, file)
    if not lessons:
        _taught(settings, {}, file)
    return results[0], Learned(tuple(lessons.values()), deviations, _lost(results[0], results[-1]))


def _lost(first: CheckResult, last: CheckResult) -> int:
    """How many checks that passed at first were left out at last."""
    passed = [key for key, outcome in first.outcomes.items() if outcome == "passed"]
    return sum(last.outcomes.get(key, "skipped").startswith("skipped") for key in passed)


@contextmanager
def _beside(settings: CheckSettings, journal: Journal, tell: Progress) -> Iterator[Comparison]:
    if not settings.url:
        raise ComparisonError("--against mock compares a service with the mock: name the service with --url")
    if settings.read_only:
        raise ComparisonError("--against mock creates items on both sides, which --read-only forbids")
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
            tell=tell,
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """The mock logs each reply of its own that breaks the document, which is how a lesson is found to be impossible."""
    logger = logging.getLogger("mockserver")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def _silent(operation: str, check: str, outcome: str) -> None:
    """Nobody listens."""


def _both(before: LearnedOverlay | None, after: LearnedOverlay) -> LearnedOverlay:
    """The later lesson about a statement, which builds upon the earlier one, in the words of both."""
    if before is None or after.says in before.says:
        return after
    return replace(after, says=f"{before.says} {after.says}")


def _lessons(
    comparison: Comparison, settings: CheckSettings, deviations: Sequence[Disagreement]
) -> list[LearnedOverlay]:
    source = f"answers of {settings.url} on {datetime.now(UTC).date()}"
    learner = Learner(settings.contract, comparison.context(comparison.service), source)
    found: list[LearnedOverlay] = []
    for each in deviations:
        try:
            lesson = learner.lesson(each)
        except (CannotBuildRequest, Unreachable, Exhausted):
            continue
        if lesson is not None and lesson.place not in {known.place for known in found}:
            found.append(lesson)
    return found


def _contradicted(
    lessons: dict[tuple[str, ...], LearnedOverlay], deviations: Sequence[Disagreement]
) -> set[tuple[str, ...]]:
    """Lessons that the mock cannot keep: its reply would break the document, which it tells with a 500."""
    broken = [each for each in deviations if each.difference.how == "status" and each.difference.expected >= 500]
    operations = [each.scenario.steps[each.difference.step].op.operation for each in broken]
    narrow = {place for place in lessons for op in operations if place[:3] == ("paths", op.path, op.method)}
    resources = {each.scenario.resource.name for each in broken}
    return narrow or {place for place in lessons if place[0] == "x-resources" and place[1] in resources}


def _unsound(
    settings: CheckSettings, lessons: dict[tuple[str, ...], LearnedOverlay], file: Path
) -> set[tuple[str, ...]]:
    """Lessons with which the contract cannot be loaded."""
    try:
        _taught(settings, lessons, file)
    except MockServerError:
        return {place for place, each in lessons.items() if not _loads(settings, {place: each}, file)}
    return set()


def _loads(settings: CheckSettings, lessons: dict[tuple[str, ...], LearnedOverlay], file: Path) -> bool:
    try:
        _taught(settings, lessons, file)
    except MockServerError:
        return False
    return True


def _taught(settings: CheckSettings, lessons: dict[tuple[str, ...], LearnedOverlay], file: Path) -> CheckSettings:
    """The assignment with what was learned on top, which is written to the file. Raises MockServerError."""
    title = f"What {settings.contract.document.title or 'the service'} does otherwise"
    file.write_text(overlay(settings.contract, lessons.values(), title), encoding="utf-8")
    behaviour = [*settings.behaviour, file]
    return replace(settings, behaviour=behaviour, contract=contracts.of(settings.vendor_or_document, behaviour))
