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
    root = ET.Element("testsuites", name=clean(report.title))
    outcomes = dict(report.result.outcomes)
    for each in report.failures:
        outcomes.setdefault((each.operation, each.check), "failed")
    for operation, group in groupby(sorted(outcomes), key=lambda key: key[0]):
        suite = ET.SubElement(root, "testsuite", name=clean(operation))
        for _, check in group:
            _case(suite, report, operation, check, outcomes[operation, check])
        count_cases(suite)
    if report.known_failures:
        suite = ET.SubElement(root, "testsuite", name="known failures")
        for entry in report.known_failures:
            _known_failure(suite, report, entry)
        count_cases(suite)
    if report.result.stopped:
        suite = ET.SubElement(root, "testsuite", name="contract check")
        case = ET.SubElement(suite, "testcase", classname="contract check", name="runs to its end")
        ET.SubElement(case, "error", message=clean(report.result.stopped))
        count_cases(suite)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _case(suite: ET.Element, report: Report, operation: str, check: str, outcome: str) -> None:
    case = ET.SubElement(suite, "testcase", classname=clean(operation), name=clean(check))
    if outcome.startswith("skipped"):
        ET.SubElement(case, "skipped", message=clean(outcome.removeprefix("skipped: ")))
    for each in report.failures:
        if (each.operation, each.check) == (operation, check):
            ET.SubElement(case, "failure", message=clean(each.seen), type=each.id).text = clean(_text(each))


def _known_failure(suite: ET.Element, report: Report, entry: KnownFailure) -> None:
    """A known failure: it is skipped while it fails, and becomes a failure when it no longer does."""
    case = ET.SubElement(suite, "testcase", classname="known failures", name=clean(str(entry)))
    if entry in report.stale:
        failure = ET.SubElement(case, "failure", message="it no longer fails: remove it from the file")
        failure.text = clean(entry.reason)
    else:
        ET.SubElement(case, "skipped", message=clean(entry.accepted))


def _text(found: Finding) -> str:
    lines = [f"expected: {found.expected}", f"seen: {found.seen}", *(each.curl() for each in found.exchanges)]
    return "\n".join(lines)


def count_cases(suite: ET.Element) -> None:
    """Set the numbers of test cases, failures, errors and skipped cases of a suite."""
    suite.set("tests", str(len(suite)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in suite)))


def clean(text: str) -> str:
    """A text without the characters that XML does not allow."""
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
