"""HTTP as real clients speak it to `mockserver serve`: upgrades, Host fields, signals."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.process import READY, Processes, address, free_port

DOCUMENT = Path(__file__).parents[1] / "cases" / "documents" / "55-negative-id.yaml"
BODY = b'{"id":-1,"name":"a"}'
JAVA = """
import java.net.URI;
import java.net.http.*;
public class Ask {
    public static void main(String[] a) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(a[0])).header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(a[1])).build();
        var response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        System.out.println(response.statusCode() + " " + response.body());
    }
}
"""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    chosen = free_port()
    with Processes() as processes:
        processes.start("serve", str(DOCUMENT), "--port", str(chosen), until=READY)
        yield chosen


def talk(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def post(*lines: str, body: bytes = BODY) -> bytes:
    head = ["POST /pets HTTP/1.1", *lines, "Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "Connection: close", "", ""]).encode() + body


@pytest.mark.parametrize("upgrade", ["Upgrade: h2c", "upgrade:h2c", "UPGRADE: websocket"])
def test_an_upgrade_is_ignored(port: int, upgrade: str) -> None:
    request = post("Host: a", "Connection: Upgrade, HTTP2-Settings", upgrade, "HTTP2-Settings: AAMAAABk")

    assert talk(port, request).startswith(b"HTTP/1.1 201 ")


@pytest.mark.parametrize("hosts", [[], ["Host: a", "Host: b"]])
def test_a_request_without_exactly_one_host_is_refused(port: int, hosts: list[str]) -> None:
    assert talk(port, post(*hosts)).startswith(b"HTTP/1.1 400 ")


def test_http_1_0_needs_no_host(port: int) -> None:
    assert talk(port, b"GET /pets HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 ")


@pytest.mark.skipif(shutil.which("javac") is None, reason="no Java compiler on this machine")
def test_javas_http_client_posts(port: int, tmp_path: Path) -> None:
    source = tmp_path / "Ask.java"
    source.write_text(JAVA)

    done = subprocess.run(
        ["java", str(source), f"http://127.0.0.1:{port}/pets", BODY.decode()],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert "201 " + BODY.decode() == done.stdout.strip(), done.stderr


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js on this machine")
def test_nodes_fetch_posts(port: int) -> None:
    script = (
        f"fetch('http://127.0.0.1:{port}/pets', {{method: 'POST', headers: {{'Content-Type': 'application/json'}},"
        f" body: '{BODY.decode()}'}}).then(async r => console.log(r.status, await r.text()))"
    )

    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, timeout=60, check=False)

    assert "201 " + BODY.decode() == done.stdout.strip(), done.stderr


def test_curl_asks_for_http_2_and_posts(port: int) -> None:
    done = subprocess.run(
        ["curl", "-sS", "--http2", "-H", "Content-Type: application/json", "-d", BODY.decode(),
         f"http://127.0.0.1:{port}/pets"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert BODY.decode() == done.stdout.strip(), done.stderr


@pytest.mark.parametrize(
    "signals", [[signal.SIGTERM], [signal.SIGTERM, signal.SIGTERM], [signal.SIGINT, signal.SIGINT]]
)
def test_a_body_that_never_ends_does_not_keep_the_process(signals: list[signal.Signals]) -> None:
    with Processes() as processes:
        process, lines = processes.start("serve", str(DOCUMENT), "--port", "0", until=READY)
        number = int(address(lines).rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", number)) as connection:
            connection.sendall(post("Host: a", body=BODY)[:-5])
            talk(number, b"GET /pets HTTP/1.0\r\n\r\n")  # by now the half-sent request is being answered
            for each in signals:
                process.send_signal(each)
                talk_ends(number)

            assert "Traceback" not in process.communicate(timeout=60)[0]


def talk_ends(port: int) -> None:
    """Wait until the server takes no more connections: the signal before has arrived."""
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return


@pytest.fixture(scope="module")
def other_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    path, chosen = tmp_path_factory.mktemp("methods") / "api.yaml", free_port()
    path.write_text("""openapi: 3.2.0
info: {title: T, version: '1'}
paths:
  /a:
    additionalOperations:
      FROB:
        requestBody: {content: {application/json: {schema: {type: integer}}}}
        responses: {'204': {description: done}}
      LINK: {responses: {'202': {description: taken}}}
      Notify: {responses: {'202': {description: taken}}}
""")
    with Processes() as processes:
        processes.start("serve", str(path), "--port", str(chosen), until=READY)
        yield chosen


def sent(method: str, body: str = "", *more: str) -> bytes:
    lines = [
        f"{method} /a HTTP/1.1",
        "Host: a",
        *more,
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", body]).encode()


@pytest.mark.parametrize(("requests", "statuses"), [
    ([("FROB", "1")], [b"204"]), ([("FROB", "x")], [b"400"]), ([("BREW", "1")], [b"405"]),
    ([("Notify", ""), ("NOTIFY", "")], [b"202", b"405"]),
    ([("FROB", "1"), ("LINK", "")], [b"204", b"202"]), ([("GET", "")], [b"405"]),
])  # fmt: skip
def test_a_document_may_describe_any_method(
    other_port: int, requests: list[tuple[str, str]], statuses: list[bytes]
) -> None:
    *first, last = requests
    raw = b"".join(sent(*each) for each in first) + sent(*last, "Connection: close")

    replies = re.findall(rb"HTTP/1.1 (\d+) ", talk(other_port, raw))

    assert statuses == replies


@pytest.mark.parametrize(
    "raw", [b"FROB nothing\r\n\r\n", b"FR(OB /a HTTP/1.1\r\nHost: a\r\n\r\n", b"\x16\x03\x01 /\r\n\r\n"]
)
def test_what_is_no_request_line_is_refused(other_port: int, raw: bytes) -> None:
    assert talk(other_port, raw).startswith(b"HTTP/1.1 400 ")
