"""One source of time, ids and randomness, so that a run can be repeated byte for byte."""

from __future__ import annotations

import random

from msgspec import Struct

from mockserver.state.clock import Clock, ClockState, SteeredClock, SteppingClock, SystemClock

RandomState = tuple[int, tuple[int, ...], float | None]
"""What `random.Random.getstate` returns."""


class WorldState(Struct, frozen=True):
    """The state of a world: its clock, and the next random numbers, which are repeatable only with a `seed`."""

    seed: int | None
    clock: ClockState
    random: RandomState | None


class World:
    """Clock, ids and randomness of one application.

    With a `seed` the same requests get the same bytes, and time moves only when it is read.
    """

    def __init__(self, seed: int | None = None, clock: Clock | None = None) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        self.clock = SteeredClock(clock or (SystemClock() if seed is None else SteppingClock()))

    def fork(self) -> World:
        """A world that goes on from here on its own: with a seed, both make the same ids for the same requests."""
        new = World(self.seed)
        new.clock = self.clock.fork()
        if self.seed is not None:
            new.random.setstate(self.random.getstate())
        return new

    def state(self) -> WorldState:
        """The state of this world."""
        return WorldState(self.seed, self.clock.state(), self.random.getstate() if self.seed is not None else None)

    def restore(self, before: WorldState) -> None:
        """Go back to a state; random numbers of another seed have no place here, so those go on.

        Raises ValueError and TypeError for what is no state of random numbers; then nothing is changed.
        """
        if self.seed is not None and self.seed == before.seed and before.random is not None:
            self.random.setstate(before.random)
        self.clock.restore(before.clock)

    def uuid(self) -> str:
        """A random UUID of version 4 (RFC 9562 section 5.4)."""
        # Not uuid.uuid4(), which takes its bits from the system: a seeded run could not be repeated.
        bits = "%032x" % self.random.getrandbits(128)  # noqa: UP031  # half the time of an f-string
        variant = "89ab"[int(bits[16], 16) & 3]
        return f"{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-{variant}{bits[17:20]}-{bits[20:]}"

    def token(self, length: int) -> str:
        """A random text of `length` characters out of 0-9 and a-f."""
        return self.random.getrandbits(4 * length).to_bytes((length + 1) // 2).hex()[-length:] if length else ""
