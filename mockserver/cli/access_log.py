"""`--access-log`: a line for each request, on standard output."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable

import click

from mockserver.lazy_pattern import lazy_pattern
from mockserver.web.exchange import Exchange, IncomingRequest, OutgoingResponse

LONGEST = 200
"""How many characters of a path and of a reason are printed: clients choose them."""

SECRET = lazy_pattern(r"([?&][^=&]*(?:key|token|secret|passw|credential|signature|auth)[^=&]*=)[^&]*", re.IGNORECASE)
"""A query parameter whose name says that its value is a secret."""

COLOURS = {2: "green", 3: "cyan", 4: "yellow", 5: "red"}
"""The colours of statuses by their first digit."""


class AccessLog:
    """The interceptor that prints requests: `write` prints a line, and `line` makes it of a request."""

    def __init__(self, write: Callable[[str], None], line: Callable[[Exchange], str]) -> None:
        self._write, self._line = write, line

    async def before(self, request: IncomingRequest) -> OutgoingResponse | None:
        """Do nothing: a line is printed when the response is known."""

    async def after(self, exchange: Exchange) -> None:
        """Print the line of a request."""
        self._write(self._line(exchange))


def text_request(exchange: Exchange, *, coloured: bool) -> str:
    """The line of a request: method, path, status, milliseconds, and why it was refused.

    What a client sent is escaped: a terminal would obey control characters.
    """
    request, response = exchange.request, exchange.response
    status = f"{response.status}" if response is not None else "---"
    colour = COLOURS.get(response.status // 100) if response is not None else "red"
    shown = click.style(status, colour) if coloured else status
    target = printable(masked_target(request.target))
    line = f"{printable(request.method):7} {target}  {shown}  {exchange.seconds * 1000:.1f} ms"
    return f"{line}  {printable(exchange.refusal)}" if exchange.refusal else line


def masked_target(target: str) -> str:
    """A path with its query, cut, with `***` for secrets. It is cut first: the search is slow for long ones."""
    return SECRET.sub(r"\1***", target[: LONGEST + 1])


def is_coloured() -> bool:
    """Are lines coloured? Only on a terminal, and not with `NO_COLOR` (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def printable(text: str) -> str:
    """The text with everything escaped that is not printable, and cut if it is long."""
    cut = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)
