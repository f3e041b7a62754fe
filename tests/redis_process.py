"""A real Redis server for tests, on a Unix socket, without files unless they are asked for."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import pytest


class RedisProcess:
    """Starts redis-server; `address` is its address. With `is_kept`, it writes what it has (AOF) and has it again.

    It leaves it to the system when that is written to the disk: while it waits for a slow disk itself, it may answer
    up to two seconds before it writes, and loses that when it is killed.

    It listens at a port of the loopback address too, if that is not 0. `options` are further ones of redis-server.
    """

    def __init__(self, *, is_kept: bool = False, port: int = 0, options: Sequence[str] = ()) -> None:
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        if program is None:
            pytest.skip("no redis-server on this machine (on Debian and Ubuntu: apt install redis-server)")
        # The path of a Unix socket is short: pytest's folders may be too long for one.
        self._folder = Path(tempfile.mkdtemp(prefix="redis"))
        self._socket = self._folder / "s"
        self.address = f"unix://{self._socket}"
        self._command = [program, "--unixsocket", str(self._socket), "--dir", str(self._folder)]
        self._command += ["--port", str(port), "--bind", "127.0.0.1"]
        self._command += ["--save", "", "--appendonly", "yes" if is_kept else "no", "--appendfsync", "no", *options]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._socket.unlink(missing_ok=True)
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while not self._answers():
            assert self._process.poll() is None, "redis-server ended"
            assert time.monotonic() < until, "redis-server does not answer"
            time.sleep(0.01)

    def kill(self) -> None:
        """End the server at once, as a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def signal(self, number: int) -> None:
        """Send the server a signal: SIGSTOP makes it one that does not answer."""
        assert self._process is not None
        self._process.send_signal(number)

    def command(self, line: str) -> bytes:
        """The beginning of the answer to a command, as the protocol of Redis writes it."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(self._socket))
            connection.sendall(line.encode() + b"\r\n")
            return connection.recv(4096)

    def _answers(self) -> bool:
        try:
            return self.command("PING").startswith((b"+PONG", b"-NOAUTH"))  # the second wants a password
        except OSError:
            return False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)
