"""Fields of which a vendor's rule decides, so that the general promises say nothing about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

GOVERNED: Mapping[str, frozenset[str]] = {
    "keep-authorization": frozenset({"authorization_secret_id"}),
    "sync-tools": frozenset({"status", "metadata", "tools", "transportType", "setupState",
                             "lastSyncStatus", "lastSyncAttemptAt", "lastSuccessfulSyncAt", "hasCompletedFirstSync",
                             "syncErrorMessage"}),
}  # fmt: skip
"""Rule → the fields it decides. What a client sends for them may be refused, changed or overruled."""


FILLED: Mapping[str, frozenset[str]] = {"sync-tools": frozenset({"protocol_version"})}
"""Rule → fields that it fills in where the client gives nothing."""

MILD = frozenset(
    {
        "sync-tools",
        "sync-tools-again",
        "bootstrap-oauth",
        "start-trial",
        "keep-authorization",
        "unassign",
        "remove-managed-secret",
    }
)
"""Rules that refuse no valid request, but for the fields they decide. Of any other rule one must expect it."""


def rule_fields(rules: Iterable[str]) -> frozenset[str]:
    """The fields that these rules decide."""
    return _fields(GOVERNED, rules)


def filled(rules: Iterable[str]) -> frozenset[str]:
    """The fields that these rules fill in where the client gives nothing."""
    return _fields(FILLED, rules)


def _fields(table: Mapping[str, frozenset[str]], rules: Iterable[str]) -> frozenset[str]:
    return frozenset(name for rule in rules for name in table.get(rule.removesuffix("-again"), ()))
