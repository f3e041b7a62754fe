"""A sandbox with live sync, and demo MCP servers to register, each a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from tests.process import READY, Processes, address

Demo = Callable[..., str]

LIVE = ("serve", "--sync", "live", "--sync-deadline", "4", "--no-rate-limits", "--port", "0")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[str]:
    """The address of a mock of all vendors that queries real MCP servers."""
    with Processes() as processes:
        _, lines = processes.start(*LIVE, until=READY)
        yield address(lines)


class Watched(NamedTuple):
    """A mock in a process of its own whose event loop is watched."""

    url: str
    process: subprocess.Popen[str]

    def seen(self) -> dict[str, Any]:
        """What was seen of its event loop since the last time."""
        self.process.send_signal(signal.SIGUSR1)
        assert self.process.stdout is not None
        report = next(line for line in self.process.stdout if line.startswith("{"))  # the others are of its log
        seen: dict[str, Any] = json.loads(report)
        return seen


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    """As `sandbox`, with a watch on its event loop."""
    with Processes() as processes:
        process, lines = processes.start(*LIVE, until=READY, program=(sys.executable, "-m", "tests.live.watched"))
        yield Watched(address(lines), process)


@pytest.fixture
def demo() -> Iterator[Demo]:
    """A function that starts `mockserver demo-mcp` with the given options and gives the address of its endpoint."""
    with Processes() as processes:

        def start(*options: str) -> str:
            _, lines = processes.start("demo-mcp", "--port", "0", *options, until="MCP server:")
            return lines[-1].removeprefix("MCP server: ")

        yield start
