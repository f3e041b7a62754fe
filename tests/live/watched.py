"""`mockserver` with a watch on the event loop that answers its requests: `python -m tests.live.watched serve …`.

At SIGUSR1 it prints one line, a JSON object with what it saw since the last one, and begins anew:

* `held`: the longest time in milliseconds between two looks at the loop in which this process was at work, without the
  time in which the loop's thread was ready and another process had the processor (Linux tells it). That is how long a
  request had to wait because of the process itself, whichever of its threads was busy;
* `waited`: the longest such time by the clock on the wall, which other processes on the machine lengthen;
* `looks`: how often it looked; `imports`: the modules that were imported meanwhile.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

import uvicorn

from mockserver.cli.commands import main

QUEUE = Path("/proc/thread-self/schedstat")
"""Nanoseconds on the processor, and nanoseconds waiting for it (Linux, "Scheduler Statistics")."""


def in_queue() -> float:
    """Seconds that this thread waited for the processor; 0 if the system does not say."""
    return int(QUEUE.read_text(encoding="ascii").split()[1]) / 1e9 if QUEUE.exists() else 0.0


class Watch:
    """Measures the delays of the running event loop."""

    looking: asyncio.Task[None]

    def begin(self) -> None:
        """Forget what was seen so far."""
        self.held = self.waited = 0.0
        self.looks, self.modules = 0, set(sys.modules)

    def report(self) -> None:
        """Print what was seen, and begin anew."""
        imports = sorted(set(sys.modules) - self.modules)
        seen = {"held": 1000 * self.held, "waited": 1000 * self.waited, "looks": self.looks, "imports": imports}
        print(json.dumps(seen), flush=True)  # noqa: T201 - the report
        self.begin()

    async def look(self) -> None:
        """Look for as long as the loop runs."""
        while True:
            wall, processor, queued = time.perf_counter(), time.process_time(), in_queue()
            await asyncio.sleep(0.001)
            wall, processor = time.perf_counter() - wall, time.process_time() - processor
            self.waited = max(self.waited, wall)
            # Several threads may run at the same time, so the processor time may be longer than the time that passed.
            self.held = max(self.held, min(wall - (in_queue() - queued), processor))
            self.looks += 1


watch = Watch()
listen = uvicorn.Server.startup


async def watched(self: uvicorn.Server, sockets: Any = None) -> None:
    """Listen, and watch from then on."""
    await listen(self, sockets)
    watch.begin()
    watch.looking = asyncio.create_task(watch.look())
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, watch.report)


if __name__ == "__main__":
    uvicorn.Server.startup = watched  # type: ignore[method-assign]
    main(sys.argv[1:])
