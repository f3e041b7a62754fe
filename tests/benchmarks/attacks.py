"""Sends what once stopped the mock, and prints how long each took, what it answered and how the memory grew.

    python tests/benchmarks/attacks.py

"others" is the longest time in seconds that a small request on another connection took meanwhile: one loop answers
all. The last rows are about `mockserver check` against a server that means harm.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.soak import memory
from tests.contracts.hostile_server import hostile
from tests.process import COMMAND, ENVIRONMENT, ROOT

MOST = 60.0
"""Seconds that an attack may take."""

TEXT: dict[str, Any] = {"type": "string"}
TEXTS: dict[str, Any] = {"type": "array", "items": TEXT}
ANYTHING: dict[str, Any] = {"type": "object", "properties": {"id": TEXT}}
CLOSED: dict[str, Any] = {
    **ANYTHING,
    "properties": {"id": TEXT, "a": {"type": "integer"}},
    "additionalProperties": False,
}
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
NAMES = "abcde"


def _post(schema: dict[str, Any], *media: str) -> dict[str, Any]:
    content = {name: {"schema": schema} for name in media or ("application/json",)}
    return {"post": {"requestBody": {"content": content}, "responses": {"204": {"description": "done"}}}}


def _document() -> dict[str, Any]:
    lists = {"type": "object", "properties": {"a": TEXTS}, "xml": {"name": "r"}}
    path = [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in NAMES]
    split = "/many/" + "-".join(f"{{{name}}}" for name in NAMES)
    done = {"204": {"description": "done"}}
    header = [{"name": "X", "in": "header", "schema": TEXTS}]
    item = {"content": {"application/json": {"schema": ANYTHING}}}
    many = {"content": {"application/json": {"schema": {"type": "array", "items": ANYTHING}}}}
    things = {
        "get": {"responses": {"200": {"description": "things", **many}}},
        "post": {"requestBody": item, "responses": {"201": {"description": "a thing", **item}}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Target", "version": "1"},
        "paths": {
            "/lists": _post(lists, FORM, "multipart/form-data", "application/xml"),
            "/closed": _post(CLOSED),
            "/headers": {"get": {"parameters": header, "responses": done}},
            split: {"get": {"parameters": path, "responses": done}},
            "/things": things,
        },
    }


def request(target: str, body: bytes = b"", media: str = "application/json", more: bytes = b"") -> bytes:
    """The bytes of a request, with headers `more`."""
    start = f"{'POST' if body else 'GET'} {target} HTTP/1.1\r\nHost: a\r\n"
    head = f"Content-Type: {media}\r\nContent-Length: {len(body)}\r\n" if body else ""
    return (start + head).encode() + more + b"\r\n" + body


def deep(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


ATTACKS: dict[str, Callable[[], tuple[bytes, int]]] = {
    "320 kB of one form field": lambda: (request("/lists", b"a=1&" * 80_000, FORM), 1),
    "50,000 multipart parts": lambda: (request("/lists", PART * 50_000 + b"--b--\r\n", MULTIPART), 1),
    "an XML list of 200,000": lambda: (
        request("/lists", b"<r>" + b"<a>1</a>" * 200_000 + b"</r>", "application/xml"), 1,
    ),
    "109 kB of one header, repeated": lambda: (request("/headers", more=b"x: 1\r\n" * 18_000), 1),
    "a 2 kB path, five parameters in a segment": lambda: (request("/many/" + "-" * 2_000), 1),
    "a refused value of 9 MB": lambda: (request("/closed", b'{"a":"' + b"x" * 9_000_000 + b'"}'), 1),
    "half a million unknown keys": lambda: (
        request("/closed", json.dumps({f"k{number}": 1 for number in range(500_000)}).encode()), 1,
    ),
    "JSON nested 1,000 deep": lambda: (request("/things", deep(1_000)), 1),
    "JSON nested 256 deep, then the list": lambda: (request("/things", deep(256)) + request("/things"), 2),
    "20 MB of requests in a row": lambda: (request("/headers") * (20_000_000 // len(request("/headers"))), 1),
}  # fmt: skip
"""The requests of each attack, and how many responses are waited for."""


HOSTILE = ("gzip bomb", "300 MB", "slow body", "endless body", "invalid UTF-8", "nested 300 deep")
"""What a server answers that means harm. In these rows "MB more" is all the memory of the check."""


@contextmanager
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The mock in a process of its own, and its port."""
    path = folder / "target.json"
    path.write_text(json.dumps(_document()))
    command = [*COMMAND, "serve", str(path), "--port", "0", "--no-rate-limits"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT, cwd=ROOT) as process:
        assert process.stdout is not None
        found = (re.search(r"state: +http://[^/]+:(\d+)/", line) for line in process.stdout)
        port = int(next(match[1] for match in found if match))
        threading.Thread(target=process.stdout.read, daemon=True).start()
        try:
            yield process, port
        finally:
            process.kill()


