"""Runs `mockserver` in processes that are forked from one which has imported it: an import takes a second each time.

A forked process has its own arguments, environment, folder and output, as one that a user starts.
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
import traceback
import warnings
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

MODULES = (
    "mockserver.cli.serve", "mockserver.cli.infer", "mockserver.cli.specs", "contracts.cli.check", "contracts.cli.replay",
    "contracts.cli.cleanup", "contracts.cli.merge", "contracts.conformance.schemathesis_run", "contracts.runner.runner",
)  # fmt: skip
"""What is imported once: the modules of the commands, and what they import when they run."""

OUTPUTS = 2


class CommandServer:
    """The process from which commands are forked; it ends with this one."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            program = [sys.executable, "-m", "tests.command_server", str(theirs.fileno())]
            self._process = subprocess.Popen(
                program, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=dict(environment)
            )
        self._socket, self._turn = ours, threading.Lock()
        atexit.register(self._socket.close)

    def run(self, arguments: tuple[str, ...], cwd: Path, seconds: float) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, and read what it prints. Raises TimeoutExpired; then it is killed."""
        with self._turn:
            return self._run(arguments, cwd, seconds)

    def _run(self, arguments: tuple[str, ...], cwd: Path, seconds: float) -> subprocess.CompletedProcess[str]:
        pipes = [os.pipe() for _ in range(OUTPUTS)]
        asked = json.dumps({"arguments": arguments, "cwd": str(cwd)}).encode()
        socket.send_fds(self._socket, [len(asked).to_bytes(4) + asked], [write for _, write in pipes])
        for _, write in pipes:
            os.close(write)
        pid = int.from_bytes(self._received(4))
        alarm = threading.Timer(seconds, os.kill, (pid, 9))
        alarm.start()
        texts = _read_all([read for read, _ in pipes])
        code = int.from_bytes(self._received(4), signed=True)
        if not alarm.is_alive() and code == -9:
            raise subprocess.TimeoutExpired([*arguments], seconds)
        alarm.cancel()
        return subprocess.CompletedProcess([*arguments], code, *texts)

    def _received(self, length: int) -> bytes:
        data = self._socket.recv(length, socket.MSG_WAITALL)
        assert len(data) == length, "the command server has ended"
        return data


def _read_all(pipes: list[int]) -> list[str]:
    """What is written to each of the pipes, read in turn until all are closed."""
    texts: dict[int, list[bytes]] = {pipe: [] for pipe in pipes}
    left = set(pipes)
    while left:
        for pipe in select.select(list(left), [], [])[0]:
            if data := os.read(pipe, 65536):
                texts[pipe].append(data)
            else:
                left.discard(pipe)
                os.close(pipe)
    return [b"".join(texts[pipe]).decode() for pipe in pipes]


def serve(connection: socket.socket) -> None:
    """Fork a process for each command that is asked for, one after the other."""
    for module in MODULES:
        with contextlib.suppress(ImportError):  # an extra that is not installed
            import_module(module)
    gc.freeze()
    while head := _head(connection):
        asked, outputs = head
        pid = os.fork()
        if pid == 0:
            connection.close()
            _become(asked, outputs)
        for output in outputs:
            os.close(output)
        connection.sendall(pid.to_bytes(4))
        connection.sendall(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]).to_bytes(4, signed=True))


def _head(connection: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """The next command with its outputs; None when no more will come."""
    outputs = array.array("i")
    data, ancillary, *_ = connection.recvmsg(4, socket.CMSG_LEN(OUTPUTS * outputs.itemsize))
    if not data:
        return None
    for _, _, content in ancillary:
        outputs.frombytes(content)
    length = int.from_bytes(data)
    return json.loads(connection.recv(length, socket.MSG_WAITALL)), list(outputs)


def _become(asked: dict[str, Any], outputs: list[int]) -> None:
    """Be the command, in a forked process, to its end."""
    for output, place in zip(outputs, (1, 2), strict=True):
        os.dup2(output, place)
        os.close(output)
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
    threading._shutdown()  # type: ignore[attr-defined]  # what the interpreter does at its end
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    serve(socket.socket(fileno=int(sys.argv[1])))
