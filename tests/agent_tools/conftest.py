"""Sandboxes with tools for agents, and the SDK's own client, over both transports."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import httpx
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from tests.process import ENVIRONMENT, READY, ROOT, Processes, address

DOCUMENT = str(ROOT / "docs" / "petstore.yaml")


class Agent:
    """An MCP client that is connected, for tests without `await`."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._loop, self._connect = asyncio.new_event_loop(), connect
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._connected: Future[Client] = Future()
        self._stop = asyncio.Event()
        self._holding = asyncio.run_coroutine_threadsafe(self._hold(), self._loop)
        self._holding.add_done_callback(self._failed)

    async def _hold(self) -> None:
        """The client is entered and left in one task, as the SDK wants it."""
        async with Client(self._connect()) as client:
            self._connected.set_result(client)
            await self._stop.wait()

    def _failed(self, holding: Future[None]) -> None:
        if not self._connected.done():
            self._connected.set_exception(holding.exception() or RuntimeError("not connected"))

    def _run(self, request: Callable[[Client], Any]) -> Any:
        client = self._connected.result(60)
        return asyncio.run_coroutine_threadsafe(request(client), self._loop).result(120)

    def tools(self) -> list[Any]:
        """The tools that the server offers."""
        return self._run(lambda client: client.list_tools()).tools

    def call(self, tool: str, **arguments: Any) -> Any:
        """The structured result of a tool."""
        result = self._run(lambda client: client.call_tool(tool, arguments))
        assert not result.is_error, result.content
        return result.structured_content

    def error(self, tool: str, **arguments: Any) -> str:
        """The error that a tool answers with."""
        result = self._run(lambda client: client.call_tool(tool, arguments))
        assert result.is_error
        return result.content[0].text

    def close(self) -> None:
        """Leave the server."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._holding.result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def by_stdio(*arguments: str) -> Callable[[], Any]:
    """How to start `mockserver mcp` and connect to it."""
    command = ["-m", "mockserver", "mcp", *arguments]
    return lambda: stdio_client(StdioServerParameters(command=sys.executable, args=command, env=ENVIRONMENT))


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    """A served sandbox with two services."""
    with Processes() as processes:
        documents = (DOCUMENT, str(ROOT / "docs" / "shop.yaml"))
        _, lines = processes.start("serve", *documents, "--port", "0", "--no-access-log", until=READY)
        yield address(lines)


@pytest.fixture(scope="session", params=["stdio", "http"])
def agent(request: pytest.FixtureRequest) -> Iterator[Agent]:
    """An agent with a petstore: over standard input and output, and over streamable HTTP."""
    connected = Agent(by_stdio(DOCUMENT) if request.param == "stdio" else request.getfixturevalue("by_http"))
    yield connected
    connected.close()


@pytest.fixture(scope="session")
def by_http() -> Iterator[Callable[[], Any]]:
    """How to connect to `/_mock/mcp` of a served petstore."""
    with Processes() as processes:
        _, lines = processes.start("serve", DOCUMENT, "--port", "0", "--no-access-log", until=READY)
        yield lambda: streamable_http_client(f"{address(lines)}/_mock/mcp")


@pytest.fixture(autouse=True)
def _start_state(request: pytest.FixtureRequest) -> None:
    """Each test begins with the start state."""
    if "agent" in request.fixturenames:
        request.getfixturevalue("agent").call("reset")


@pytest.fixture(scope="session")
def wrong_petstore() -> Iterator[str]:
    """A server on this machine that ignores a filter."""
    program = [sys.executable, "-m", "uvicorn", "petstore_server:app", "--app-dir", "docs", "--port", "0"]
    with Processes() as processes:
        _, lines = processes.start(until="INFO:     Uvicorn running", program=program)
        url = lines[-1].partition(" on ")[2].split()[0]
        assert 200 == httpx.get(f"{url}/pets").status_code
        yield url
