"""What the tests of live sync share. Every server listens on a free port of loopback."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from websockets.sync.client import connect

from mockserver.mcp_sync.guarded_http import ResponseLimits
from mockserver.mcp_sync.live import LiveProber

IMPATIENT = ResponseLimits(connect_seconds=1, read_seconds=2, total_seconds=3)
"""Limits with which tests of slow servers end soon."""


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


def with_prober(ask: Callable[[LiveProber], Awaitable[Any]], **options: Any) -> Any:
    """The result of `ask` with a live prober, in an event loop of its own."""

    async def within() -> Any:
        async with LiveProber(**options) as prober:
            return await ask(prober)

    return asyncio.run(within())


def put(url: str) -> Any:
    with urllib.request.urlopen(urllib.request.Request(url, method="PUT"), timeout=10) as response:
        return json.load(response)


def press_allow(devtools: str, url: str, until: Callable[[], bool]) -> None:
    """Open a page in Chromium and press "Allow" as soon as there is such a button."""
    press = "document.getElementById('allow') && document.getElementById('allow').click()"
    with connect(devtools) as browser:
        browser.send(json.dumps({"id": 1, "method": "Page.navigate", "params": {"url": url}}))
        for number in range(2, 300):
            if until():
                return
            browser.send(json.dumps({"id": number, "method": "Runtime.evaluate", "params": {"expression": press}}))
            time.sleep(0.2)
    raise AssertionError("the browser did not come back")
