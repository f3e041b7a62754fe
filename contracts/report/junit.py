"""The report as JUnit XML for CI servers: a test suite for each operation, a test case for each check."""

from __future__ import annotations

import re
from itertools import groupby
from xml.etree import ElementTree as ET

from contracts.model.finding import Finding
from contracts.model.known_failures import KnownFailure
from contracts.report.report import Report

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that are not allowed in XML 1.0 (section 2.2)."""


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
            _known_failure(suite, report, entry)
        _count(suite)
    if report.result.stopped:
        suite = ET.SubElement(root, "testsuite", name="contract check")
        case = ET.SubElement(suite, "testcase", classname="contract check", name="runs to its end")
        ET.SubElement(case, "error", message=_clean(report.result.stopped))
        _count(suite)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _case(suite: ET.Element, report: Report, operation: str, check: str, outcome: str) -> None:
    case = ET.SubElement(suite, "testcase", classname=_clean(operation), name=_clean(check))
    if outcome.startswith("skipped"):
        ET.SubElement(case, "skipped", message=_clean(outcome.removeprefix("skipped: ")))
    for each in report.failures:
        if (each.operation, each.check) == (operation, check):
            ET.SubElement(case, "failure", message=_clean(each.seen), type=each.id).text = _clean(_text(each))


def _known_failure(suite: ET.Element, report: Report, entry: KnownFailure) -> None:
    """A known failure: it is skipped while it fails, and becomes a failure when it no longer does."""
    case = ET.SubElement(suite, "testcase", classname="known failures", name=_clean(str(entry)))
    if entry in report.stale:
        failure = ET.SubElement(case, "failure", message="it no longer fails: remove it from the file")
        failure.text = _clean(entry.reason)
    else:
        ET.SubElement(case, "skipped", message=_clean(entry.accepted))


def _text(found: Finding) -> str:
    lines = [f"expected: {found.expected}", f"seen: {found.seen}", *(each.curl() for each in found.exchanges)]
    return "\n".join(lines)


def _count(suite: ET.Element) -> None:
    suite.set("tests", str(len(suite)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in suite)))


def _clean(text: str) -> str:
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
