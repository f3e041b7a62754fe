"""Servers that the tests of live sync share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mockserver.mcp_sync.demo_server import Demo
from tests.mcp_sync.live import in_thread


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[str], Any]], str]]:
    """A function that serves an ASGI application, made from its own URL, and returns the URL."""
    started: list[Callable[[], None]] = []
    yield lambda app_at: in_thread(app_at, started)
    for stop in started:
        stop()


@pytest.fixture
def demo(serve: Callable[[Callable[[str], Any]], str]) -> Callable[..., str]:
    """A function that serves a demo MCP server with the options of `Demo`, and returns its URL."""
    return lambda **options: serve(Demo(**options).app)
