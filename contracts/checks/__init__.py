"""All checks, in the order in which they run."""

from __future__ import annotations

from contracts.checks import (
    authentication,
    capacity,
    concurrency,
    fields,
    filters,
    http_errors,
    identity,
    odd_input,
    ordering,
    paging,
    paging_during_changes,
    parents,
    permissions,
    policies,
    rate_limits,
    read_your_writes,
    references,
    secrets,
    state_machine,
    success_replies,
    tenants,
    timestamps,
    uniqueness,
    unpaged_lists,
    updates,
    validation,
    vendor_rules,
)
from contracts.runner.check import BoundCheck, Check
from mockserver.contract import Contract

CHECKS: tuple[Check, ...] = (
    *read_your_writes.CHECKS, *updates.CHECKS, *fields.CHECKS, *timestamps.CHECKS, *secrets.CHECKS,
    *ordering.CHECKS, *paging.CHECKS, *paging_during_changes.CHECKS, *unpaged_lists.CHECKS, *filters.CHECKS,
    *identity.CHECKS, *capacity.CHECKS, *uniqueness.CHECKS, *concurrency.CHECKS, *rate_limits.CHECKS,
    *success_replies.CHECKS, *http_errors.CHECKS, *policies.CHECKS,
    *authentication.CHECKS, *tenants.CHECKS, *references.CHECKS, *permissions.CHECKS,
    *parents.CHECKS, *validation.CHECKS, *odd_input.CHECKS, *vendor_rules.CHECKS, *state_machine.CHECKS,
)  # fmt: skip
"""Every check. Those with `run_last` run after all others."""


def checks_of(contract: Contract) -> list[BoundCheck]:
    """Every check at every place of a contract where it applies, in the order in which they run."""
    ordered = sorted(CHECKS, key=lambda check: check.run_last)
    return [
        BoundCheck(check, operation, statement, arguments)
        for check in ordered
        for operation, statement, arguments in check.find(contract)
    ]
