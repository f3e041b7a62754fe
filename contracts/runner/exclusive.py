"""Which promises may be held while others are: those that look at nothing but items of their own."""

from __future__ import annotations

from contracts.runner.check import BoundCheck

SOCIABLE = frozenset(
    {
        "create",
        "read-back",
        "update",
        "empty-update",
        "others-stay",
        "replace",
        "missing",
        "defaults",
        "schema-defaults",
        "initial",
        "derived",
        "timestamps",
        "write-only",
        "mass-assignment",
        "immutable",
        "reply",
        "malformed",
        "media-type",
        "method",
        "unknown-path",
        "trailing-slash",
        "error-body",
        "unknown-fields",
        "authentication",
        "permission",
        "no-access",
        "validation",
        "page-limits",
    }
)
"""Promises whose outcome does not depend on what else is there. All others count, list, or fill something up."""


def alone(bound_check: BoundCheck) -> bool:
    """Must nothing else be asked of the service while this is held?"""
    return bound_check.check.run_last or bound_check.check.name not in SOCIABLE
