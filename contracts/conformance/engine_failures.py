"""What Schemathesis saw, in words for a report."""

from __future__ import annotations

import re

from schemathesis.core.failures import Failure

REPEATED = re.compile(r"^(Expected: |Valid data should have been|Invalid data should have been)")
"""Lines of its messages that only repeat what was expected."""


def seen_by_engine(failure: Failure, status: int) -> str:
    """The status that came, and the facts in the message of a failure; sentences are kept apart by `; `.

    `status` is 0 if there was no response.
    """
    lines = [line.strip() for line in failure.message.splitlines()]
    facts = [failure.title, *(line for line in lines if line and not REPEATED.match(line))]
    said = "; ".join(each.rstrip(".") for each in facts if each)
    return f"status {status}: {said}" if status else said
