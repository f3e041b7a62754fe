"""Runs `mockserver` in processes that are forked from one which has imported it: an import takes a second each time.

A forked process has its own arguments, folder and output, as one that a user starts.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import gc
import json
import os
import random
import runpy
import select
import socket
import subprocess
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

MODULES = (
    "mockserver.cli.serve",
    "mockserver.web.hosted_app",
    "mockserver.web.middleware.cors",
    "mockserver.web.admin.agent_endpoint",
    "mockserver.web.admin.shared_namespace",
    "mockserver.cli.overrides_file",
    "mockserver.cli.state_file",
    "mockserver.cli.workers",
    "mockserver.stores.opening",
    "mockserver.deliveries.sender",
    "mockserver.cli.infer",
    "mockserver.cli.specs",
    "contracts.cli.check",
    "contracts.cli.cleanup",
    "contracts.cli.merge",
    "contracts.cli.replay",
    "contracts.conformance.schemathesis_run",
    "contracts.runner.runner",
)
"""What is imported once: the modules of the commands, and what they import when they run."""

STDOUT, STDERR, STATUS = range(3)
"""The files that a command gets, in this order. The last one tells its process id and its exit code."""

INTEGER = 4
"""The bytes of each number on a socket or a pipe."""


class CommandServer:
    """The process from which commands are forked; it ends with this one."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            program = [sys.executable, "-m", "tests.command_server", str(theirs.fileno())]
            self._process = subprocess.Popen(
                program, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=dict(environment)
            )
        self._turn = threading.Lock()
        atexit.register(self._close)

    def _close(self) -> None:
        self._socket.close()
        self._process.wait(30)

    def fork(self, arguments: Sequence[str], cwd: str, environment: Mapping[str, str], files: list[int]) -> None:
        """Let a process run `mockserver` with these arguments and this environment."""
        asked = json.dumps({"arguments": arguments, "cwd": cwd, "environment": dict(environment)}).encode()
        with self._turn:
            socket.send_fds(self._socket, [len(asked).to_bytes(INTEGER) + asked], files)


class ForkedProcess(subprocess.Popen[str]):
    """`mockserver` in a process of a CommandServer, to be used as any Popen with `env`. `args` are its arguments."""

    def __init__(self, server: CommandServer, arguments: Sequence[str], **options: Any) -> None:
        self._server = server
        self._status, self._status_end = os.pipe()
        super().__init__([*arguments], text=True, **options)

    def _execute_child(self, *given: Any) -> None:
        arguments, cwd, environment, (stdout, _, stderr) = given[0], given[5], given[6], given[13:16]
        self._server.fork(arguments, str(cwd), environment, [stdout, stderr, self._status_end])
        for end in {stdout, stderr, self._status_end}:
            os.close(end)
        self.pid = _integer(os.read(self._status, INTEGER))
        self._child_created = True

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._status], [], [], 0)[0]:
            self._ended()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        until = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                raise subprocess.TimeoutExpired(self.args, timeout or 0.0)
            select.select([self._status], [], [], left)
        return self.returncode

    def _ended(self) -> None:
        self.returncode = _integer(os.read(self._status, INTEGER))
        os.close(self._status)


def _integer(data: bytes) -> int:
    assert len(data) == INTEGER, "the command server has ended"
    return int.from_bytes(data, signed=True)


def serve(connection: socket.socket) -> None:
    """Fork a process for each command that is asked for."""
    for module in MODULES:
        with contextlib.suppress(ImportError):  # an extra that is not installed
            import_module(module)
    gc.freeze()
    while (found := _next(connection)) is not None:
        asked, files = found
        if os.fork() == 0:
            connection.close()
            _keep(asked, files)
        for file in files:
            os.close(file)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _next(connection: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """The next command with its files; None when no more will come."""
    files = array.array("i")
    data, ancillary, *_ = connection.recvmsg(INTEGER, socket.CMSG_LEN(3 * files.itemsize))
    if not data:
        return None
    for _, _, content in ancillary:
        files.frombytes(content)
    return json.loads(connection.recv(int.from_bytes(data), socket.MSG_WAITALL)), list(files)


def _keep(asked: dict[str, Any], files: list[int]) -> None:
    """Start the command in a process of its own, and tell when it has ended."""
    pid = os.fork()
    if pid == 0:
        _become(asked, files)
    os.close(files[STDOUT])
    os.close(files[STDERR])
    with contextlib.suppress(BrokenPipeError):
        os.write(files[STATUS], pid.to_bytes(INTEGER, signed=True))
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.write(files[STATUS], code.to_bytes(INTEGER, signed=True))
    os._exit(0)


def _become(asked: dict[str, Any], files: list[int]) -> None:
    """Be the command to its end."""
    os.dup2(files[STDOUT], 1)
    os.dup2(files[STDERR], 2)
    for file in files:
        os.close(file)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["cwd"])
    sys.path[0] = asked["cwd"]  # as `python -m` does
    random.seed()
    code: Any = 0
    try:
        sys.argv = ["mockserver", *asked["arguments"]]
        runpy.run_module("mockserver", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001  # as the interpreter does
        traceback.print_exc()
        code = 1
    if isinstance(code, str):
        print(code, file=sys.stderr)  # noqa: T201
    _end(code if isinstance(code, int) else int(code is not None))


def _end(code: int) -> None:
    """What the interpreter does at its end."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    serve(socket.socket(fileno=int(sys.argv[1])))
