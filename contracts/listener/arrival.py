"""What came to the listener."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from mockserver.openapi import json_codec


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request that came. `target` is its path with the query, `status` what it was answered with.

    Names of `headers` are in lower case. `came` is a time of the monotonic clock, `moment` one since 1970, in seconds.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    status: int
    came: float
    moment: float

    @property
    def json(self) -> Any:
        """The body as a JSON value; None if it is none."""
        try:
            return json_codec.read(self.body)
        except (orjson.JSONDecodeError, RecursionError):
            return None

    def texts(self) -> set[str]:
        """The texts at the top of a JSON object, which may name the event, and those of all headers."""
        value = self.json
        shown = value.values() if isinstance(value, dict) else ()
        return {each for each in (*shown, *self.headers.values()) if isinstance(each, str)}
