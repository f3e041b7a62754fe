"""What a client would get while an override applies: schemas of the admin API as values."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from mockserver.client.journal_models import JournalBody, JournalRequest, JournalResponse
from mockserver.printed_text import on_one_line, printable


class PreviewedAnswer(Struct, frozen=True):
    """One request with what came back. `applied` is false when the override is not about the request.

    `response` is None when none came; `broken` then says how the connection ended. `delay` is shown and not waited for.
    """

    applied: bool
    delay: Any
    request: JournalRequest
    response: JournalResponse | None
    broken: str | None

    @property
    def status(self) -> int | None:
        """The status of the response; None when none came."""
        return self.response.status if self.response is not None else None

    def __str__(self) -> str:
        status = str(self.status) if self.response is not None else "no response"
        why = [*([] if self.applied else ["the override is not about this request"])]
        why += [self.broken] if self.broken else []
        why += [f"after {_waited(self.delay)}"] if self.delay is not None else []
        told = f"  {'; '.join(why)}" if why else ""
        line = on_one_line(f"{self.request.method} {self.request.target}  {status}{told}")
        if self.response is None or not self.response.body.bytes:
            return line
        return printable(f"{line}\n  {_shown(self.response.body)}")


class OverridePreview(Struct, frozen=True):
    """The answers of an override that is not set, and the operations that it is about: the first 50 of `count`."""

    operations: list[str]
    count: int
    answers: list[PreviewedAnswer]

    def __str__(self) -> str:
        named = ", ".join(self.operations[:5])
        further = f" and {self.count - 5} more" if self.count > 5 else ""
        return "\n".join([f"about {named}{further}" if named else "about no operation", *map(str, self.answers)])


def _waited(delay: Any) -> str:
    """A delay as an override has it: seconds, a text with a unit, or how it is drawn."""
    if isinstance(delay, int | float):
        return f"{delay:g} s"
    return delay if isinstance(delay, str) else _json(delay)


def _shown(body: JournalBody) -> str:
    return str(body) if body.json is None else _json(body.json)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
