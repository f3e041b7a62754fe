"""The refusal of a request that needs a log which cannot be used."""

from __future__ import annotations

from mockserver.errors import LogError, StoreUnavailable

RETRY_AFTER = 1
"""In how many seconds clients should try again."""


def unavailable(fault: LogError) -> StoreUnavailable:
    """The refusal, with the reason."""
    return StoreUnavailable(f"the store cannot be used: {fault}", headers=(("retry-after", str(RETRY_AFTER)),))
