"""A public address as a tunnel has it: a process of its own that forwards requests below `/public` to a port.

It prints its own port. The port that it forwards to is the last line that it has read, which it repeats. After that it
prints the path of each request that it forwards.
"""

from __future__ import annotations

import sys
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

PREFIX = "/public"


class Forwarder(BaseHTTPRequestHandler):
    """Forwards POST requests, without the prefix."""

    port = 0

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        path = self.path.removeprefix(PREFIX)
        onward = HTTPConnection("127.0.0.1", Forwarder.port, timeout=60)
        onward.request("POST", path, body, {**self.headers, "host": "inside.test"})
        answer = onward.getresponse()
        self.send_response(answer.status)
        self.send_header("content-length", "0")
        self.end_headers()
        onward.close()
        say(self.path)

    def log_message(self, *_: object) -> None:
        """Print nothing else."""


def say(value: object) -> None:
    """Write one line at once."""
    sys.stdout.write(f"{value}\n")
    sys.stdout.flush()


def main() -> None:
    """Forward until the input ends."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Forwarder) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        say(server.server_address[1])
        for line in sys.stdin:
            Forwarder.port = int(line)
            say(Forwarder.port)
        server.shutdown()


if __name__ == "__main__":
    main()
