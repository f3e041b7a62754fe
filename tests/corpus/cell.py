"""Runs a function in a process of its own with limits on time and memory, so that a crash or hang stays there."""

from __future__ import annotations

import multiprocessing
import resource
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

Result = TypeVar("Result")

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["mockserver", "tests.journeys.request"])
"""Each process is forked from one that has only imported the slow modules, so that its time is that of the work."""


class LostError(Exception):
    """The process returned no result; the message says why."""


def apart(work: Callable[..., Result], *arguments: Any, seconds: float, megabytes: int) -> Result:
    """The result of `work(*arguments)`. Raises LostError if it takes longer than `seconds`, or its process dies."""
    receiver, sender = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=_send_result, args=(sender, megabytes, work, arguments), daemon=True)
    process.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            raise LostError(f"no outcome within {seconds:.0f} seconds")
        result: Result = receiver.recv()
    except EOFError:
        process.join()
        raise LostError(f"its process ended with {process.exitcode}") from None
    finally:
        process.kill()
        process.join()
        receiver.close()
    return result


def _send_result(sender: Connection, megabytes: int, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    sender.send(work(*arguments))
