"""A line for each request on a terminal, and on a pipe only if asked for."""

from __future__ import annotations

import json
import os
import pty
import re
import socket
import subprocess
from collections.abc import Iterator

import pytest

from tests.process import COMMAND, ENVIRONMENT, READY, ROOT, Processes, address

DOCUMENT = str(ROOT / "docs" / "petstore.yaml")
LINE = re.compile(r"(\w+) +(\S+)  (\d+)  \d+\.\d ms(?:  (.*))?")


def send(port: int, *requests: bytes) -> None:
    """Send each request on a connection of its own, and wait for its response."""
    for request in requests:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            connection.sendall(request)
            while connection.recv(65536):
                pass


def get(target: str, method: str = "GET", *lines: str) -> bytes:
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *lines, "", ""]).encode(
        "latin-1"
    )


def post(body: bytes) -> bytes:
    return get("/pets", "POST", "Content-Type: application/json", f"Content-Length: {len(body)}") + body


@pytest.fixture
def logged() -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """The port and the process of a mock that prints requests on a pipe."""
    with Processes() as processes:
        process, lines = processes.start("serve", DOCUMENT, "--port", "0", "--access-log", until=READY)
        yield int(address(lines).rpartition(":")[2]), process


def printed(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline().rstrip("\n") for _ in range(count)]


def test_each_request_is_a_line_with_its_status_and_why_it_was_refused(
    logged: tuple[int, subprocess.Popen[str]],
) -> None:
    port, process = logged
    # the first request of a path goes through the layers, those after it take the fast path
    send(port, post(b'{"name":"Rex","kind":"dog"}'), post(b'{"name":"Rex","kind":"cow"}'), get("/pets/7"))
    send(port, get("/pets?limit=1000"), get("/pets", "PUT"), get("/nowhere"), get("/_mock/health"))

    found = [LINE.fullmatch(line) for line in printed(process, 7)]

    assert [
        ("POST", "/pets", "201"), ("POST", "/pets", "400"), ("GET", "/pets/7", "404"),
        ("GET", "/pets?limit=1000", "400"),
        ("PUT", "/pets", "405"), ("GET", "/nowhere", "404"), ("GET", "/_mock/health", "200"),
    ] == [line.group(1, 2, 3) for line in found if line]  # fmt: skip
    whys = [line[4] for line in found if line]
    assert [True, False, False, False, False, False, True] == [why is None for why in whys]
    assert 'body kind: "cow" is not one of' in whys[1]
    assert ["pet not found", "PUT is not allowed here"] == [whys[2], whys[4][:23]]


def test_what_a_client_sends_reaches_the_terminal_escaped_and_without_secrets(
    logged: tuple[int, subprocess.Popen[str]],
) -> None:
    port, process = logged
    send(port, get("/%1b[2J%0aGET"), get("/a?api_key=s3cret&x=1"), get("/" + "long" * 1000))
    send(port, post(b'{"name":"\\u001b[2J\\u202e","kind":"\\u001b[2J"}'))

    lines = printed(process, 4)

    assert all(line.isprintable() for line in lines), lines
    assert [404, 404, 404, 400] == [int(found[3]) for line in lines if (found := LINE.fullmatch(line))]
    assert "/a?api_key=***&x=1" in lines[1]
    assert max(map(len, lines)) < 500


@pytest.mark.parametrize(
    ("options", "environment", "seen"),
    [
        ([], {}, ["GET     /pets  \x1b[32m200\x1b[0m"]), ([], {"NO_COLOR": "1"}, ["GET     /pets  200"]),
        (["--no-access-log"], {}, []),
    ],
)  # fmt: skip
def test_a_terminal_gets_coloured_lines_unless_it_says_no(
    options: list[str], environment: dict[str, str], seen: list[str]
) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "serve", DOCUMENT, "--port", "0", *options], stdout=theirs, stderr=subprocess.DEVNULL, cwd=ROOT,
        env={**{name: value for name, value in ENVIRONMENT.items() if name != "NO_COLOR"}, **environment},
    )  # fmt: skip
    try:
        banner = read_until(ours, READY)
        send(int(address(banner.splitlines()).rpartition(":")[2]), get("/pets"))
    finally:
        process.terminate()
        process.wait(timeout=30)
        os.close(theirs)

    assert seen == [line.rpartition("  ")[0] for line in rest(ours).splitlines() if " ms" in line]


def read_until(terminal: int, text: str) -> str:
    """What the terminal got, up to a line with the text."""
    received = ""
    while text not in received:
        received += os.read(terminal, 4096).decode()
    return received


def rest(terminal: int) -> str:
    """What else the terminal got: its other end is closed."""
    with os.fdopen(terminal, "rb", buffering=0) as stream:
        received = b""
        try:
            while piece := stream.read(4096):
                received += piece
        except OSError:  # how Linux says that the other end is closed
            pass
    return received.decode()


def test_a_pipe_gets_no_lines_unless_it_asks() -> None:
    with Processes() as processes:
        process, lines = processes.start("serve", DOCUMENT, "--port", "0", until=READY)
        send(int(address(lines).rpartition(":")[2]), get("/pets"))
        process.terminate()

        assert process.stdout is not None
        assert "" == process.stdout.read()


def test_as_json_each_line_is_an_object() -> None:
    with Processes() as processes:
        process, lines = processes.start("serve", DOCUMENT, "--port", "0", "--log-format", "json", until='{"time"')
        banner = json.loads(lines[-1])
        port = int(banner["address"].rpartition(":")[2])
        send(port, post(b'{"name":"Rex","kind":"cow"}'), get("/pets?api_key=hush"), b"nonsense\r\n\r\n")
        found = [json.loads(line) for line in printed(process, 3)]

    assert {"petstore": banner["address"]} == banner["services"]
    assert {
        "level": "info", "method": "POST", "target": "/pets", "status": 400, "operation": "createPet",
        "service": "petstore", "namespace": "default", "message": "POST /pets 400",
        "refusal": {
            "kind": "invalid", "step": "body", "message": 'body kind: "cow" is not one of "cat", "dog" or "parrot"',
        },
    } == {name: value for name, value in found[0].items() if name not in ("time", "milliseconds")}  # fmt: skip
    assert "/pets?api_key=***" == found[1]["target"]
    assert ("warning", "uvicorn.error") == (found[2]["level"], found[2]["logger"])
