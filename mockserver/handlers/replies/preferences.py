"""What a client prefers, as it says it in the header `Prefer` (RFC 7240)."""

from __future__ import annotations

from mockserver.messages import Call

REPRESENTATION = "return=representation"
"""Show what was changed (RFC 7240 section 4.2)."""

MERGE = "resolution=merge-duplicates"
"""Let a new row replace the one with its key (PostgREST)."""


def prefers(call: Call, preference: str) -> bool:
    """Does a request ask for this? Only where its operation documents the header."""
    sent = next((value for name, value in call.headers.items() if name.lower() == "prefer"), "")
    return preference in [each.strip().lower() for each in str(sent).split(",")]
