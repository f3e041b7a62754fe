"""The tools that are compared, and how each is started with an attempt."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from tests.compared import mockoon, ours, prism, wiremock
from tests.compared.attempt import Attempt, Trial
from tests.process import ROOT, free_port

DOCUMENT = ROOT / "docs" / "petstore.yaml"
PATIENCE = 60
"""Seconds in which a tool must listen."""


class Tool(NamedTuple):
    """A tool: its name with the version, its attempts by task, and the command that starts it.

    The command gets the folder of npm packages, that of the attempt, and a port.
    """

    name: str
    attempts: Mapping[str, Attempt]
    command: Callable[[Path, Path, int], list[str]]


def _ours(packages: Path, folder: Path, port: int) -> list[str]:
    # In a terminal it prints a line for each request; here its output is a file, and it has to be asked.
    return [sys.executable, "-m", "mockserver", "serve", str(DOCUMENT), "--port", str(port), "--access-log"]


def _wiremock(packages: Path, folder: Path, port: int) -> list[str]:
    jar = next((packages / "node_modules" / "wiremock" / "build").glob("wiremock-standalone-*.jar"))
    local = ["--bind-address", "127.0.0.1", "--disable-banner"]
    return ["java", "-jar", str(jar), "--port", str(port), "--root-dir", str(folder), *local]


def _prism(packages: Path, folder: Path, port: int) -> list[str]:
    document = folder / "openapi.yaml"
    text, added = DOCUMENT.read_text("utf-8"), folder / "example"
    if added.is_file():  # an example that the user writes below the response of listPets
        head, _content, rest = text.partition("          content:\n            application/json:\n")
        text = head + added.read_text("utf-8") + rest
    document.write_text(text, "utf-8")
    return [str(packages / "node_modules" / ".bin" / "prism"), "mock", "--port", str(port), str(document)]


def _mockoon(packages: Path, folder: Path, port: int) -> list[str]:
    own = folder / mockoon.MOCK
    data = own if own.is_file() else DOCUMENT
    program = str(packages / "node_modules" / ".bin" / "mockoon-cli")
    return [program, "start", "--repair", "--disable-log-to-file", "--data", str(data), "--port", str(port)]


TOOLS = (
    Tool("mockserver", ours.ATTEMPTS, _ours),
    Tool("WireMock 3.13.2", wiremock.ATTEMPTS, _wiremock),
    Tool("Prism 5.16.0", prism.ATTEMPTS, _prism),
    Tool("Mockoon CLI 9.9.0", mockoon.ATTEMPTS, _mockoon),
)


@contextmanager
def running(tool: Tool, attempt: Attempt, packages: Path, folder: Path) -> Iterator[Trial]:
    """The tool with the files and flags of an attempt, until the block ends."""
    for name, text in {"mappings/.keep": "", "__files/.keep": "", **attempt.files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    port, log = free_port(), folder / "terminal.log"
    flags = attempt.flags.replace("$T", "secret").split()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*tool.command(packages, folder, port), *flags],
            stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=folder, start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        try:
            _wait(f"http://127.0.0.1:{port}", process, log)
            yield Trial(attempt, f"http://127.0.0.1:{port}", folder, log)
        finally:
            # npm's programs are wrappers: their children are in the same group.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(f"{url}/favicon.ico")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"it does not listen: {log.read_text('utf-8', 'replace')[-500:]}")
