"""Every promise that an examination knows, in the order in which they are held."""

from __future__ import annotations

from contracts import lifecycle, vendors
from contracts.promise import Promise, Sworn
from contracts.promises import (
    access,
    changes,
    family,
    fields,
    limits,
    lists,
    oddities,
    replies,
    secrets,
    state,
    times,
    validation,
)
from mockserver.spec.contract import Contract

PROMISES: tuple[Promise, ...] = (
    *state.PROMISES, *changes.PROMISES, *fields.PROMISES, *times.PROMISES, *secrets.PROMISES, *lists.PROMISES,
    *limits.PROMISES, *replies.PROMISES, *access.PROMISES, *family.PROMISES, *validation.PROMISES,
    *oddities.PROMISES,
    *vendors.PROMISES, *lifecycle.PROMISES,
)  # fmt: skip
"""The table. What is `late` is held after everything else."""


def promises_of(contract: Contract) -> list[Sworn]:
    """Every promise as this contract makes it, the early ones first."""
    ordered = sorted(PROMISES, key=lambda promise: promise.late)
    return [
        Sworn(promise, operation, said, subject)
        for promise in ordered
        for operation, said, subject in promise.find(contract)
    ]
