"""Splitting a contract check among several machines (`--shard 2/5`)."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import Protocol

from mockserver.errors import MockServerError


class ShardError(MockServerError):
    """`--shard` has a value that is not allowed; the text says what is."""


class CheckFilter(Protocol):
    """Selects some of the checks of a contract."""

    def has(self, check: str, operation: str) -> bool:
        """Is this check at this operation selected?"""
        ...


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `number` of `count`. Each check at each operation is in exactly one shard, the same on every machine."""

    number: int = 1
    count: int = 1

    def has(self, check: str, operation: str) -> bool:
        """Is this check at this operation in this shard?"""
        return zlib.crc32(f"{check} {operation}".encode()) % self.count == self.number - 1

    def __str__(self) -> str:
        return f"{self.number}/{self.count}" if self.count > 1 else ""


WHOLE = Shard()


def parse_shard(text: str) -> Shard:
    """The shard that `2/5` names; the empty text means everything. Raises ShardError."""
    if not text:
        return WHOLE
    found = re.fullmatch(r"([1-9][0-9]*)/([1-9][0-9]*)", text)
    if not found or int(found[1]) > int(found[2]):
        raise ShardError(f"{text!r} is not a shard; write the second of five as 2/5")
    return Shard(int(found[1]), int(found[2]))
