"""A client of another vendor in a process of its own: `python -m tests.live.bystander URL AUTHORIZATION`.

It asks again and again until its standard input ends, and prints how long each answer took, in milliseconds, as JSON.
"""

from __future__ import annotations

import http.client
import json
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx


@contextmanager
def bystander(api: httpx.Client, path: str) -> Iterator[list[float]]:
    """A list that has the times when the context has ended: of a request for a path, with a client's credential."""
    arguments = (f"{str(api.base_url).rstrip('/')}{path}", api.headers["authorization"])
    command = [sys.executable, "-m", "tests.live.bystander", *arguments]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    found: list[float] = []
    try:
        yield found
        found += json.loads(process.communicate("", timeout=60)[0])
    finally:
        process.kill()
        process.wait()


def ask(url: str, authorization: str) -> list[float]:
    """Ask until the standard input ends. Raises AssertionError for an answer that is not 200."""
    parts, times = urlsplit(url), []
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    while not select.select([sys.stdin], [], [], 0.01)[0]:
        begun = time.perf_counter()
        connection.request("GET", parts.path, headers={"Authorization": authorization})
        reply = connection.getresponse()
        reply.read()
        times.append(1000 * (time.perf_counter() - begun))
        assert 200 == reply.status, reply.status
    return times


if __name__ == "__main__":
    print(json.dumps(ask(*sys.argv[1:])))  # noqa: T201 - the report
