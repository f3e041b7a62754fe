"""The listener: an HTTP server on the loopback interface, for what a service sends itself."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import uvicorn

from contracts.listener.inbox import SUCCESS, Inbox
from mockserver.errors import MockServerError

MOST_BODY = 4 * 1024 * 1024
"""The largest body that is read; a larger one is answered with 413."""

MOST_CONNECTIONS = 100

STOPPING = 5.0
"""How many seconds the server has to stop."""


class ListenerError(MockServerError):
    """Nothing can listen there, or the address cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class ListenerSettings:
    """Where the service sends to: the `port` on loopback (0: any), and the public `url` that is forwarded to it.

    `secret` verifies signatures. `wait` is how many seconds a delivery may take beyond the delay that is stated.
    """

    port: int = 0
    url: str = ""
    secret: str = ""
    wait: float = 5.0

    def check(self) -> None:
        """Raise ListenerError for an address that cannot be used."""
        parts = urlsplit(self.url)
        if self.url and (parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc):
            raise ListenerError(
                f"--callback-url {self.url!r}: write an address that is forwarded to --callback-port, "
                "such as https://hooks.example.com"
            )
        if self.url and not self.port:
            raise ListenerError("--callback-url needs --callback-port: the port that the address is forwarded to")


class Listener:
    """Takes requests at every path and by every method, while `listening`.

    `silent` names what was waited for without success, so that no other check waits for it too.
    """

    def __init__(self, settings: ListenerSettings, port: int) -> None:
        self.settings, self.url = settings, settings.url.rstrip("/") or f"http://127.0.0.1:{port}"
        self.silent: set[str] = set()
        self._run, self._numbers = secrets.token_hex(4), count(1)
        self._inboxes: dict[str, Inbox] = {}
        self._rest = Inbox(self.url, "")

    @property
    def is_known(self) -> bool:
        """Does the user know the address before the run, so that the service can be set up with it?"""
        return bool(self.settings.port)

    def inbox(self, *statuses: int) -> Inbox:
        """A new inbox, with an address of its own."""
        key = f"delivery-{self._run}-{next(self._numbers)}"
        made = self._inboxes[key] = Inbox(f"{self.url}/{key}", key, statuses)
        return made

    def rest(self, *statuses: int) -> Inbox:
        """A new inbox for what comes to no other one."""
        self._rest = Inbox(self.url, "", statuses)
        return self._rest

    def close(self, inbox: Inbox) -> None:
        """Forget an inbox; what comes to it later is answered like anything else."""
        self._inboxes.pop(inbox.key, None)

    def _inbox_of(self, target: str) -> Inbox:
        """The inbox that a request is for: its key is a step of the path."""
        path = target.partition("?")[0]
        return next((self._inboxes[step] for step in path.split("/") if step in self._inboxes), self._rest)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The ASGI app."""
        query = scope["query_string"].decode("latin-1")
        target = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
        body = await _body(receive)
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        status = 413 if body is None else self._inbox_of(target).take(scope["method"], target, headers, body)
        length = [] if status == SUCCESS else [(b"content-length", b"0")]  # RFC 9110 section 8.6: a 204 has none
        await send({"type": "http.response.start", "status": status, "headers": length})
        await send({"type": "http.response.body", "body": b""})


async def _body(receive: Any) -> bytes | None:
    """The body of a request; None if it is too large."""
    body, more = bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MOST_BODY:
            return None
    return bytes(body)


@contextmanager
def listening(settings: ListenerSettings) -> Iterator[Listener]:
    """A listener that runs. Raises ListenerError."""
    settings.check()
    with _bound(settings.port) as bound:
        listener = Listener(settings, bound.getsockname()[1])
        config = uvicorn.Config(
            listener,
            lifespan="off",
            log_level="critical",
            access_log=False,
            ws="none",
            limit_concurrency=MOST_CONNECTIONS,
        )
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [bound]}, name="callback listener", daemon=True)
        thread.start()
        try:
            yield listener
        finally:
            server.should_exit = server.force_exit = True
            thread.join(STOPPING)


def _bound(port: int) -> socket.socket:
    """A socket on loopback that listens already: who connects early waits until the server has started."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(("127.0.0.1", port))
        bound.listen(MOST_CONNECTIONS)
    except OSError as fault:
        bound.close()
        raise ListenerError(f"--callback-port {port}: cannot listen on 127.0.0.1:{port}: {fault.strerror}") from None
    return bound
