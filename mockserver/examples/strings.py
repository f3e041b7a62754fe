"""Strings that meet length, patterns and formats at once (JSON Schema 2020-12 Validation, sections 6.3 and 7)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from functools import cached_property
from random import Random
from typing import Any

import jsonschema_rs
from msgspec import Struct

from mockserver.examples import name_hints, realistic
from mockserver.examples.characters import UnreadablePattern
from mockserver.examples.patterns import Writing, expression
from mockserver.openapi.formats import WRITTEN_FORMATS
from mockserver.openapi.regex import validator_of

TRIES = 200
LONGEST = 1_000_000
FILLER = "abcdefghijklmnopqrstuvwxyz"


def _padded(before: str, after: str = "", unit: str = FILLER) -> Callable[[int], str]:
    """A function that writes a string of a given length with fixed ends."""

    def write(length: int) -> str:
        room = max(1, length - len(before) - len(after))
        return before + (unit * (room // len(unit) + 1))[:room] + after

    return write


def _host(length: int) -> str:
    labels = "example." * (length // 8 + 1)
    text = labels[: max(1, length)]
    return text[:-1] + "a" if text.endswith(".") else text


def _email(length: int) -> str:
    local = max(1, min(64, length - len("@b.co")))
    return f"{(FILLER * 3)[:local]}@{_host(length - local - 1)}" if length > 70 else f"{(FILLER * 3)[:local]}@b.co"


def _base64(length: int) -> str:
    return base64.b64encode((FILLER * (length // 26 + 1))[: length // 4 * 3 or 1].encode()).decode()


SIZED: dict[str, Callable[[int], str]] = {
    "binary": _padded(""),
    "byte": _base64,
    "email": _email,
    "hostname": _host,
    "idn-email": _email,
    "idn-hostname": _host,
    "iri": _padded("a:"),
    "iri-reference": _padded("/"),
    "json-pointer": _padded("/"),
    "password": _padded(""),
    "regex": _padded(""),
    "uri": _padded("a:"),
    "uri-reference": _padded("/"),
    "uri-template": _padded(""),
    "url": _padded("a:"),
}
"""Format → a function that writes a string of (nearly) any given length."""


class Text(Struct, frozen=True, dict=True):
    """The requirements for a string: its length in characters, the patterns it matches, the formats it has."""

    min_length: int = 0
    max_length: int | None = None
    patterns: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    encodings: tuple[str, ...] = ()

    def written(self, random: Random, name: str) -> str | None:
        """A string for a property called `name`; None if a limited number of tries finds none."""
        if self.min_length > LONGEST or (self.max_length is not None and self.max_length < self.min_length):
            return None
        # What no engine can run matches no string, whatever is tried.
        if self.patterns and any(validator_of(pattern) is None for pattern in self.patterns):
            return None
        if not self.patterns and not self.formats and not self.encodings:
            return self._sized(name_hints.by_name(name)(random))
        candidates = self._candidates(random, name)
        # Nearly always the first one is accepted.
        first = next(candidates)
        return first if self._accepts(first) else next(filter(self._accepts, candidates), None)

    @cached_property
    def _validator(self) -> jsonschema_rs.Draft202012Validator:
        asked: dict[str, Any] = {"type": "string", "minLength": self.min_length}
        if self.max_length is not None:
            asked["maxLength"] = self.max_length
        parts = [{"pattern": one} for one in self.patterns] + [{"format": one} for one in self.formats]
        asked |= {"allOf": parts} if parts else {}
        return jsonschema_rs.Draft202012Validator(asked, validate_formats=True, formats=WRITTEN_FORMATS)

    def _accepts(self, text: str) -> bool:
        return self._validator.is_valid(text)

    def _candidates(self, random: Random, name: str) -> Iterator[str]:
        """Realistic strings first, then strings of the required length, then strings for the patterns."""
        if "base64" in self.encodings:
            yield realistic.base64_text(random)
        for format_ in self.formats or ("",):
            maker = name_hints.by_format(name, format_) if format_ else name_hints.by_name(name)
            for _ in range(3):
                yield (text := maker(random))
                yield self._sized(text)
        # Only now strings of a measured length: they are valid but look artificial.
        yield from self._measured()
        for number, pattern in enumerate(self.patterns * (TRIES // len(self.patterns)) if self.patterns else ()):
            yield from self._patterned(random, pattern, number)

    def _measured(self) -> Iterator[str]:
        longest = self.min_length + 8 if self.max_length is None else min(self.max_length, self.min_length + 64)
        for format_ in self.formats:
            if format_ in SIZED:
                yield from map(SIZED[format_], range(self.min_length, longest + 1))

    def _patterned(self, random: Random, pattern: str, number: int) -> Iterator[str]:
        """Random strings for a pattern, and strings whose length is adjusted to the limits."""
        try:
            writer = expression(pattern)
            loose = writer(Writing(random, stretch=3 + number // 8))
            yield loose
            if not self._fits(loose):
                yield from self._steered(random, writer)
                yield from self._extended(loose)
        except (UnreadablePattern, RecursionError):
            return

    def _steered(self, random: Random, writer: Callable[[Writing], str]) -> Iterator[str]:
        """Strings of growing or shrinking length, until one meets the limits."""
        stretch = 0
        for _ in range(12):
            text = writer(Writing(random, stretch, steady=True))
            yield text
            missing = self.min_length - len(text) if len(text) < self.min_length else 0
            excess = len(text) - self.max_length if self.max_length is not None and len(text) > self.max_length else 0
            if not missing and not excess:
                return
            # A pattern may repeat several parts, and each of them grows: hence not always the whole difference.
            stretch = max(0, stretch + (missing + random.randint(0, 1)) // random.choice((1, 1, 2)) - excess)

    def _extended(self, text: str) -> Iterator[str]:
        """The text with filler before or after it, which still matches a pattern without anchors."""
        missing = self.min_length - len(text)
        if missing > 0:
            filler = (FILLER * (missing // len(FILLER) + 1))[:missing]
            yield text + filler
            yield filler + text

    def _fits(self, text: str) -> bool:
        return self.min_length <= len(text) and (self.max_length is None or len(text) <= self.max_length)

    def _sized(self, text: str) -> str:
        """The text, repeated or cut to the required length."""
        if len(text) < self.min_length:
            text += (" " + text) * (self.min_length // (len(text) + 1) + 1)
            return self._trimmed(text, self.min_length)
        return text if self.max_length is None or len(text) <= self.max_length else self._trimmed(text, self.max_length)

    def _trimmed(self, text: str, length: int) -> str:
        cut = text[:length]
        return cut[:-1] + "." if cut.endswith(" ") else cut
