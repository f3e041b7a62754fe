"""How an entry or a snapshot is written: one byte for the version, four for a checksum, then the content."""

from __future__ import annotations

from collections.abc import Iterable
from struct import Struct
from zlib import crc32

from mockserver.errors import LogDamaged, LogMismatch

VERSION = 1
HEAD = Struct(">BI")


def framed(content: bytes) -> bytes:
    """The bytes to write for a content."""
    return HEAD.pack(VERSION, crc32(content)) + content


def unframed(written: bytes, what: str) -> bytes:
    """The content of what was written. `what` names it for messages.

    Raises LogMismatch for a newer version, LogDamaged for what is truncated or changed.
    """
    if len(written) < HEAD.size:
        raise LogDamaged(f"{what} is truncated")
    version, checksum = HEAD.unpack_from(written)
    content = written[HEAD.size :]
    if crc32(content) != checksum or not version:
        raise LogDamaged(f"{what} is damaged: its checksum is wrong")
    if version > VERSION:
        raise LogMismatch(f"{what} has the format {version}; this version of mockserver reads formats up to {VERSION}")
    return content


def unframed_entries(written: Iterable[bytes], what: str, after: int, before: list[bytes]) -> list[bytes]:
    """The contents of entries that follow on a revision, added to those `before`.

    Raises LogMismatch or LogDamaged, which has all contents before the damaged one.
    """
    for number, each in enumerate(written, after):
        try:
            before.append(unframed(each, f"{what} {number}"))
        except LogDamaged as fault:
            raise LogDamaged(str(fault), tuple(before)) from None
    return before
