"""What a client sends cannot write to the terminal of `mockserver serve`, nor show passwords in its log."""

from __future__ import annotations

import socket
from pathlib import Path

from tests.process import READY, Processes, address

DOCUMENT = """
openapi: 3.1.0
info: {title: Things, version: "1"}
paths:
  /things/{id}:
    get:
      operationId: read
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: a thing}}
"""

HANDLERS = """
def read(id):
    raise RuntimeError(f"no {id}")
"""


def test_a_log_line_escapes_what_a_client_sent(tmp_path: Path) -> None:
    (tmp_path / "things.yaml").write_text(DOCUMENT)
    (tmp_path / "broken_things.py").write_text(HANDLERS)
    with Processes() as processes:
        process, lines = processes.start(
            "serve", "things.yaml", "--port", "0", "--handlers", "broken_things", until=READY, cwd=tmp_path
        )
        port = int(address(lines).rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            sent = "a%1b%5b31m%0aERROR%20b%00%c2%85%e2%80%aehttp:%2f%2fann:s3cret@host%2f"
            connection.sendall(f"GET /things/{sent} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
            received = b"".join(iter(lambda: connection.recv(65536), b""))
        process.terminate()
        printed = process.communicate(timeout=20)[0]

    assert received.startswith(b"HTTP/1.1 500 ")
    assert "ERROR GET " in printed
    assert "\\x1b[31m" in printed
    assert not {"\x1b", "\x00", "\x85", "\u202e"} & set(printed)
    assert "s3cret" not in printed
