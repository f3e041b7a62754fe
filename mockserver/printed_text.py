"""Text for a terminal, a log or a message: without control characters, and without passwords in addresses."""

from __future__ import annotations

import logging
import re

from mockserver.lazy_pattern import lazy_pattern

CONTROLS = lazy_pattern("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that move the cursor, change colours, reverse the text, or cannot be written; not tab and line feed."""

USER = lazy_pattern(r"(?<=://)[^/?#\s@]*@(?=[^\s])")
"""The user and password in an address (RFC 3986 section 3.2.1)."""

SECRET = lazy_pattern(
    r"(?i)([?&;](?:[\w.-]*[_-])?(?:access_?token|api_?key|auth|code|credential|jwt|key|pass|passwd|password|pwd|secret|sig|"
    r"signature|token|accesskey|apikey|authtoken)=)[^&;#\s\"'<>]+"
)
"""A query parameter whose name says that its value is a secret."""


def printable(text: str) -> str:
    """The text with control characters as `\\xNN` or `\\uNNNN`, so that what a client sent cannot move a cursor."""
    return CONTROLS.sub(_escaped, text)


def masked(text: str) -> str:
    """The text with `***` for user, password and secret query parameters of the addresses in it."""
    if "=" not in text and "@" not in text:
        return text
    return SECRET.sub(r"\1***", USER.sub("***@", text))


def _escaped(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"


def on_one_line(text: str) -> str:
    """The text as `printable` makes it, with line feeds as `\\n`."""
    return printable(text).replace("\n", "\\n")


class LogFormatter(logging.Formatter):
    """Formats log records so that what a client sends stays on its line, and addresses show no passwords."""

    def format(self, record: logging.LogRecord) -> str:
        """The text of a record."""
        if isinstance(record.args, tuple):
            record.args = tuple(on_one_line(each) if isinstance(each, str) else each for each in record.args)
        return masked(printable(super().format(record)))
