"""A request that the sandbox sends to itself in process: the dashboard repeats and tries requests."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import unquote

from msgspec import Struct
from msgspec.structs import replace

from mockserver.errors import Invalid
from mockserver.web.control.namespaces import DEFAULT, HEADER
from mockserver.web.exchange import UNRECORDED
from mockserver.web.middleware.admin_guard import PREFIX

App = Callable[[Any, Any, Any], Awaitable[None]]
"""An ASGI app."""

LONGEST_WAIT = 10.0
"""After how many seconds without a whole response a request is given up."""

MOST_BYTES = 1024 * 1024
"""How many bytes of a response are kept."""

OF_THE_CONNECTION = ("content-length", "transfer-encoding", "connection", "host")
"""Header fields that are made anew for each request."""


class OwnRequest(Struct, frozen=True):
    """A request. `target` is the path with the query as it is sent; names of `headers` are in lower case."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def in_namespace(self, name: str) -> OwnRequest:
        """The same request in a namespace, which replaces the one that it named."""
        kept = tuple(pair for pair in self.headers if pair[0] != HEADER)
        return replace(self, headers=kept if name == DEFAULT else (*kept, (HEADER, name)))

    def scope(self, *, is_recorded: bool) -> dict[str, Any]:
        """The request as an ASGI scope. Raises Invalid for a target that is no path, or one of the admin API."""
        path, _, query = self.target.partition("#")[0].partition("?")
        if not path.startswith("/") or not self.target.isascii() or not self.target.isprintable() or " " in path:
            raise Invalid(f"target: {self.target[:80]!r} is no path; begin with / and percent-encode other characters")
        if unquote(path).startswith(PREFIX):
            raise Invalid("target: a request to the admin API is not sent from here; call it directly")
        own = [(b"host", b"127.0.0.1"), (b"content-length", str(len(self.body)).encode())]
        kept = [(n.encode("latin-1"), v.encode("latin-1", "replace")) for n, v in self.headers if _is_kept(n)]
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [*(own if self.body else own[:1]), *kept],
            "client": ("127.0.0.1", 0),
            "server": ("127.0.0.1", 80),
            "extensions": {},
            **({} if is_recorded else {UNRECORDED: True}),
        }


class OwnAnswer(Struct):
    """What came back. `status` is None without a response; `broken` says in words how the connection ended early.

    `content` is at most MOST_BYTES of a body of `length` bytes.
    """

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes = b""
    length: int = 0
    broken: str | None = None
    seconds: float = 0.0

    @property
    def number(self) -> int | None:
        """The number of the entry in the journal, if the response names it."""
        return next((int(value) for name, value in self.headers if name == "mock-request"), None)

    async def receive(self, message: Any) -> None:
        """The ASGI `send`: take a message of the response."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            pairs = message.get("headers", ())
            self.headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in pairs)
        elif message["type"] == "http.response.body":
            part = message.get("body", b"")
            self.content += part[: MOST_BYTES - len(self.content)]
            self.length += len(part)


async def send(app: App, request: OwnRequest, *, is_recorded: bool = True) -> OwnAnswer:
    """Send a request to the app. Raises Invalid for a target that cannot be sent."""
    scope, answer, began = request.scope(is_recorded=is_recorded), OwnAnswer(), time.perf_counter()
    try:
        async with asyncio.timeout(LONGEST_WAIT):
            await app(scope, _GivenBody(request.body), answer.receive)
    except TimeoutError:
        answer.broken = f"there was no whole response within {LONGEST_WAIT:g} seconds"
    except ConnectionError as fault:
        answer.broken = str(fault) or "the connection was closed"
    except Exception:  # as the server does: the sandbox lives on, and the client gets no response
        logging.getLogger("mockserver").exception("the mock failed")
        answer.broken = "the mock failed; its log says why"
    answer.seconds = time.perf_counter() - began
    return answer


class _GivenBody:
    """The ASGI `receive` of a request whose body is there. After it comes nothing: the client waits."""

    def __init__(self, content: bytes) -> None:
        self._content: bytes | None = content

    async def __call__(self) -> Any:
        content, self._content = self._content, None
        if content is None:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": content, "more_body": False}


def lower_case(headers: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    """Header fields with names in lower case, as a scope has them. Raises Invalid for what is no field."""
    for name, value in headers:
        if not name.isascii() or not name.isprintable() or " " in name or ":" in name or not name:
            raise Invalid(f"headers: {name[:40]!r} is no name of a header field")
        if any(each in value for each in "\r\n\0"):
            raise Invalid(f"headers: the value of {name} has a line break")
    return tuple((name.lower(), value) for name, value in headers)


def _is_kept(name: str) -> bool:
    return name not in OF_THE_CONNECTION
