"""Texts that every form of a report uses: what a check checks, and what a finding violates."""

from __future__ import annotations

from contracts.checks import CHECKS, is_own
from contracts.checks.vendor_rules import installed_vendor_check
from contracts.conformance.engine_checks import ANSWERED, expected
from contracts.conformance.openapi_core_check import CHECK as OPENAPI_CORE
from contracts.conformance.response_rules import RESPONSE_RULES
from contracts.differential.comparison import CHECK as DIFFERENTIAL
from contracts.model.finding import PROJECT, Finding
from contracts.receiver.checks import RECEIVER_CHECKS

STANDARDS = ("http", "schema")
"""Kinds of statements that are part of a standard or of the document, and not of a behaviour file."""


RECEIVER_CHECK_SENTENCES = {check.name: check.description for check in RECEIVER_CHECKS}


def describe(check: str) -> str:
    """One sentence that says what a check checks."""
    known = next((each for each in CHECKS if each.name == check), None) or installed_vendor_check(check)
    if known is not None:
        docstring = getattr(known.run, "func", known.run).__doc__ or f"The statement `{check}` is true."
        return str(docstring).strip().splitlines()[0]
    if check in RECEIVER_CHECK_SENTENCES:
        return RECEIVER_CHECK_SENTENCES[check]
    if check == "document":
        return "Every response matches the document: its status, media type, headers and schema."
    if check in RESPONSE_RULES:
        return RESPONSE_RULES[check]
    if check == OPENAPI_CORE:
        return "Two validators, our own and openapi-core, agree about every response."
    if check.startswith(DIFFERENTIAL):
        return "The service and the mock respond alike."
    if is_own(check) and check != ANSWERED:  # of a vendor whose folder is not known here
        return f"The rule that `{check}` is about works."
    return f"Schemathesis expects: {expected(check)}."


def checked(found: Finding) -> str:
    """What the check of a finding checks, in one sentence. A check of the project says it itself."""
    statement = found.statement
    if statement is not None and statement.subject == PROJECT:
        return statement.text.partition("\n")[0]
    return describe(found.check)


def violated(found: Finding) -> str:
    """The statement that a finding violates, without its evidence and source."""
    statement = found.statement
    if statement is None:
        return "the document"
    if statement.kind in STANDARDS:
        return statement.text or statement.source or describe(found.check)
    return f"{statement.subject}, {statement.kind}: {statement.text or describe(found.check)}"


def violated_with_source(found: Finding) -> str:
    """The statement that a finding violates, with its evidence and source."""
    statement, text = found.statement, violated(found)
    if statement is None:
        return f"{text} (documented)"
    source = f", {statement.source}" if statement.source not in ("", text) else ""
    return f"{text} ({statement.evidence}{source})"


def count(number: int, noun: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
