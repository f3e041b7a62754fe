"""One sandbox that all tests with the same documents and options share, each in a namespace of its own."""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import Any

import uvicorn

from mockserver.client import Sandbox as Client
from mockserver.pytest_plugin.app_transport import AppTransport
from mockserver.pytest_plugin.loop_thread import LoopThread
from mockserver.web.app import Sandbox
from mockserver.web.serving.server_options import SERVER_OPTIONS

IN_PROCESS = "http://mock"
"""The address of a sandbox that listens on no port."""

GRACE = 1
"""How many seconds open requests may take when the tests are over."""


class SharedSandbox:
    """A sandbox in this process. It listens on a port from the first test on that needs one."""

    def __init__(self, app: Sandbox) -> None:
        self.app, self._loop = app, LoopThread()
        self._server: _BackgroundServer | None = None
        self._serving: asyncio.Task[None] | None = None

    @cached_property
    def in_process(self) -> Client:
        """A client that needs no port."""
        return Client(IN_PROCESS, transport=self.transport)

    @cached_property
    def over_port(self) -> Client:
        """A client of the port."""
        return Client(self._loop.run(self._listen()))

    def transport(self) -> AppTransport:
        """A transport of httpx to the app."""
        return AppTransport(self.app, self._loop)

    def close(self) -> None:
        """Stop listening."""
        for name in ("in_process", "over_port"):
            if name in self.__dict__:
                self.__dict__[name].close()
        self._loop.run(self._stop())
        self._loop.close()

    async def _listen(self) -> str:
        # uvicorn opens the port itself: only then does asyncio set TCP_NODELAY, without which a response takes 40 ms.
        config = uvicorn.Config(self.app, host="127.0.0.1", port=0, **OPTIONS)
        self._server = server = _BackgroundServer(config)
        self._serving = asyncio.create_task(server.serve())
        await asyncio.wait({self._serving, server.is_up}, return_when=asyncio.FIRST_COMPLETED)
        if not server.started:
            raise RuntimeError("the mock does not start: see the log above")
        address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        self.app.reached_at(address)
        return address

    async def _stop(self) -> None:
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving


class _BackgroundServer(uvicorn.Server):
    """A uvicorn server; the future `is_up` has a result when it listens, or cannot."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.is_up.set_result(None)


OPTIONS: dict[str, Any] = {**SERVER_OPTIONS, "log_config": None, "timeout_graceful_shutdown": GRACE}
"""As `mockserver serve` has them; the logging of the tests stays as it is."""
