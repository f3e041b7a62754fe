"""Where an answer pauses in a round, so that the requests of a round do each part of their work together."""

from __future__ import annotations

from collections.abc import Generator


class Pause:
    """What an answer awaits to let the server go on with the other requests of its round."""

    def __await__(self) -> Generator[Pause, None, None]:
        yield self


TURN = Pause()
"""Until all requests of the round are read: what comes then needs a lock that other processes want too."""

KEPT = Pause()
"""Until the round has ended: its changes are kept, or undone, and the lock is given back."""
