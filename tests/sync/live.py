"""How the tests of live sync ask, serve and wait. Everything listens on loopback, at a free port."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn

from mockserver.sync.live import LiveProber
from mockserver.sync.wire import Bounds

IMPATIENT = Bounds(connect_seconds=1, read_seconds=2, total_seconds=3)
"""Bounds that let a test of slowness end soon."""


def in_thread(app_at: Callable[[str], Any], started: list[Callable[[], None]], **options: Any) -> str:
    """Serve an ASGI application, made from its own URL, until the functions in `started` are called.

    Further options go to uvicorn's configuration.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(app_at(url), log_level="critical", timeout_graceful_shutdown=1, **options)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()

    def stop() -> None:
        server.should_exit = True
        thread.join(10)
        listener.close()

    started.append(stop)
    return url


def asking(ask: Callable[[LiveProber], Awaitable[Any]], **options: Any) -> Any:
    """What `ask` makes of a live prober, in an event loop of its own."""

    async def within() -> Any:
        async with LiveProber(**options) as prober:
            return await ask(prober)

    return asyncio.run(within())


def put(url: str) -> Any:
    with urllib.request.urlopen(urllib.request.Request(url, method="PUT"), timeout=10) as response:
        return json.load(response)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def wait_for(port: int, process: subprocess.Popen[Any], seconds: float = 30) -> None:
    """Wait until a process accepts connections, and fail with what it said if it ends before."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nothing listens at {port} after {seconds} seconds")
