"""Compares a service with the mock as the settings say, and learns statements from the differences."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from contracts.cleanup.journal import Journal
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import Exhausted, Unreachable
from contracts.differential.comparison import Comparison, Disagreement
from contracts.differential.learned_overlay import LearnedStatement, LessonKey, overlay
from contracts.differential.learning import Learner
from contracts.differential.lessons import Found, Lessons, TakenBack, keys_of_places
from contracts.runner.runner import CheckResult, Progress
from contracts.runner.settings import CheckSettings
from mockserver import contract as contracts
from mockserver.editor_schemas import modeline
from mockserver.errors import MockServerError

ROUNDS = 5
"""The largest number of comparisons; one difference can hide another, which the next comparison finds."""


class ComparisonError(MockServerError):
    """The settings do not allow a comparison."""


@dataclass(frozen=True, slots=True)
class Learned:
    """The learned statements, and the remaining differences, which the vocabulary or the document does not allow.

    `taken_back` are statements that did not make the mock more alike. `not_repeated` is the number of checks of the
    first comparison that the last one skipped.
    """

    statements: tuple[LearnedStatement, ...]
    remaining: tuple[Disagreement, ...]
    taken_back: tuple[TakenBack, ...] = ()
    not_repeated: int = 0


@dataclass(frozen=True, slots=True)
class Round:
    """One comparison: its result, its differences, and the statements that the mock had learned before it."""

    result: CheckResult
    deviations: Mapping[str, Disagreement]
    statements: tuple[LearnedStatement, ...]
    found: Sequence[Found]


def compare(settings: CheckSettings, journal: Journal, on_progress: Progress) -> CheckResult:
    """Compare the service of the settings with a mock of the same contract.

    Raises ComparisonError if the settings have no service, or a read-only one.
    """
    with _comparison(settings, journal, on_progress) as comparison:
        return comparison.run()


def learn(settings: CheckSettings, journal: Journal, on_progress: Progress, file: Path) -> tuple[CheckResult, Learned]:
    """Compare, write the learned statements to `file`, and compare again until nothing more is learned.

    A statement is kept only if the next comparison has fewer differences because of it. Of all comparisons, the one
    with the fewest differences decides what is written, without what was taken back.
    Returns the result of the first comparison. Raises as `compare`.
    """
    lessons = Lessons()
    rounds = [_round(settings, journal, on_progress, lessons)]
    while len(rounds) <= ROUNDS and not rounds[-1].result.stopped and _learn_more(lessons, rounds):
        _leave_out_unloadable(settings, lessons, file)
        rounds.append(_round(_with_learned(settings, lessons.statements, file), journal, _silent, lessons))
    whole = [each for each in rounds if not each.result.stopped] or rounds
    # Of equal ones the latest: more was taken back before it.
    best = min(reversed(whole), key=lambda each: len(each.deviations))
    # A later comparison may differ by chance, such as a time at the turn of a second: what it refuted stays refuted.
    statements = tuple(each for each in best.statements if each.key not in lessons.taken_back)
    _with_learned(settings, statements, file)
    return rounds[0].result, Learned(
        statements,
        tuple(best.deviations.values()),
        tuple(_taken_back(lessons, statements)),
        _skipped_later(rounds[0].result, best.result),
    )


def _round(settings: CheckSettings, journal: Journal, on_progress: Progress, lessons: Lessons) -> Round:
    """One comparison, and what its differences teach."""
    with _without_log(), _comparison(settings, journal, on_progress) as comparison:
        result = comparison.run()
        deviations = dict(comparison.deviations)
        found = () if result.stopped else tuple(_learn_from(comparison, settings, deviations))
    return Round(result, deviations, lessons.statements, found)


def _learn_more(lessons: Lessons, rounds: Sequence[Round]) -> bool:
    """Take back what the last comparison refutes, and keep what it teaches. Returns whether the mock changes."""
    last = rounds[-1]
    for place in _impossible(lessons, last.deviations):
        lessons.take_back(place, "the mock cannot follow it without breaking the document")
    changed = len(rounds) > 1 and lessons.review(rounds[-2].deviations, last.deviations)
    return lessons.add(last.found) or changed or len(lessons.kept) < len(last.statements)


def _taken_back(lessons: Lessons, written: Iterable[LearnedStatement]) -> Iterator[TakenBack]:
    """What was taken back, and what was learned after the comparison with the fewest differences."""
    kept = {each.key for each in written}
    yield from lessons.taken_back.values()
    for key, statement in lessons.kept.items():
        if key not in kept:
            yield TakenBack(statement, "there were not fewer differences with it")


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


def _learn_from(
    comparison: Comparison, settings: CheckSettings, deviations: Mapping[str, Disagreement]
) -> Iterator[Found]:
    source = f"responses of {settings.url} on {datetime.now(UTC).date()}"
    context = comparison.context(comparison.service)
    learner = Learner(settings.contract, context, source, comparison.observations)
    for name, each in deviations.items():
        try:
            statement = learner.learn(each)
        except (CannotBuildRequest, Unreachable, Exhausted):
            continue
        if statement is not None:
            yield name, statement


def _impossible(lessons: Lessons, deviations: Mapping[str, Disagreement]) -> list[LessonKey]:
    """Learned statements that the mock cannot follow: its response would break the document, so it returns 500."""
    broken = [
        each for each in deviations.values() if each.difference.how == "status" and each.difference.expected >= 500
    ]
    operations = [each.scenario.steps[each.difference.step].op.operation for each in broken]
    narrow = {place for place, _ in lessons.kept for op in operations if place[:3] == ("paths", op.path, op.method)}
    resources = {each.scenario.resource.name for each in broken}
    wide = {place for place, _ in lessons.kept if place[0] == "x-resources" and place[1] in resources}
    return list(keys_of_places(lessons, narrow or wide))


def _leave_out_unloadable(settings: CheckSettings, lessons: Lessons, file: Path) -> None:
    """Take back the learned statements with which the contract cannot be loaded."""
    if _fault(settings, lessons.statements, file):
        for key, statement in tuple(lessons.kept.items()):
            if fault := _fault(settings, (statement,), file):
                lessons.take_back(key, f"the contract cannot be loaded with it: {fault}")


def _fault(settings: CheckSettings, statements: Iterable[LearnedStatement], file: Path) -> str:
    try:
        _with_learned(settings, statements, file)
    except MockServerError as fault:
        return str(fault) or type(fault).__name__
    return ""


def _with_learned(settings: CheckSettings, statements: Iterable[LearnedStatement], file: Path) -> CheckSettings:
    """Write the learned statements to the file and return the settings with it. Raises MockServerError."""
    title = f"Where {settings.contract.document.title or 'the service'} differs from the mock"
    text = overlay(settings.contract, statements, title)
    file.write_text(modeline("behaviour", file) + text, encoding="utf-8")
    behaviour = [*settings.behaviour, file]
    contract = contracts.of(
        settings.vendor_or_document, behaviour, rules=settings.contract.rules, reading=settings.reading
    )
    return replace(settings, behaviour=behaviour, contract=contract)
