"""A request as it is sent, and as it is shown in the record."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx

SHOWN = 60
"""So many characters of a request's header or body are shown in the record."""

JSON = "application/json"

Learn = Callable[[httpx.Response], None]
"""What is done with a reply."""


def nothing(response: httpx.Response) -> None:
    """Learn nothing from a reply."""


@dataclass(frozen=True)
class Request:
    """One request; `learn` gets the reply if that is a success."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes | None = None
    learn: Learn = nothing

    def header(self, name: str) -> str | None:
        return next((value for known, value in self.headers if known.lower() == name.lower()), None)

    def without(self, *names: str) -> Request:
        """The same without these headers."""
        gone = {name.lower() for name in names}
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0].lower() not in gone))

    def having(self, **headers: str) -> Request:
        """The same with these headers in place of those of the same names; `_` means `-`."""
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        rest = self.without(*(name for name, _ in named))
        return replace(rest, headers=(*rest.headers, *named))

    def asking(self, query: str) -> Request:
        """The same with more of a query."""
        return replace(self, target=self.target + ("&" if "?" in self.target else "?") + query)

    def shown(self) -> dict[str, Any]:
        """What the record shows of it."""
        told: dict[str, Any] = {"method": self.method, "target": shortened(self.target, 2 * SHOWN)}
        if self.headers:
            told["headers"] = [f"{name}: {shortened(value)}" for name, value in self.headers]
        if self.content is not None:
            told["sent"] = shortened(self.content.decode(errors="backslashreplace"))
        return told


def shortened(text: str, length: int = SHOWN) -> str:
    return text if len(text) <= length else f"{text[:length]}… ({len(text)})"


def written(value: Any) -> bytes:
    """A value as JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def part(body: Mapping[str, Any], boundary: str) -> bytes:
    """Fields as a multipart body (RFC 7578); bytes are a file."""
    pieces = []
    for name, value in body.items():
        file = isinstance(value, bytes)
        more = f'; filename="{name}.bin"\r\nContent-Type: application/octet-stream' if file else ""
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
        pieces.append(head.encode() + (value if file else str(value).encode()) + b"\r\n")
    return b"".join(pieces) + f"--{boundary}--\r\n".encode()
