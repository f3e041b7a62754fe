"""Operations on the time of a namespace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from mockserver import durations
from mockserver.errors import Invalid
from mockserver.messages import Reply
from mockserver.state.clock import SteeredClock
from mockserver.web.admin.admin_request import AdminRequest

LONGEST = 3_155_760_000.0
"""By how many seconds the time is advanced at most, as in the schema `ClockChange`: a hundred years."""

CHANGES: dict[str, Callable[[SteeredClock, Any], None]] = {
    "freeze": lambda clock, _: clock.freeze(),
    "set": lambda clock, moment: clock.set(datetime.fromisoformat(moment).timestamp()),
    "advance": lambda clock, duration: clock.advance(_seconds(duration)),
    "resume": lambda clock, _: clock.resume(),
}
"""What can be done with a clock, in the order in which it is done: one that is frozen and set shows that time."""


def got(request: AdminRequest) -> Reply:
    """The time."""
    return _shown(request.namespace.world.clock)


def steered(request: AdminRequest) -> Reply:
    """Change the time, as the body or the query says. Raises Invalid when neither says anything."""
    wanted = dict(request.body or {})
    if "advance" in request.query:
        wanted["advance"] = request.query["advance"]
    if not wanted:
        raise Invalid('say what to do: {"freeze": true}, {"advance": 60}, {"set": "2030-01-01T00:00:00Z"} or resume')
    clock = request.namespace.world.clock
    before = clock.state().now
    for name, change in CHANGES.items():
        if name in wanted:
            change(clock, wanted[name])
    # what waits to be sent waits by this clock, too
    request.control.outbox.queue.advance(request.namespace.name, max(0.0, clock.state().now - before))
    return _shown(clock)


def _seconds(duration: float | str) -> float:
    """A duration in seconds. Raises Invalid for a text that is none, and for one that is too long."""
    if not isinstance(duration, str):
        return duration
    found = durations.seconds(duration)
    if found is None or found > LONGEST:
        wrong = f"is no duration; {durations.FORMS}" if found is None else f"is too long: {LONGEST:.0f} seconds at most"
        raise Invalid(f"advance: {duration!r} {wrong}")
    return found


def _shown(clock: SteeredClock) -> Reply:
    now = clock.now()
    time = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Reply(200, {"now": now, "time": time, "is_frozen": clock.frozen_at is not None})
