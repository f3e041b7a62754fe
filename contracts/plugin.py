"""The pytest plugin: fixtures that start a mock in this process or on a free port, with clean state for each test."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from contracts.sandbox import sandbox

START = 30.0
"""Seconds that a mock is given to begin answering."""


@pytest.fixture
def mock_app() -> Callable[..., Any]:
    """Makes ASGI apps: `mock_app("datagrid")`. Each is new and remembers nothing; its ids are the same every time.

    Options are those of `mockserver.create_app`.
    """

    def make(wanted: str | Path, **options: Any) -> Any:
        return sandbox(wanted, **{"seed": 0, **options})

    return make


@pytest.fixture
def mock_url(mock_app: Callable[..., Any]) -> Iterator[Callable[..., str]]:
    """Starts mocks on free ports of loopback: `mock_url("datagrid")` is the address. They stop after the test."""
    with contextlib.ExitStack() as running:
        yield lambda wanted, **options: running.enter_context(_served(mock_app(wanted, **options)))


@contextlib.contextmanager
def _served(app: Any) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        _await(server, thread)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(START)
        listening.close()


def _await(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + START
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the mock did not start")
        time.sleep(0.01)
