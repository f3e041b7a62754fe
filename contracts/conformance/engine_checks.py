"""The checks of Schemathesis: which of them validate the response, and what each one expects."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.checks import all_checks
from contracts.conformance.openapi_core_check import CHECK as OPENAPI_CORE
from contracts.conformance.response_rules import RESPONSE_RULES
from mockserver.contract import Contract

RESPONSE_CHECKS = frozenset(
    {
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    }
)
"""The checks of Schemathesis that validate the form of a response, and nothing else."""

ANSWERED = "answered"
"""The name of our own check that each request gets a response in time."""

EXPECTED: Mapping[str, str] = {
    "not_a_server_error": "no server error",
    "status_code_conformance": "a documented status",
    "content_type_conformance": "a documented content type",
    "response_headers_conformance": "response headers that match the document",
    "response_schema_conformance": "a response body that its schema allows",
    "negative_data_rejection": "an invalid request is refused",
    "positive_data_acceptance": "a valid request is accepted",
    "missing_required_header": "a request without a required header is refused",
    "unsupported_method": "a request with an undocumented method is refused with 405",
    "allow_header_conformance": "an Allow header that lists every documented method",
    "use_after_free": "a deleted item is not found",
    "ensure_resource_availability": "a created item is found",
    "ignored_auth": "a request without a valid credential is refused with 401 or 403",
    ANSWERED: "a response to each request",
}
"""Check → what a correct server does."""


def check_names(contract: Contract) -> frozenset[str]:
    """The names of all checks of a contract: our own and those of Schemathesis."""
    return frozenset(
        {*(each.name for each in all_checks(contract)), "document", OPENAPI_CORE, *RESPONSE_RULES, *EXPECTED}
    )


def expected(check: str) -> str:
    """What a correct server does by a check of Schemathesis."""
    return EXPECTED.get(check, f"a response that passes the Schemathesis check {check}")
