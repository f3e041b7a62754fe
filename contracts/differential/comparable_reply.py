"""Prepares a response for comparison: ids become the names of their items, times become their format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.model.finding import RecordedExchange
from mockserver.openapi.media_types import essence, is_json

TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d)?(?P<fraction>\.\d+)?([Zz]|[+-]\d\d:?\d\d)?")
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

HEADERS = ("location", "link")
"""Headers whose presence is compared."""


@dataclass(frozen=True, slots=True)
class ComparableReply:
    """One response: its status, the relevant headers and the body."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(slots=True)
class ReplyNormalizer:
    """Normalizes the responses of one side. It knows the names of ids, and the texts that we sent.

    `moments` holds the times of the previous response, for scenarios that test whether a time changes.
    """

    ids: dict[str, str] = field(default_factory=dict)
    keys: frozenset[str] = frozenset({"id"})
    times: frozenset[str] = frozenset()
    sent: set[str] = field(default_factory=set)
    moments: dict[str, str] | None = None

    def normalize(self, exchange: RecordedExchange) -> ComparableReply:
        """The response in comparable form."""
        kind = essence(exchange.header("content-type") or "")
        headers = {name: "there" for name in HEADERS if exchange.header(name) is not None}
        if exchange.reply_body:
            headers["content-type"] = kind
        if exchange.status == 405:
            named = {word.strip().upper() for word in (exchange.header("allow") or "").split(",")}
            headers["allow"] = ", ".join(sorted(named - {"HEAD", "OPTIONS", ""}))
        body = self.value("", exchange.json) if is_json(kind) else ("text" if exchange.reply_body else None)
        return ComparableReply(exchange.status, headers, body)

    def value(self, key: str, value: Any) -> Any:
        """A JSON value in comparable form; `key` is the name of its property."""
        if isinstance(value, dict):
            return {name: self.value(name, each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.value(key, each) for each in value]
        if isinstance(value, str):
            return self._text(key, value)
        if isinstance(value, int) and not isinstance(value, bool):
            return self._number(key, value)
        return value

    def _text(self, key: str, text: str) -> str:
        if text in self.ids:
            return f"‹{self.ids[text]}›"
        if key not in self.times and text in self.sent:
            return text
        found = TIME.fullmatch(text)
        if found:
            return f"‹time iso-{_precision(found['fraction'])}{self._moved(key, text)}›"
        if UUID.fullmatch(text):
            return "‹uuid›"
        for id in self.ids:
            if len(id) >= 6 and id in text:
                return text.replace(id, f"‹{self.ids[id]}›")
        return text

    def _number(self, key: str, number: int) -> Any:
        if key in self.keys and str(number) in self.ids:
            return f"‹{self.ids[str(number)]}›"
        if key in self.times and number > 10**8:
            return f"‹time unix-{'milliseconds' if number > 10**11 else 'seconds'}{self._moved(key, str(number))}›"
        return number

    def _moved(self, key: str, moment: str) -> str:
        """`, moved` if the previous response had another time in this property."""
        if self.moments is None or key not in self.times:
            return ""
        before, self.moments[key] = self.moments.get(key, moment), moment
        return "" if before == moment else ", moved"


def _precision(fraction: str | None) -> str:
    """The unit of the last digit of a time: `.123` has milliseconds."""
    if not fraction:
        return "seconds"
    return "milliseconds" if len(fraction) <= 4 else "microseconds"
