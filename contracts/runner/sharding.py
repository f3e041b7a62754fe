"""The share of one machine in an examination that several divide among themselves."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import Protocol

from mockserver.errors import MockServerError


class ShardError(MockServerError):
    """A share that cannot be; the text says what is wanted."""


class CheckFilter(Protocol):
    """Some of the checks of an examination."""

    def has(self, check: str, operation: str) -> bool:
        """Does this check at this operation belong to it?"""
        ...


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `number` of `count`. Each check at each operation belongs to one part, the same one on every machine."""

    number: int = 1
    count: int = 1

    def has(self, check: str, operation: str) -> bool:
        """Does this check at this operation belong to this share?"""
        return zlib.crc32(f"{check} {operation}".encode()) % self.count == self.number - 1

    def __str__(self) -> str:
        return f"{self.number}/{self.count}" if self.count > 1 else ""


WHOLE = Shard()


def parse_shard(text: str) -> Shard:
    """`2/5`, or nothing for the whole. Raises ShareError."""
    if not text:
        return WHOLE
    found = re.fullmatch(r"([1-9][0-9]*)/([1-9][0-9]*)", text)
    if not found or int(found[1]) > int(found[2]):
        raise ShardError(f"{text!r} is no share; the second of five is 2/5")
    return Shard(int(found[1]), int(found[2]))
