"""The rounds in which the server answers requests of a sandbox that is shared."""

from __future__ import annotations

from mockserver.web.sharing.sharing import Sharing


class SharedRounds:
    """Begins and ends the rounds of a Sharing, in which answers may pause (mockserver/web/serving/pause.py)."""

    def __init__(self, sharing: Sharing) -> None:
        self._sharing = sharing

    @property
    def has_changes(self) -> bool:
        """Has the round appended something so far?"""
        return bool(self._sharing.changed)

    def begin(self) -> None:
        """Begin a round. A log that cannot be used shows at the first request that needs it."""
        self._sharing.begin()
        self._sharing.may_pause = True

    def end(self) -> None:
        """End the round: its changes are kept, or undone."""
        self._sharing.may_pause = False
        self._sharing.end()
