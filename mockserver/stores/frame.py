"""How an entry or a snapshot is written: one byte for the version, four for a checksum, then the content."""

from __future__ import annotations

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
    if version > VERSION:
        raise LogMismatch(f"{what} has the format {version}; this version of mockserver reads formats up to {VERSION}")
    if version < 1 or crc32(content) != checksum:
        raise LogDamaged(f"{what} is damaged: its checksum is wrong")
    return content
