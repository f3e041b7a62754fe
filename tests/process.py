"""Programs of this project started as a user starts them, on a free port, and stopped when the test is over."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Self

from tests.command_server import CommandServer, ForkedProcess

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "mockserver"]

# Hypothesis keeps the constants of all modules in the current folder; in each folder of a test it read them again.
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(ROOT / ".hypothesis"))
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", "PYTHONUNBUFFERED": "1"}

PATIENCE = 180
"""Seconds in which a program must print the line that a test waits for."""

MAY_FORK = not os.environ.keys() & {"COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"}
"""Where coverage is measured, each process is measured from its start, so that none may be forked."""

READY = "Press Ctrl-C to stop"
"""How the last line begins that `mockserver serve` prints when it listens."""

Start = Callable[..., tuple["subprocess.Popen[str]", list[str]]]


class Processes:
    """Starts `mockserver` and reads what it prints until a line that begins as expected."""

    def __init__(self) -> None:
        self._started: list[subprocess.Popen[str]] = []

    def start(
        self, *arguments: str, until: str, program: Sequence[str] = COMMAND, cwd: Path = ROOT
    ) -> tuple[subprocess.Popen[str], list[str]]:
        """The process and the lines it printed up to the one that begins with `until`."""
        pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "cwd": cwd}
        process: subprocess.Popen[str]
        if program is COMMAND and MAY_FORK:
            process = ForkedProcess(_command_server(), arguments, env=ENVIRONMENT, **pipes)
        else:
            process = subprocess.Popen([*program, *arguments], text=True, env=ENVIRONMENT, **pipes)
        self._started.append(process)
        assert process.stdout is not None
        lines: list[str] = []
        # A line that never comes must fail this one test, not stop the whole run.
        alarm = threading.Timer(PATIENCE, process.kill)
        alarm.start()
        try:
            for line in process.stdout:
                lines.append(line.rstrip("\n"))
                if line.startswith(until):
                    return process, lines
        finally:
            alarm.cancel()
        printed = "\n  ".join(lines)
        raise AssertionError(f"`mockserver {' '.join(arguments)}` printed no {until!r} line, but:\n  {printed}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._started:
            process.kill()
            process.communicate()


def address(lines: Iterable[str]) -> str:
    """The URL of a server that printed these lines at its start."""
    return next(found[1] for line in lines if (found := re.match(r"state: +(http://[^/]+)/", line)))


def run(
    *arguments: str, cwd: Path = ROOT, seconds: float = PATIENCE, environment: Mapping[str, str] = ENVIRONMENT
) -> subprocess.CompletedProcess[str]:
    """`mockserver` run to its end."""
    if MAY_FORK and _of_interpreter(environment) == _of_interpreter(ENVIRONMENT):
        pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": cwd, "env": environment}
        with ForkedProcess(_command_server(), arguments, **pipes) as process:
            try:
                printed = process.communicate(timeout=seconds)
            finally:
                process.kill()
            return subprocess.CompletedProcess(arguments, process.returncode, *printed)
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=seconds, check=False, cwd=cwd, env=environment
    )


def _of_interpreter(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that Python itself reads when it starts."""
    return {name: value for name, value in environment.items() if name.startswith("PYTHON")}


@cache
def _command_server() -> CommandServer:
    return CommandServer(ENVIRONMENT)


def await_port(port: int, process: subprocess.Popen[Any], seconds: float = 60.0) -> None:
    """Wait until a process accepts connections at a port; fail if it ends before, or takes longer."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nothing listens at {port} after {seconds:g} seconds")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
