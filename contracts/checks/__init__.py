"""Every promise that an examination knows, in the order in which they are held."""

from __future__ import annotations

from contracts.checks import (
    access,
    fields,
    limits,
    lists,
    odd_input,
    parents,
    read_your_writes,
    responses,
    secrets,
    state_machine,
    timestamps,
    updates,
    validation,
    vendor_rules,
)
from contracts.runner.check import BoundCheck, Check
from mockserver.contract import Contract

CHECKS: tuple[Check, ...] = (
    *read_your_writes.CHECKS, *updates.CHECKS, *fields.CHECKS, *timestamps.CHECKS, *secrets.CHECKS, *lists.CHECKS,
    *limits.CHECKS, *responses.CHECKS, *access.CHECKS, *parents.CHECKS, *validation.CHECKS,
    *odd_input.CHECKS,
    *vendor_rules.CHECKS, *state_machine.CHECKS,
)  # fmt: skip
"""The table. What is `late` is held after everything else."""


def checks_of(contract: Contract) -> list[BoundCheck]:
    """Every promise as this contract makes it, the early ones first."""
    ordered = sorted(CHECKS, key=lambda check: check.run_last)
    return [
        BoundCheck(check, operation, statement, subject)
        for check in ordered
        for operation, statement, subject in check.find(contract)
    ]
