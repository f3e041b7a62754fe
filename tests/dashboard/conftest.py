"""One Chromium and one sandbox for all tests of the dashboard."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.conftest import browser_in
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
    with browser_in(tmp_path_factory.mktemp("chromium"), 120) as told:
        yield told


@pytest.fixture
def page(browser: str, sandbox: str) -> Iterator[BrowserPage]:
    """A page of the browser, with a sandbox as it is at its start. It fails a test whose scripts fail."""
    for path in ("reset?namespace=*", "namespaces/other"):
        httpx.request("POST" if "reset" in path else "DELETE", f"{sandbox}/_mock/{path}")
    httpx.delete(f"{sandbox}/_mock/requests")
    with opened(browser, sandbox) as shown:
        yield shown
        assert [] == shown.errors
