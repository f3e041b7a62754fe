"""Sends mixed load to a served mock and prints how its memory grows: in kB for each 1,000 requests of each kind.

    python tests/benchmarks/soak.py [--minutes 10]

The kinds of load take turns, a round of each after the other, so that the growth of each is known. What is created is
deleted again, so a mock that keeps nothing has slopes around 0. The first half of the rounds warms up: it fills the
caches and the list of deleted ids, which are bounded, and does not count.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.process import COMMAND, ENVIRONMENT, ROOT

CONNECTIONS = 8
PER_ROUND = 4_000
THING = {"type": "object", "properties": {"id": {"type": "string"}, "colour": {"type": "string"}}}
MEDIA = {"content": {"application/json": {"schema": THING}}}
LIST = {"content": {"application/json": {"schema": {"type": "array", "items": THING}}}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1"},
    "security": [{"token": []}],
    "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    "x-resources": {"thing": {"tenant": {"by": "credential", "evidence": "documented", "source": "the soak"}}},
    "paths": {
        "/things": {
            "get": {
                "parameters": [{"name": "colour", "in": "query", "schema": {"type": "string"}}],
                "responses": {"200": {"description": "things", **LIST}},
            },
            "post": {"requestBody": MEDIA, "responses": {"201": {"description": "a thing", **MEDIA}}},
        },
        "/things/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {"responses": {"200": {"description": "a thing", **MEDIA}}},
            "patch": {"requestBody": MEDIA, "responses": {"200": {"description": "a thing", **MEDIA}}},
            "delete": {"responses": {"204": {"description": "deleted"}}},
        },
    },
}

Load = Callable[[int], list[bytes]]
"""From a number, which is never the same, to the requests of one step."""


def request(method: str, path: str, body: object = None, user: str = "ann") -> bytes:
    """The bytes of a request."""
    content = json.dumps(body).encode() if body is not None else b""
    lines = [f"{method} {path} HTTP/1.1", "Host: a", f"Authorization: Bearer {user}"]
    lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"] if content else []
    return "\r\n".join([*lines, "", ""]).encode() + content


def lives(number: int) -> list[bytes]:
    """The life of an item: its values and its id are new."""
    path, made = f"/things/t{number}", {"id": f"t{number}", "colour": f"c{number}"}
    changed = {"colour": f"d{number}"}
    return [request("POST", "/things", made), request("PATCH", path, changed), request("DELETE", path)]


LOADS: dict[str, Load] = {
    "create, change, delete": lives,
    "list": lambda number: [request("GET", "/things")],
    "list with a new filter": lambda number: [request("GET", f"/things?colour=x{number}")],
    "list with a new credential": lambda number: [request("GET", "/things", user=f"stranger-{number}")],
    "an unknown item": lambda number: [request("GET", f"/things/unknown-{number}")],
    "an unknown path": lambda number: [request("GET", f"/unknown-{number}")],
    "an invalid body": lambda number: [request("POST", "/things", {"colour": number})],
    "20 requests in a row": lambda number: [request("GET", f"/things?colour=y{number}") * 20],
    "a new connection": lambda number: [
        request("GET", "/things").replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    ],
}


class Client:
    """Connections to the mock."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: list[socket.socket] = []

    def send(self, written: bytes) -> None:
        """Send requests in one piece and read all their responses."""
        connection = self._free.pop() if self._free else socket.create_connection(("127.0.0.1", self._port))
        connection.sendall(written)
        closes = b"Connection: close" in written
        self._read(connection, written.count(b" HTTP/1.1\r\n"))
        if closes:
            connection.close()
        elif len(self._free) < CONNECTIONS:
            self._free.insert(0, connection)

    @staticmethod
    def _read(connection: socket.socket, responses: int) -> None:
        received = b""
        while True:
            part = connection.recv(1 << 20)
            received += part
            heads = [*re.finditer(rb"HTTP/1\.1 (\d+)[^\r]*\r\n(?:[^\r]+\r\n)*?\r\n", received)]
            lengths = re.findall(rb"content-length: (\d+)", received)
            if not part or (len(heads) >= responses and len(received) >= heads[-1].end() + int((*lengths[-1:], 0)[0])):
                return


def memory(process: int) -> int:
    """The resident memory in kB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def rounds(client: Client, process: int, minutes: float) -> Iterator[tuple[str, int, int]]:
    """(load, requests, growth in kB) of each round, until the time is over."""
    end, numbers = time.monotonic() + minutes * 60, itertools.count()
    for name, load in itertools.cycle(LOADS.items()):
        before, sent = memory(process), 0
        while sent < PER_ROUND:
            for written in load(next(numbers)):
                client.send(written)
                sent += written.count(b" HTTP/1.1\r\n")
        yield name, sent, memory(process) - before
        if time.monotonic() >= end:
            return


def soak(port: int, process: int, minutes: float) -> None:
    """Send load and print the memory over time, then the slopes."""
    grown: dict[str, list[float]] = defaultdict(list)
    began, total = time.monotonic(), 0
    for number, (name, sent, growth) in enumerate(rounds(Client(port), process, minutes)):
        total += sent
        grown[name].append(growth / sent * 1_000)
        if number % len(LOADS) == len(LOADS) - 1:
            print(
                f"{time.monotonic() - began:7.0f} s {total:10,} requests {memory(process) / 1000:8.1f} MB", flush=True
            )
    print(f"\n{'load':28} {'kB per 1,000 requests':>22} {'rounds':>7}")
    for name, slopes in grown.items():
        counted = slopes[len(slopes) // 2 :]
        print(f"{name:28} {statistics.mean(counted):22.2f} {len(counted):7}")
    later = [slope for slopes in grown.values() for slope in slopes[len(slopes) // 2 :]]
    print(f"{'all':28} {statistics.mean(later):22.2f} {len(later):7}")


def main() -> None:
    """Serve the document on a free port and send load to it."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10, help="how long (default: 10)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "things.json"
        path.write_text(json.dumps(DOCUMENT))
        command = [*COMMAND, "serve", str(path), "--port", "0", "--no-rate-limits"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT, cwd=ROOT) as process:
            assert process.stdout is not None
            try:
                found = (re.search(r"state: +http://[^/]+:(\d+)/", line) for line in process.stdout)
                soak(int(next(match[1] for match in found if match)), process.pid, options.minutes)
            finally:
                process.terminate()


if __name__ == "__main__":
    main()
