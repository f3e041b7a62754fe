"""Servers that the tests of live sync share."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver.sync.demo import demo_app
from tests.sync.live import in_thread


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[str], Any]], str]]:
    """A function that serves an ASGI application, made from its own URL, and returns the URL."""
    started: list[Callable[[], None]] = []
    yield lambda app_at: in_thread(app_at, started)
    for stop in started:
        stop()


@pytest.fixture
def demo(serve: Callable[[Callable[[str], Any]], str]) -> Callable[..., str]:
    """A function that serves a demo MCP server with the options of `demo_app`, and returns its URL."""
    return lambda **options: serve(lambda url: demo_app(url=url, **options))


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of an MCP server that is not ours: npm's `@modelcontextprotocol/server-everything`."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm on this machine")
    folder = tmp_path_factory.mktemp("everything")
    command = [
        npm,
        "install",
        "--no-audit",
        "--no-fund",
        "--silent",
        "@modelcontextprotocol/server-everything@2026.8.31",
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    if done.returncode:
        pytest.skip(f"npm cannot install the server: {done.stderr[-200:]}")
    return folder / "node_modules/@modelcontextprotocol/server-everything/dist/index.js"