class Others:
    """Small requests on another connection, one after the other; `longest` is the longest wait in seconds."""

    def __init__(self, port: int) -> None:
        self.longest, self._port, self._is_over = 0.0, port, threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        with socket.create_connection(("127.0.0.1", self._port), MOST) as connection:
            while not self._is_over.is_set():
                began = time.monotonic()
                connection.sendall(request("/headers"))
                connection.recv(4_096)
                self.longest = max(self.longest, time.monotonic() - began)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join(MOST)


def answered(port: int, written: bytes, responses: int) -> tuple[str, int]:
    """Send an attack: the statuses of the responses, and how many bytes came back."""
    with socket.create_connection(("127.0.0.1", port), MOST) as connection:
        sender = threading.Thread(target=_send, args=(connection, written), daemon=True)
        sender.start()
        received, total = b"", 0
        while len(statuses := re.findall(rb"HTTP/1\.1 (\d+)", received)) < responses:
            part = connection.recv(1 << 20)
            if not part:
                break
            received, total = received + part, total + len(part)
        while responses == 1 and sender.is_alive():  # many requests in a row: read until all are sent
            total += len(connection.recv(1 << 20))
        return " ".join(status.decode() for status in statuses[:responses]), total


def _send(connection: socket.socket, written: bytes) -> None:
    try:
        connection.sendall(written)
    except OSError:
        return  # the mock has refused the rest


def attack(name: str, process: int, port: int) -> str:
    written, responses = ATTACKS[name]()
    before = memory(process)
    with Others(port) as others:
        began = time.monotonic()
        try:
            status, size = answered(port, written, responses)
        except TimeoutError:
            status, size = "none", 0
        took = time.monotonic() - began
    row = f"{name:44} {len(written) / 1000:8.0f} {took:7.2f} {others.longest:7.2f}"
    return f"{row} {(memory(process) - before) / 1000:7.1f} {size / 1000:9.1f}  {status}"


def terminated(process: subprocess.Popen[str], port: int) -> str:
    """SIGTERM while a client has sent half of a body."""
    with socket.create_connection(("127.0.0.1", port), MOST) as connection:
        connection.sendall(request("/things", b"x" * 1_000)[:-500])
        time.sleep(0.5)  # nothing tells when the mock has read it
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(MOST)
    return f"{'SIGTERM during a half-sent body':44} {1:8} {time.monotonic() - began:7.2f}"


def checked(folder: Path, kind: str) -> str:
    """The check against a hostile server: how long it took, the memory that it used at most, and its exit code."""
    options = ["--quick", "--timeout", "1", "--report", str(folder / "reports")]
    with hostile(kind) as url:
        command = [*COMMAND, "check", str(folder / "target.json"), "--url", url, *options]
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
        _, status, used = os.wait4(process.pid, 0)
        took = time.monotonic() - began
    code = os.waitstatus_to_exitcode(status)
    return f"{'check: ' + kind:44} {'':8} {took:7.2f} {'':7} {used.ru_maxrss / 1000:7.1f} {'':9}  exit {code}"


def main() -> None:
    """Print a row for each attack."""
    print(f"{'attack':44} {'kB sent':>8} {'seconds':>7} {'others':>7} {'MB more':>7} {'kB back':>9}  status")
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (process, port):
        for name in ATTACKS:
            print(attack(name, process.pid, port), flush=True)
        print(terminated(process, port), flush=True)
        for kind in HOSTILE:
            print(checked(Path(folder), kind), flush=True)


if __name__ == "__main__":
    main()
