"""What changed between two reports of one API: which findings are new, gone, or still there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contracts.model.finding import Finding
from contracts.report.report import Report
from contracts.report.texts import count
from mockserver.printed_text import printable

SHOWN = 50
"""At most this many findings of each kind are printed."""


@dataclass(frozen=True, slots=True)
class ReportChange:
    """The difference between two reports. Findings are the same if they have the same id.

    `gone` were examined again and no longer occur. `unknown` were not examined again: their check did not run at their
    operation. `worse` are warnings that are failures now.
    """

    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    unknown: tuple[Finding, ...]
    still: tuple[Finding, ...]
    worse: tuple[Finding, ...]

    @property
    def new_failures(self) -> tuple[Finding, ...]:
        """The failures that the old report does not have as failures."""
        return tuple(each for each in (*self.new, *self.worse) if each.verdict == "failure")


def changed(old: Report, new: Report) -> ReportChange:
    """What changed from the old report to the new one. Known failures do not count in either."""
    before = {each.id: each for each in old.result.findings if not old.reason(each)}
    after = {each.id: each for each in new.result.findings if not new.reason(each)}
    missing = [each for id, each in before.items() if id not in after]
    examined = [each for each in missing if _was_examined(each, new)]
    still = [each for id, each in after.items() if id in before]
    worse = [each for each in still if each.verdict == "failure" and before[each.id].verdict != "failure"]
    return ReportChange(
        tuple(each for id, each in after.items() if id not in before),
        tuple(examined),
        tuple(each for each in missing if each not in examined),
        tuple(each for each in still if each not in worse),
        tuple(worse),
    )


def _was_examined(found: Finding, report: Report) -> bool:
    """Did the check run in the other report? A finding may be filed under another operation than that of its check."""
    ran = {key for key, outcome in report.result.outcomes.items() if outcome in ("passed", "failed")}
    if (found.operation, found.check) in ran:
        return True
    filed_there = any(
        check == found.check and operation == found.operation for operation, check in report.result.outcomes
    )
    return not filed_there and not report.result.stopped and any(check == found.check for _, check in ran)


def change_lines(change: ReportChange) -> Iterator[str]:
    """The change as lines of text: what got worse comes first."""
    yield from _listed("new", change.new)
    yield from _listed("was a warning", change.worse)
    yield from _listed("gone", change.gone)
    yield from _listed("not examined again", change.unknown)
    yield from _listed("still there", change.still)
    numbers = [
        (len(change.new_failures), "new failure"),
        (len(change.new) + len(change.worse) - len(change.new_failures), "other new finding"),
    ]
    rest = [f"{len(change.gone)} gone", f"{len(change.still)} still there", f"{len(change.unknown)} not examined again"]
    yield ", ".join([*(count(*each) for each in numbers), *rest])


def _listed(what: str, findings: Sequence[Finding]) -> Iterator[str]:
    for each in findings[:SHOWN]:
        text = f"expected {each.expected}; seen: {each.seen}"
        yield printable(f"{what}: {each.verdict} {each.operation}: {each.check} ({each.id})")
        if what in ("new", "was a warning"):
            yield printable(f"  {' '.join(text.split())[:500]}")
    if len(findings) > SHOWN:
        yield f"… and {len(findings) - SHOWN} more: {what}"


def trend(reports: Sequence[Report]) -> Iterator[str]:
    """A line for each report, the oldest first: its numbers, and what is new and gone since the one before it."""
    yield f"{'date':20} {'failures':>8} {'warnings':>8} {'causes':>6} {'coverage':>8} {'new':>4} {'gone':>4}  target"
    before: Report | None = None
    for each in sorted(reports, key=lambda report: report.created_at):
        change = changed(before, each) if before is not None else None
        new, gone = (len(change.new), len(change.gone)) if change else ("", "")
        covered = f"{each.coverage.percent} %" if each.coverage else ""
        ended = f" (ended early: {each.result.stopped})" if each.result.stopped else ""
        yield printable(
            f"{each.created_at:20} {len(each.failures):8} {len(each.of('warning')):8} {len(each.causes):6} "
            f"{covered:>8} {new:>4} {gone:>4}  {each.target}{ended}"
        )
        before = each
