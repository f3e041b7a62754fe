"""One Chromium and one sandbox for all tests of the dashboard."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import QUIET_BROWSER, chromium
from tests.dashboard.browser import BrowserPage, opened
from tests.process import READY, Processes, address


@pytest.fixture(scope="package")
def sandbox() -> Iterator[str]:
    """The address of a sandbox with two services."""
    with Processes() as processes:
        yield address(processes.start("serve", "docs/petstore.yaml", "docs/shop.yaml", "--port", "0", until=READY)[1])


@pytest.fixture(scope="package")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address at which the browser can be told what to do."""
    folder = tmp_path_factory.mktemp("chromium")
    flags = [*QUIET_BROWSER, f"--user-data-dir={folder}", "--remote-debugging-port=0", "about:blank"]
    process = subprocess.Popen([chromium(), *flags], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield devtools(folder / "DevToolsActivePort")
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def page(browser: str, sandbox: str) -> Iterator[BrowserPage]:
    """A page of the browser, with a sandbox as it is at its start. It fails a test whose scripts fail."""
    for path in ("reset?namespace=*", "namespaces/other"):
        httpx.request("POST" if "reset" in path else "DELETE", f"{sandbox}/_mock/{path}")
    httpx.delete(f"{sandbox}/_mock/requests")
    with opened(browser, sandbox) as shown:
        yield shown
        assert [] == shown.errors


def devtools(active: Path) -> str:
    until = time.monotonic() + 120
    while not (active.is_file() and "\n" in active.read_text()) and time.monotonic() < until:
        time.sleep(0.1)
    targets = httpx.get(f"http://127.0.0.1:{active.read_text().split()[0]}/json/list").json()
    return str(next(target["webSocketDebuggerUrl"] for target in targets if target["type"] == "page"))
