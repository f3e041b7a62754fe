"""Live sync in a thread of its own, so that what servers send never holds up those who ask something else.

Reading a list of five hundred tools takes the MCP SDK some thirty milliseconds in which nothing else happens in its
event loop, and a hundred registrations at once bring many of them one after the other. With a loop of their own, other
requests wait at most for one such piece.
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
"""How long a thread may go on when another one waits. A request waits at each of its system calls, so that Python's
usual five milliseconds would add up."""

T = TypeVar("T")


class ThreadedProber:
    """A `LiveProber` whose work happens in a thread of its own: the same settings, the same answers.

    Its methods are called from one event loop, its answers arrive there. Python switches between the threads of this
    process more often from now on (`SWITCH_SECONDS`).
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
        """As `LiveProber.forget`; what is asked from now on finds it done."""
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
        """The result of some work in the thread's loop; giving it up here gives it up there."""
        return asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def _work(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.get_loop().run_forever()


def live(allow: Iterable[str] = (), *, allow_stdio: bool = False) -> ThreadedProber:
    """What `mockserver serve --sync live` asks servers with.

    Raises:
        SyncError: a value of `allow` cannot be read.
    """
    return ThreadedProber(LiveProber(allow, allow_stdio=allow_stdio))


async def _warm_up() -> None:
    """Import now what is imported at first use, so that no request pays for it."""
    await anyio.lowlevel.checkpoint()
    "localhost".encode("idna")
