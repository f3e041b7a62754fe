"""Live sync in a thread of its own, so that reading responses of MCP servers does not delay other requests.

The MCP SDK needs some thirty milliseconds to read a list of five hundred tools, and blocks its event loop meanwhile. A
hundred registrations at once cause many such blocks in a row. With an event loop of their own, other requests wait for
at most one of them.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine, Iterable, Mapping
from threading import Thread
from typing import Any, Self, TypeVar

import anyio
import anyio.lowlevel

from mockserver.mcp_sync.live import LiveProber
from mockserver.mcp_sync.prober import McpConnection, Outcome

SWITCH_SECONDS = 0.0005
"""How long a thread may run while another one waits. A request waits at each of its system calls, so that Python's
default of five milliseconds would add up."""

T = TypeVar("T")


class ThreadedProber:
    """A `LiveProber` that works in a thread of its own, with the same settings and the same answers.

    Its methods are called from one event loop, and the answers arrive there. From now on Python switches between the
    threads of this process more often (`SWITCH_SECONDS`).
    """

    mode = LiveProber.mode

    def __init__(self, inner: LiveProber) -> None:
        self._inner, self.reach = inner, inner.reach
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._work, name="live sync", daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(_warm_up(), self._loop).result()
        sys.setswitchinterval(SWITCH_SECONDS)

    def probe(self, connection: McpConnection) -> asyncio.Future[Outcome]:
        """As `LiveProber.probe`."""
        return self._there(self._inner.probe(connection))

    def read_resource(self, connection: McpConnection, uri: str) -> asyncio.Future[Mapping[str, Any] | Outcome | None]:
        """As `LiveProber.read_resource`."""
        return self._there(self._inner.read_resource(connection, uri))

    def get_prompt(
        self, connection: McpConnection, name: str, arguments: Mapping[str, str]
    ) -> asyncio.Future[Mapping[str, Any] | Outcome | None]:
        """As `LiveProber.get_prompt`."""
        return self._there(self._inner.get_prompt(connection, name, arguments))

    def complete(self, state: str, code: str, *, issuer: str | None = None) -> asyncio.Future[str]:
        """As `LiveProber.complete`."""
        return self._there(self._inner.complete(state, code, issuer=issuer))

    def forget(self, owner: str = "") -> None:
        """As `LiveProber.forget`; it is done before any later question."""
        self._loop.call_soon_threadsafe(self._inner.forget, owner)

    async def aclose(self) -> None:
        """End every open authorization and the thread."""
        if self._thread.is_alive():
            await self._there(self._inner.aclose())
            self._loop.call_soon_threadsafe(self._loop.stop)
            await asyncio.to_thread(self._thread.join)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def _there(self, work: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        """The result of work in the thread's loop. Cancelling it here cancels it there."""
        return asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def _work(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.get_loop().run_forever()


def live(allow: Iterable[str] = (), *, allow_stdio: bool = False) -> ThreadedProber:
    """The prober of `mockserver serve --sync live`.

    Raises:
        SyncError: a value of `allow` cannot be read.
    """
    return ThreadedProber(LiveProber(allow, allow_stdio=allow_stdio))


async def _warm_up() -> None:
    """Import now what the libraries import at first use, so that no request waits for it."""
    await anyio.lowlevel.checkpoint()
    "localhost".encode("idna")
