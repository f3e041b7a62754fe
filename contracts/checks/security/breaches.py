"""What a second user could do with an item of the first, and why that should have been refused."""

from __future__ import annotations

from typing import NamedTuple

from contracts.checks.security.access_attempts import AccessAttempt
from contracts.model.finding import RecordedExchange
from contracts.model.resources import ResourceOperation
from mockserver.behaviour.statements import Evidence

BELOW = ("nested", "add", "action")
"""Attempts at operations below an item: others may be meant to use one."""

READS = ("read", "list", "filter", "total", "nested")
"""Attempts that change nothing."""


class Breach(NamedTuple):
    """An attempt that should have been refused, and why: perhaps because of the `refusal` of another request.

    One that needs to be seen `both_ways` counts only if the users can do it to each other: one of them alone may have
    more rights, such as an administrator.
    """

    attempt: AccessAttempt
    evidence: Evidence
    source: str
    reason: str
    both_ways: bool
    refusal: tuple[RecordedExchange, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What is the same in both directions."""
        return self.attempt.kind, self.attempt.op.name


def lists_status(op: ResourceOperation, status: int) -> bool:
    """Does the document list a status at an operation?"""
    return any(each.status == str(status) for each in op.operation.responses)
