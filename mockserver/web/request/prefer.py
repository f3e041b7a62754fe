"""What a client asks for with `Prefer` (RFC 7240): `code=429`, `example=empty`, `dynamic=true`.

Other preferences (`return=minimal`, `respond-async`, …) mean nothing here and are passed over (RFC 7240 section 2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from mockserver.errors import REFUSALS, Refusal
from mockserver.messages import Reply
from mockserver.openapi.document import Operation
from mockserver.web.response.default_errors import PROBLEM

NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
WORD = re.compile(rf'\s*({NAME})(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*)))?\s*')
"""One preference or parameter: a name, and a value as a token or a quoted string; other characters are let pass."""

KNOWN = ("code", "example", "dynamic")


class Preferences(NamedTuple):
    """What a client asks for: a `code` as written, the name of an `example`, and whether values shall be made anew."""

    code: str | None = None
    example: str | None = None
    dynamic: bool | None = None

    @property
    def status(self) -> int | None:
        """The code as a number; None where none was asked for."""
        return int(self.code) if self.code is not None else None

    @property
    def applied(self) -> tuple[str, str]:
        """The header that says what was honoured (RFC 7240 section 3)."""
        given = {"code": self.code, "example": self.example, "dynamic": self.dynamic and "true"}
        return "preference-applied", ", ".join(f"{name}={_word(value)}" for name, value in given.items() if value)


def read(headers: Iterable[tuple[bytes, bytes]]) -> Preferences | None:
    """The wish in a request's headers, of which `Prefer` may stand there several times; None where there is none.

    The first of equal preferences counts (RFC 7240 section 2).
    """
    text = ",".join(value.decode("latin-1") for name, value in headers if name.lower() == b"prefer")
    found: dict[str, str] = {}
    for name, value in preferences(text):
        if name in KNOWN:
            found.setdefault(name, value)
    if not found or (set(found) == {"dynamic"} and found["dynamic"].lower() == "false"):
        return None
    dynamic = found["dynamic"].lower() != "false" if "dynamic" in found else None
    return Preferences(found.get("code"), found.get("example"), dynamic)


def preferences(text: str) -> Iterator[tuple[str, str]]:
    """(name in lower case, value) of every preference in a header; what cannot be read ends it."""
    position, parameter = 0, False
    while position < len(text):
        word = WORD.match(text, position)
        if word is not None:
            if not parameter:
                yield word[1].lower(), re.sub(r"\\(.)", r"\1", word[2]) if word[2] is not None else word[3] or ""
            position = word.end()
        else:
            position += len(text) - position - len(text[position:].lstrip())
        if position < len(text) and text[position] not in ",;":
            return
        parameter = text[position : position + 1] == ";"
        position += 1


def undocumented(wish: Preferences, operation: Operation) -> Reply | None:
    """The refusal of a wish for what the operation does not document; None where all of it is there."""
    if wish.code is not None and not _is_documented(wish.code, operation):
        there = ", ".join(response.status for response in operation.responses) or "none"
        return _refusal(f"the code {wish.code!r} is not documented for this operation; there are: {there}")
    if wish.example is None:
        return None
    offered = [operation.response(wish.status)] if wish.status else operation.responses
    names = {name for response in offered if response for media in response.content for name in media.examples}
    if wish.example in names:
        return None
    there = ", ".join(sorted(names)) or "none"
    return _refusal(f"the example {wish.example!r} is not documented for this answer; there are: {there}")


def refusal(status: int) -> Refusal:
    """The refusal that usually has this status, as if it had happened."""
    kinds = {known.status: known for known in reversed(REFUSALS.values())}
    kind = kinds.get(status, Refusal)
    made = kind("Asked for by the Prefer header", retry_after_ms=1000)
    made.status = status
    return made


def _is_documented(code: str, operation: Operation) -> bool:
    is_status = re.fullmatch(r"[2-5]\d\d", code) is not None
    return is_status and operation.response(int(code)) is not None


def _refusal(detail: str) -> Reply:
    body: dict[str, Any] = {"type": "about:blank", "title": "Preference refused", "status": 400, "detail": detail}
    return Reply(400, body, (), PROBLEM, proven=True)


def _word(value: str | bool) -> str:
    """A value as a token where it is one, else as a quoted string (RFC 9110 section 5.6)."""
    text = str(value)
    if re.fullmatch(NAME, text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
