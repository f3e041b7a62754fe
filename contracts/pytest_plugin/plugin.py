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
"""Imported only for `--contract`: pytest runs that only use a mock need not wait for Schemathesis and Hypothesis."""

START = 30.0
"""The longest time in seconds to wait for a mock to start."""


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the hook for a project's own checks."""
    pluginmanager.add_hookspecs(hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of `mockserver check` for which pytest has none of its own."""
    group = parser.getgroup("contract", "contract check of a service")
    group.addoption("--contract", metavar="VENDOR|DOCUMENT", help="Check a service against this contract, as tests.")
    group.addoption(
        "--target", metavar="URL", help="The address of the service. Without it, the built-in mock is checked."
    )
    group.addoption(
        "--contract-auth",
        action="append",
        default=[],
        metavar="SECRET",
        help="A credential. MOCKSERVER_AUTH works too.",
    )
    group.addoption(
        "--contract-auth-file", type=Path, metavar="WFC.yaml", help="A Web Fuzzing Commons file with users."
    )
    group.addoption(
        "--contract-header",
        action="append",
        default=[],
        metavar="'NAME: VALUE'",
        help="A secret header of every request.",
    )
    group.addoption(
        "--contract-tenant", action="append", default=[], metavar="TENANT", help="The tenant of each credential."
    )
    group.addoption(
        "--contract-behaviour", action="append", default=[], type=Path, metavar="FILE", help="A behaviour file."
    )
    group.addoption(
        "--contract-rules-module",
        action="append",
        default=[],
        metavar="MODULE",
        help="A Python module with rules that the behaviour files name.",
    )
    group.addoption("--contract-insecure", action="store_true", help="Accept any certificate, such as a self-made one.")
    group.addoption("--contract-seed", type=int, default=0, metavar="N", help="The same seed sends the same requests.")
    group.addoption("--contract-quick", action="store_true", help="Run only the short checks.")
    group.addoption(
        "--contract-ignore",
        action="append",
        default=[],
        metavar="CHECK[:OPERATION]",
        help="Do not count these failures and warnings. [tool.mockserver.check] ignore in pyproject.toml works too.",
    )
    group.addoption("--contract-strict", action="store_true", help="Warnings fail tests.")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add the tests of the contract check after the project's own tests."""
    contract = config.getoption("contract")
    if config.getoption("target") and not contract:
        raise pytest.UsageError("--target needs --contract: name the vendor or document that the service implements")
    if contract:
        items += _suite()(session, config, contract)


def _suite() -> Callable[..., list[pytest.Item]]:
    """The function that makes the tests. Raises UsageError if the `check` extra is not installed."""
    try:
        made: Callable[..., list[pytest.Item]] = pkgutil.resolve_name(SUITE)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "contracts", "mockserver"):
            raise
        raise pytest.UsageError(f"--contract needs {package}: pip install 'mockserver[check]'") from None
    return made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the warnings, which fail no test."""
    reports = [each for name in ("passed", "failed") for each in terminalreporter.stats.get(name, ())]
    warnings = [text for each in reports for title, text in each.sections if title == "Captured contract warnings call"]
    if warnings:
        terminalreporter.section("contract warnings")
        for text in warnings:
            terminalreporter.write_line(text)


@pytest.fixture
def mock_app() -> Callable[..., Any]:
    """Makes a mock as an ASGI app: `mock_app("datagrid")`. Each mock starts empty, and its ids are the same every time.

    The options are those of `mockserver.create_app`.
    """

    def make(vendor_or_document: str | Path, **options: Any) -> Any:
        return sandbox(vendor_or_document, **{"seed": 0, **options})

    return make


@pytest.fixture
def mock_url(mock_app: Callable[..., Any]) -> Iterator[Callable[..., str]]:
    """Starts a mock on a free local port: `mock_url("datagrid")` returns its address. It stops after the test."""
    with contextlib.ExitStack() as running:
        yield lambda vendor_or_document, **options: running.enter_context(
            _served(mock_app(vendor_or_document, **options))
        )


@contextlib.contextmanager
def _served(app: Any) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        _wait_for(server, thread)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(START)
        listening.close()


def _wait_for(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + START
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the mock did not start")
        time.sleep(0.01)
