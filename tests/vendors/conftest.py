"""Clients of the vendors' mocks. openapi-core validates every reply, too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import mockserver
from mockserver.mcp_sync.prober import McpConnection, Outcome
from mockserver.mcp_sync.simulated import SimulatedProber
from tests.judge import JudgedClient
from tests.mcp_sync.live import in_thread

Connect = Callable[..., JudgedClient]
Overlay = Callable[..., list[Path]]
Serve = Callable[[object], str]


class Attentive(SimulatedProber):
    """The simulation, which remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[McpConnection] = []

    def probe(self, connection: McpConnection) -> Outcome:
        """As in Prober."""
        self.asked.append(connection)
        return super().probe(connection)


@pytest.fixture
def connect() -> Iterator[Connect]:
    """A function `connect(vendor, credential, app=None, **options)` that gives a judged client of a vendor's sandbox.

    Further options go to `create_app`; without `app` each client has a sandbox of its own.
    """
    opened: list[JudgedClient] = []

    def open_client(
        vendor: str, credential: str, app: object = None, headers: dict[str, str] | None = None, **options: object
    ) -> JudgedClient:
        served = app or mockserver.create_app(vendor, **options)  # type: ignore[arg-type]
        client = JudgedClient(served, vendor, {"Authorization": f"Bearer {credential}", **(headers or {})})
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A function that serves an app by uvicorn on a free port of loopback, and returns its address."""
    started: list[Callable[[], None]] = []
    yield lambda app: in_thread(lambda address: app, started)
    for stop in started:
        stop()


@pytest.fixture
def overlay(tmp_path: Path) -> Overlay:
    """A function that writes a user's own behaviour file of some overlay actions, to be applied after the vendor's."""

    def write(*actions: dict[str, Any]) -> list[Path]:
        file = tmp_path / "mine.json"
        info = {"title": "Mine", "version": "1"}
        file.write_text(json.dumps({"overlay": "1.0.0", "info": info, "actions": actions}), encoding="utf-8")
        return [file]

    return write
