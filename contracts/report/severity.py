"""How bad a finding is, apart from its verdict: what to mend first."""

from __future__ import annotations

import re
from functools import cache

from contracts.checks import CHECKS
from contracts.checks.vendor_rules import installed_vendor_check
from contracts.conformance.engine_checks import ANSWERED
from contracts.model.finding import Finding

WORST = (
    "authentication", "tenants", "permissions", "secrets", "ownership", "own_profile",
    "leaked-internals", "undocumented-secret", "tokens", "injection", "hidden_operations", "mass_assignment",
    "read_your_writes", "contents", "updates", "whole_updates", "deleted_items", "owners", "references",
    "refused_requests", "concurrency", "state_machine", "linearizability", "parents", "idempotency_keys",
    "ignored_auth", "object_level_authorization", "use_after_free", "ensure_resource_availability",
    "not_a_server_error", ANSWERED,
)  # fmt: skip
"""Modules of our checks, and checks of Schemathesis, whose findings mean open access, lost data or a crash."""

STYLE = (
    "http_errors",
    "odd_input",
    "policies",
    "success_replies",
    "timestamps",
    "allow_header_conformance",
    "unsupported_method",
    "content_type_conformance",
    "response_headers_conformance",
    "missing_required_header",
    "rate_limits",
    "http-response",
)
"""Those whose findings are about the form of a response."""


BEYOND_64_BITS = re.compile(r"(?<![\w.])-?(?:\d{20,}|9[3-9]\d{17}|922[4-9]\d{15}|9223372036854775808)(?![\w.])")
"""A whole number beyond the range of 64 bits."""


def severity(found: Finding) -> int:
    """0: open access, lost data, or a server error; 1: all else; 2: style.

    A server error for a request that no ordinary client sends is no more than a 1.
    """
    last, module = found.exchanges[-1].status if found.exchanges else 200, origin(found.check)
    if last == 0 or last >= 500:
        return 1 if module in STYLE or is_odd(found) else 0
    is_form = module == "authentication" and found.statement is not None and found.statement.kind == "http"
    if is_wrong_refusal(found) or (is_form and _is_refused(found)):
        return 2  # the credential was refused: no door is open
    return 0 if module in WORST else 2 if module in STYLE else 1


def is_wrong_refusal(found: Finding) -> bool:
    """Was a request without a valid credential refused, and only with another status than 401?"""
    is_about = found.check in ("authentication", "ignored_auth") and "is refused with" in found.expected
    return is_about and _is_refused(found)


def is_refused_otherwise(found: Finding) -> bool:
    """Was an invalid request refused, and only with another status than 400 or 422?"""
    return "is refused with 400 or 422" in found.expected and _is_refused(found)


def _is_refused(found: Finding) -> bool:
    return bool(found.exchanges) and 400 <= found.exchanges[-1].status < 500


def is_odd(found: Finding) -> bool:
    """Is something in the last request that no ordinary client sends, and that stock frameworks fail at?

    Half a surrogate pair cannot be written (RFC 8259 section 8.2), and a number beyond 64 bits fits no column.
    """
    if not found.exchanges:
        return False
    last = found.exchanges[-1]
    sent = last.url.partition("://")[2].partition("/")[2] + " " + (last.body or b"").decode("utf-8", "replace")
    return "\\ud8" in sent.lower() or BEYOND_64_BITS.search(sent) is not None


def standing(found: Finding) -> int:
    """What comes first of equally bad failures.

    What a client may do that it must not (0) comes before what any client may meet (1), what needs concurrent requests
    (3) and what only odd values show (4).
    """
    module = _module(found.check)
    if is_odd(found) or module.startswith("contracts.checks.input."):
        return 4
    if origin(found.check) in ("concurrency", "linearizability"):
        return 3
    return 0 if module.startswith("contracts.checks.security.") else 1


def origin(check: str) -> str:
    """The module of one of our checks, without its packages; the name of any other check."""
    return _module(check).rpartition(".")[2]


@cache
def _module(check: str) -> str:
    known = next((each for each in CHECKS if each.name == check), None) or installed_vendor_check(check)
    function = getattr(known.run, "func", known.run) if known else None
    return function.__module__ if function else check
