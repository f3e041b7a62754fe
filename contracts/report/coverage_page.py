"""What a run has seen of the document, and what it has not, and why: a page of its own."""

from __future__ import annotations

from itertools import groupby

from contracts.model.coverage import KINDS, MissingTarget
from contracts.report.html_page import page_environment, skipped_checks
from contracts.report.report import Report

SHOWN = 2000
"""At most this many targets of each kind are listed."""


def as_coverage_page(report: Report) -> str:
    """The page; empty if the report has no coverage, as one of a comparison."""
    coverage = report.coverage
    if coverage is None:
        return ""
    rows = [(kind, KINDS[kind], *numbers) for kind, numbers in coverage.numbers().items()]
    missing = {kind: [each for each in coverage.missing if each.kind == kind] for kind in KINDS}
    return (
        page_environment()
        .get_template("coverage.html.jinja")
        .render(
            report=report,
            percent=coverage.percent,
            rows=rows,
            missing={kind: _by_place(found[:SHOWN]) for kind, found in missing.items() if found},
            counts={kind: len(found) for kind, found in missing.items()},
            shown=SHOWN,
            skipped=skipped_checks(report),
        )
    )


def _by_place(missing: list[MissingTarget]) -> list[tuple[str, list[MissingTarget]]]:
    return [(place, list(found)) for place, found in groupby(missing, key=lambda each: each.place)]
