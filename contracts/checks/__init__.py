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

PROMISES: tuple[Check, ...] = (
    *read_your_writes.PROMISES, *updates.PROMISES, *fields.PROMISES, *timestamps.PROMISES, *secrets.PROMISES, *lists.PROMISES,
    *limits.PROMISES, *responses.PROMISES, *access.PROMISES, *parents.PROMISES, *validation.PROMISES,
    *odd_input.PROMISES,
    *vendor_rules.PROMISES, *state_machine.PROMISES,
)  # fmt: skip
"""The table. What is `late` is held after everything else."""


def checks_of(contract: Contract) -> list[BoundCheck]:
    """Every promise as this contract makes it, the early ones first."""
    ordered = sorted(PROMISES, key=lambda promise: promise.late)
    return [
        BoundCheck(promise, operation, said, subject)
        for promise in ordered
        for operation, said, subject in promise.find(contract)
    ]
