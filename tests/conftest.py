"""What the whole test suite shares."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from httpx._config import DEFAULT_TIMEOUT_CONFIG
from httpx._transports import default
from hypothesis import HealthCheck, settings

from tests.foreign import served
from tests.inner_pytest import kept_imports
from tests.package import UnobtainableError, unpacked
from tests.redis_process import RedisProcess

SHARED = Path(__file__).parents[1].parent / "shared"

# How long an example takes says more about the machine than about the code: neither deadlines nor slowness fail a test.
PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("here", max_examples=50, print_blob=True, **PATIENT)
settings.register_profile("ci", max_examples=50, derandomize=True, print_blob=True, **PATIENT)
settings.register_profile("thorough", max_examples=2_000, **PATIENT)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "here"))

# httpx reads the certificates of all authorities for each client, which takes longer than the requests of a test.
default.create_ssl_context = cache(httpx.create_ssl_context)

# Beside other work a server may take longer than the five seconds that httpx waits by itself.
for phase in ("connect", "read", "write", "pool"):
    setattr(DEFAULT_TIMEOUT_CONFIG, phase, 60.0)

QUIET_BROWSER = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow tests: the last one to end would keep a core to itself."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what is imported: it went through all of it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of facts and corpora that lies beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the folder of shared facts and corpora does not lie beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def package() -> Callable[[str], Path]:
    """A function that gives the folder of an npm package; it skips the test where that cannot be had."""

    def folder(name: str) -> Path:
        try:
            return unpacked(name)
        except UnobtainableError as fault:
            pytest.skip(str(fault))

    return folder


@pytest.fixture
def pytester(_imports_are_kept: None, pytester: pytest.Pytester) -> pytest.Pytester:
    """As in pytest, for `run_pytest`."""
    return pytester


@pytest.fixture
def _imports_are_kept() -> Iterator[None]:
    with kept_imports():
        yield


@pytest.fixture
def foreign() -> Iterator[Callable[[str], str]]:
    """A function that runs an MCP server of `tests.foreign` and gives its URL; skips where that cannot be had."""
    with ExitStack() as running:

        def start(name: str) -> str:
            try:
                return running.enter_context(served(name))
            except UnobtainableError as fault:
                pytest.skip(str(fault))

        yield start


@pytest.fixture(scope="session")
def redis_process() -> Iterator[RedisProcess]:
    """A Redis server that keeps nothing on disk; who stops it starts it again."""
    with RedisProcess() as process:
        yield process


@pytest.fixture
def redis_address(redis_process: RedisProcess) -> str:
    """The address of an own part of a Redis server, as `--store` takes it."""
    return f"{redis_process.address}?prefix={uuid4().hex}"


@pytest.fixture
def browse(tmp_path: Path) -> Callable[..., str]:
    """A function that opens an address in headless Chromium and returns the page as it is after `milliseconds`.

    Further flags go to Chromium as they are.
    """
    program = chromium()

    def open_page(address: str, *flags: str, milliseconds: int = 15_000) -> str:
        profile = f"--user-data-dir={tmp_path / 'profile'}"
        command = [program, *QUIET_BROWSER, profile, "--dump-dom", f"--virtual-time-budget={milliseconds}", *flags]
        done = subprocess.run([*command, address], capture_output=True, text=True, timeout=120, check=True)
        return done.stdout

    return open_page


@pytest.fixture
def devtools(tmp_path: Path) -> Iterator[str]:
    """The address at which a headless Chromium can be told what to do (Chrome DevTools Protocol)."""
    with browser_in(tmp_path, 60) as address:
        yield address


@contextmanager
def browser_in(folder: Path, seconds: float) -> Iterator[str]:
    """That address of a new Chromium, whose profile is in a folder and which has so many seconds to start."""
    flags = [*QUIET_BROWSER, f"--user-data-dir={folder}", "--remote-debugging-port=0", "about:blank"]
    process = subprocess.Popen([chromium(), *flags], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    active = folder / "DevToolsActivePort"
    try:
        until = time.monotonic() + seconds
        while not (active.is_file() and "\n" in active.read_text()) and time.monotonic() < until:
            time.sleep(0.1)
        targets = httpx.get(f"http://127.0.0.1:{active.read_text().split()[0]}/json/list").json()
        yield str(next(target["webSocketDebuggerUrl"] for target in targets if target["type"] == "page"))
    finally:
        process.terminate()
        process.wait(20)


def chromium() -> str:
    """The program of Chromium; it skips the test where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium on this machine")
    return program
