"""Logs that apps share, and apps on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import mockserver
from mockserver.state.shared_log import SharedLog
from mockserver.stores.memory_log import MemoryLog
from mockserver.stores.opening import open_log
from mockserver.web.app import Sandbox
from tests.client import Client

DOCUMENT = Path(__file__).with_name("rooms.yaml")


class AppClient(Client):
    """A client that knows its app."""

    def __init__(self, app: Sandbox) -> None:
        super().__init__(app)
        self.app = app


Open = Callable[[], SharedLog]
Start = Callable[..., AppClient]


@pytest.fixture(params=["memory", "sqlite", "redis"])
def open_handle(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """A function that opens the log once more."""
    if request.param == "memory":
        shared = MemoryLog()
        return lambda: shared
    address: str = request.getfixturevalue("redis_address") if request.param == "redis" else str(tmp_path / "log.db")
    return lambda: open_log(address)


@pytest.fixture
def start() -> Iterator[Start]:
    """A function that makes an app on a log, and gives a client of it."""
    with ExitStack() as stack:

        def started(
            log: SharedLog, *, document: str | Path = DOCUMENT, stale_reads: bool = False, **options: Any
        ) -> AppClient:
            app = mockserver.create_app(document, is_shared=True, journal=100, **options)
            app.share(log, stale_reads=stale_reads)
            stack.callback(log.close)
            return stack.enter_context(AppClient(app))

        yield started
