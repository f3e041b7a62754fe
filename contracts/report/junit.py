"""The report as JUnit XML, which CI servers show: a suite for each operation, a case for each check."""

from __future__ import annotations

import re
from itertools import groupby
from xml.etree import ElementTree as ET

from contracts.model.finding import Finding
from contracts.model.known_failures import KnownFailure
from contracts.report.report import Report

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 document may hold (section 2.2)."""


def as_junit(report: Report) -> str:
    """The report as JUnit XML."""
    root = ET.Element("testsuites", name=_clean(report.title))
    outcomes = dict(report.result.outcomes)
    for each in report.failures:
        outcomes.setdefault((each.operation, each.check), "failed")
    for operation, group in groupby(sorted(outcomes), key=lambda key: key[0]):
        suite = ET.SubElement(root, "testsuite", name=_clean(operation))
        for _, check in group:
            _case(suite, report, operation, check, outcomes[operation, check])
        _count(suite)
    if report.known_failures:
        suite = ET.SubElement(root, "testsuite", name="known failures")
        for entry in report.known_failures:
            _accepted(suite, report, entry)
        _count(suite)
    if report.result.stopped:
        suite = ET.SubElement(root, "testsuite", name="examination")
        case = ET.SubElement(suite, "testcase", classname="examination", name="runs to its end")
        ET.SubElement(case, "error", message=_clean(report.result.stopped))
        _count(suite)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _case(suite: ET.Element, report: Report, operation: str, check: str, outcome: str) -> None:
    case = ET.SubElement(suite, "testcase", classname=_clean(operation), name=_clean(check))
    if outcome.startswith("skipped"):
        ET.SubElement(case, "skipped", message=_clean(outcome.removeprefix("skipped: ")))
    for each in report.failures:
        if (each.operation, each.check) == (operation, check):
            ET.SubElement(case, "failure", message=_clean(each.seen), type=each.id).text = _clean(_told(each))


def _accepted(suite: ET.Element, report: Report, entry: KnownFailure) -> None:
    """A known failure: skipped as long as it fails, and a failure when it does not."""
    case = ET.SubElement(suite, "testcase", classname="known failures", name=_clean(str(entry)))
    if entry in report.stale:
        ET.SubElement(case, "failure", message="it fails no more: take it out of the file").text = _clean(entry.reason)
    else:
        ET.SubElement(case, "skipped", message=_clean(f"since {entry.date}: {entry.reason}"))


def _told(found: Finding) -> str:
    lines = [f"expected: {found.expected}", f"seen: {found.seen}", *(each.curl() for each in found.exchanges)]
    return "\n".join(lines)


def _count(suite: ET.Element) -> None:
    suite.set("tests", str(len(suite)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in suite)))


def _clean(text: str) -> str:
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
