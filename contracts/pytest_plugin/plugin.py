"""The pytest plugin: fixtures that start a mock in this process or on a free port, and `pytest --contract VENDOR`."""

from __future__ import annotations

import contextlib
import pkgutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from contracts.client.builtin_mock import sandbox
from contracts.pytest_plugin import hooks

SUITE = "contracts.pytest_plugin.suite:tests"
"""Named, so that who only wants a mock does not wait for the tools of an examination."""

START = 30.0
"""Seconds that a mock is given to begin answering."""


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Let a project have promises of its own."""
    pluginmanager.add_hookspecs(hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    """What `mockserver check` takes, as far as pytest has no words of its own for it."""
    group = parser.getgroup("contract", "examination of a service against its contract")
    group.addoption("--contract", metavar="VENDOR|DOCUMENT", help="Examine a service, as tests.")
    group.addoption("--target", metavar="URL", help="Where the service is; without it the built-in mock.")
    group.addoption(
        "--contract-auth", action="append", default=[], metavar="SECRET", help="A credential; or set MOCKSERVER_AUTH."
    )
    group.addoption("--contract-auth-file", type=Path, metavar="WFC.yaml", help="Users and how they log in.")
    group.addoption(
        "--contract-header", action="append", default=[], metavar="'NAME: VALUE'", help="With each request."
    )
    group.addoption("--contract-tenant", action="append", default=[], metavar="TENANT", help="Of each credential.")
    group.addoption("--contract-behaviour", action="append", default=[], type=Path, metavar="FILE", help="An overlay.")
    group.addoption("--contract-seed", type=int, default=0, metavar="N", help="The same seed sends the same requests.")
    group.addoption("--contract-quick", action="store_true", help="What a push in CI has time for.")
    group.addoption("--contract-strict", action="store_true", help="A breach of what is inferred is a failure too.")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the tests of an examination behind the project's own."""
    wanted = config.getoption("contract")
    if config.getoption("target") and not wanted:
        raise pytest.UsageError("--target needs --contract: what is the service to keep?")
    if wanted:
        items += pkgutil.resolve_name(SUITE)(session, config, wanted)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell where the service differs from what is only inferred or assumed: that fails no test."""
    reports = [each for name in ("passed", "failed") for each in terminalreporter.stats.get(name, ())]
    warnings = [text for each in reports for title, text in each.sections if title == "Captured contract warnings call"]
    if warnings:
        terminalreporter.section("contract warnings")
        for text in warnings:
            terminalreporter.write_line(text)


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
