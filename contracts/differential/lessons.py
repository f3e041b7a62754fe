"""Which learned statements are kept: those with which the mock differs less from the service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from contracts.differential.comparison import Disagreement
from contracts.differential.learned_overlay import LearnedStatement, LessonKey
from contracts.model.finding import StatementRef

Found = tuple[str, LearnedStatement]
"""The key of a difference, and the statement that was learned from it."""


STARTING = frozenset({"initial", "defaults"})
"""Statements about values that a new item has."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A learned statement that is not kept, and why."""

    statement: LearnedStatement
    reason: str


@dataclass(slots=True)
class Lessons:
    """The statements that are kept so far, each with the differences it was learned from, and those taken back."""

    kept: dict[LessonKey, LearnedStatement] = field(default_factory=dict)
    origins: dict[LessonKey, frozenset[str]] = field(default_factory=dict)
    taken_back: dict[LessonKey, TakenBack] = field(default_factory=dict)

    @property
    def statements(self) -> tuple[LearnedStatement, ...]:
        """The statements that are kept."""
        return tuple(self.kept.values())

    def add(self, found: Sequence[Found]) -> bool:
        """Keep what was learned in one comparison. Returns False if nothing is new.

        Several differences may teach the same. The first value counts where they do not agree.
        """
        origins: dict[LessonKey, frozenset[str]] = {}
        before = dict(self.kept)
        for origin, statement in found:
            key = statement.key
            if key in self.taken_back:
                continue
            if key not in origins:
                self.kept[key] = _merged(before.get(key), statement)
            origins[key] = origins.get(key, frozenset()) | {origin}
        self.origins |= origins
        return before != self.kept

    def take_back(self, key: LessonKey, reason: str) -> None:
        """Do not keep a statement, and do not learn it again."""
        self.taken_back[key] = TakenBack(self.kept.pop(key), reason)

    def review(self, before: Mapping[str, Disagreement], after: Mapping[str, Disagreement]) -> bool:
        """Take back what did not help: `before` and `after` are the differences without and with the statements.

        A statement helps if at least one of the differences that it was learned from is gone, and no new difference
        contradicts it. Returns whether something was taken back.
        """
        wrong = {key: reason for key in self.kept if (reason := self._fault(key, before, after))}
        for key, reason in wrong.items():
            self.take_back(key, reason)
        return bool(wrong)

    def _fault(self, key: LessonKey, before: Mapping[str, Disagreement], after: Mapping[str, Disagreement]) -> str:
        if self.origins[key] and self.origins[key] <= after.keys():
            return "the difference remains with it"
        new = [each for name, each in after.items() if name not in before]
        contradicted = next((each for each in new if _contradicts(each, self.kept[key])), None)
        return f"a response contradicts it: seen {contradicted.found.seen}" if contradicted else ""


def keys_of_places(lessons: Lessons, places: set[tuple[str, ...]]) -> Iterator[LessonKey]:
    """The keys of the statements at these places."""
    return (key for key in tuple(lessons.kept) if key[0] in places)


def _merged(before: LearnedStatement | None, after: LearnedStatement) -> LearnedStatement:
    """The later version of a learned statement, with the summaries of both."""
    if before is None or after.summary in before.summary:
        return after
    return replace(after, summary=f"{before.summary} {after.summary}")


def _contradicts(each: Disagreement, statement: LearnedStatement) -> bool:
    """Does a difference contradict this learned statement?"""
    refuted, field = each.found.statement, each.difference.field
    if refuted is None or refuted.evidence != "observed" or not _is_about(refuted, statement):
        return False
    if statement.part and statement.place[-1] in STARTING and not each.scenario.steps[each.difference.step].creates:
        return False  # a value may change later
    return not statement.part or bool(field and field[0] == statement.part)


def _is_about(refuted: StatementRef, statement: LearnedStatement) -> bool:
    place = statement.place
    if place[0] == "paths":
        return refuted.subject == f"{place[2].upper()} {place[1]}" and refuted.kind == ".".join(place[4:])
    subject = "service" if place[0] == "x-service" else place[1]
    return refuted.subject == subject and refuted.kind == ".".join(place[1 if subject == "service" else 2 :])
