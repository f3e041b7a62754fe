"""Messages for users about what went wrong with an MCP server.

Errors of the SDK and of the HTTP library are translated here: each row of the table has an error and what makes its
status and message.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpx2
from mcp.client.auth import OAuthFlowError
from mcp.shared.exceptions import MCPError
from mcp_types import CONNECTION_CLOSED, PARSE_ERROR, REQUEST_TIMEOUT
from pydantic import ValidationError

from mockserver.address_guard import ForbiddenAddress
from mockserver.errors import SyncError
from mockserver.mcp_sync.prober import Status
from mockserver.reason_phrases import PHRASES

FEW = 100
LONGEST = 300
"""The most characters of a message, because a server may send any length."""


def describe(error: BaseException) -> tuple[Status, str]:
    """The status and the message for an error; for a group, those of its most specific error."""
    leaves = tuple(_leaves(error))
    for kind, tell in TABLE:
        for leaf in leaves:
            if isinstance(leaf, kind):
                status, message = tell(leaf)
                return status, short(message)
    return "error", short(f"The server could not be asked: {leaves[0]!r}")


def answered(status: int) -> str:
    """The message for an HTTP status."""
    words = f"{status} {PHRASES.get(status, '')}".rstrip()
    return f"The server answered {words}."


def short(message: str) -> str:
    """One line of bounded length, without control characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in message[: 2 * LONGEST]).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def without_secrets(message: str, secrets: Iterable[str]) -> str:
    """The message without secrets that a server repeated. Secrets of less than eight characters would hide too much."""
    for secret in sorted({part for whole in secrets for part in (whole, *whole.split())}, key=len, reverse=True):
        if len(secret) >= 8:
            message = message.replace(secret, "…")
    return message


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


def _forbidden(error: Any) -> tuple[Status, str]:
    return "unreachable", str(error)


def _own(error: Any) -> tuple[Status, str]:
    return "error", str(error)


def _no_time_to_connect(error: Any) -> tuple[Status, str]:
    return "timeout", "The server did not accept a connection in time."


def _no_time(error: Any) -> tuple[Status, str]:
    return "timeout", "The server did not answer in time."


def _not_connected(error: Any) -> tuple[Status, str]:
    return "unreachable", f"No connection to the server: {_root(error)}."


def _broken(error: Any) -> tuple[Status, str]:
    return "unreachable", f"The connection to the server broke: {_root(error)}."


def _not_sent(error: Any) -> tuple[Status, str]:
    # The text of the error contains the value, which may be a secret.
    return "error", "A registered header cannot be sent: its name or value is not allowed in HTTP."


def _no_url(error: Any) -> tuple[Status, str]:
    return "error", "The URL cannot be read."


def _not_http(error: Any) -> tuple[Status, str]:
    return "error", f"The server's answer is not HTTP: {error}."


def _refused(error: Any) -> tuple[Status, str]:
    return "error", answered(error.response.status_code)


def _not_events(error: Any) -> tuple[Status, str]:
    return "error", f"The server's answer is not an event stream: {error}"


def _not_mcp(error: Any) -> tuple[Status, str]:
    said = "The server's answer is not what MCP describes"
    if error.error_count() > FEW:  # a list of them takes longer to make than the answer took to read
        return "error", f"{said} in {error.error_count()} places."
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(step) for step in first["loc"])
    return "error", f"{said}: {place}: {first['msg']}."


def _mcp(error: Any) -> tuple[Status, str]:
    status, say = MCP_CODES.get(error.code, ("error", "The server answered with an MCP error: {0}"))
    return status, say.format(error.message)


def _oauth(error: Any) -> tuple[Status, str]:
    # What could not be understood may hold tokens, and the error of the SDK repeats it.
    unreadable = isinstance(error.__context__, ValueError)
    said = str(error).partition(":")[0] if unreadable else str(error)
    return "error", f"OAuth failed: {said}"


def _system(error: Any) -> tuple[Status, str]:
    return "unreachable", f"The server could not be started or reached: {_root(error)}."


MCP_CODES: dict[int, tuple[Status, str]] = {
    REQUEST_TIMEOUT: ("timeout", "The server did not answer in time."),
    CONNECTION_CLOSED: ("error", "The server ended the exchange without an answer: {0}"),
    PARSE_ERROR: ("error", "The server's answer is not JSON-RPC."),
}
"""The codes of errors that come from the MCP SDK itself and not from a server."""

TABLE: tuple[tuple[type[BaseException], Callable[[Any], tuple[Status, str]]], ...] = (
    (ForbiddenAddress, _forbidden),
    (SyncError, _own),
    (httpx2.ConnectTimeout, _no_time_to_connect),
    (httpx2.TimeoutException, _no_time),
    (httpx2.ConnectError, _not_connected),
    (httpx2.LocalProtocolError, _not_sent),
    (UnicodeError, _not_sent),
    (httpx2.InvalidURL, _no_url),
    (httpx2.ProtocolError, _not_http),
    (httpx2.NetworkError, _broken),
    (httpx2.HTTPStatusError, _refused),
    (httpx2.SSEError, _not_events),
    (ValidationError, _not_mcp),
    (MCPError, _mcp),
    (OAuthFlowError, _oauth),
    (TimeoutError, _no_time),
    (OSError, _system),
)
"""The errors with a message of their own, the most specific first."""


def _root(error: BaseException) -> str:
    """The cause of an error: the message of the operating system or of TLS, if there is one."""
    reason = str(error) or type(error).__name__
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, ssl.SSLError):
            return f"TLS failed ({below.reason or below})"
        if isinstance(below, OSError) and below.errno is not None and below.errno > 0:
            reason = os.strerror(below.errno).lower()
        below = below.__cause__ or below.__context__
    return reason
