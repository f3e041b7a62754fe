"""How an entry or a snapshot is written: one byte for the version, four for a checksum, then the content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from struct import Struct
from zlib import crc32

from mockserver.errors import LogDamaged, LogMismatch

VERSION = 1
"""The version of what is written whole: entries, and the snapshots of earlier versions."""

PIECE_VERSION = 2
"""The version of a piece of a snapshot: each has a checksum of its own."""

PIECE_BYTES = 1 << 20
"""The most bytes of a piece: others write between two, and a server answers each in time."""

FEWEST_BYTES = 1 << 18
"""The fewest bytes of a piece that is not the last one: writing each has a price."""

HEAD = Struct(">BI")


def framed(content: bytes) -> bytes:
    """The bytes to write for a content."""
    return HEAD.pack(VERSION, crc32(content)) + content


def framed_pieces(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes to write for the pieces of a snapshot: short ones are put together, and long ones cut."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) >= FEWEST_BYTES:
            yield _framed_piece(bytes(waiting[:PIECE_BYTES]))
            del waiting[:PIECE_BYTES]
    if waiting:
        yield _framed_piece(bytes(waiting))


def _framed_piece(content: bytes) -> bytes:
    return HEAD.pack(PIECE_VERSION, crc32(content)) + content


def unframed_snapshot(written: list[bytes], what: str) -> bytes:
    """The content of a snapshot that was written in pieces, or whole and then cut. Raises as `unframed` does."""
    if written and written[0][:1] == bytes([PIECE_VERSION]):
        return b"".join(unframed(each, what, PIECE_VERSION) for each in written)
    return unframed(b"".join(written), what)


def unframed(written: bytes, what: str, known: int = VERSION) -> bytes:
    """The content of what was written. `what` names it for messages, `known` is the version that it may have.

    Raises LogMismatch for a newer version, LogDamaged for what is truncated or changed.
    """
    if len(written) < HEAD.size:
        raise LogDamaged(f"{what} is truncated")
    version, checksum = HEAD.unpack_from(written)
    content = written[HEAD.size :]
    if crc32(content) != checksum or not version:
        raise LogDamaged(f"{what} is damaged: its checksum is wrong")
    if version > known:
        raise LogMismatch(f"{what} has the format {version}; this version of mockserver reads formats up to {known}")
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
