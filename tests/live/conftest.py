"""A sandbox with live sync, and demo MCP servers to register, each a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.process import Processes, address

Demo = Callable[..., str]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[str]:
    """The address of a sandbox of all vendors that asks real MCP servers."""
    with Processes() as processes:
        _, lines = processes.start("serve", "--sync", "live", "--sync-deadline", "4", "--port", "0", until="sync:")
        yield address(lines)


@pytest.fixture
def demo() -> Iterator[Demo]:
    """A function that starts `mockserver demo-mcp` with the given options and gives the address of its endpoint."""
    with Processes() as processes:

        def start(*options: str) -> str:
            _, lines = processes.start("demo-mcp", "--port", "0", *options, until="MCP server:")
            return lines[-1].removeprefix("MCP server: ")

        yield start
