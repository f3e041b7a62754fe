"""Small complete files for media types whose bytes are no text, and which type is sent for a range of them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

TYPE_OF_RANGE = {
    "*/*": "application/octet-stream",
    "application/*": "application/json",
    "text/*": "text/plain",
    "image/*": "image/png",
    "audio/*": "audio/mpeg",
    "video/*": "video/mp4",
}
"""The media type that is sent for a documented range when the client accepts no specific type in it."""


def _png() -> bytes:
    """One grey pixel (PNG, ISO/IEC 15948)."""
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\x80")),
        (b"IEND", b""),
    )
    written = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def _gif() -> bytes:
    """One pixel (GIF89a)."""
    return b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"


def _jpeg() -> bytes:
    """One grey pixel (JPEG, ISO/IEC 10918-1): its tables have one code each."""
    segments = (
        (b"\xe0", b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
        (b"\xdb", b"\0" + b"\xff" * 64),
        (b"\xc0", b"\x08\0\x01\0\x01\x01\x01\x11\0"),
        (b"\xc4", b"\0\x01" + bytes(16)),
        (b"\xc4", b"\x10\x01" + bytes(16)),
        (b"\xda", b"\x01\x01\0\0?\0"),
    )
    written = (b"\xff" + mark + struct.pack(">H", len(data) + 2) + data for mark, data in segments)
    return b"\xff\xd8" + b"".join(written) + b"?\xff\xd9"


def _pdf() -> bytes:
    """One empty page (ISO 32000)."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>",
    )
    text, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(text))
        text += b"%d 0 obj%sendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"xref\n0 4\n0000000000 65535 f \n%strailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return text + tail % (table, len(text))


def _zip() -> bytes:
    """An archive without entries (APPNOTE section 4.3.16)."""
    return b"PK\x05\x06" + bytes(18)


SAMPLE_FILES: dict[str, Callable[[], bytes]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/jpg": _jpeg,  # what some documents call it
    "image/gif": _gif,
    "application/pdf": _pdf,
    "application/zip": _zip,
}
"""Small complete files for media types whose bytes are no text; they replace a generated string."""
