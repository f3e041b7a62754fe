"""How much of a response is read: its time, and its bytes before and after decoding. Some responses never end."""

from __future__ import annotations

import time
import zlib

from mockserver.openapi import sequences

MAX_RESPONSE = 32 * 1024 * 1024
"""The most bytes of a response: with its head as they are sent, and the body after decoding."""

STREAM_SECONDS = 2.0
"""For how long a stream is read; it may never end, and be silent for long. What came by then is judged."""

MAX_STREAM = 1024 * 1024
"""The most bytes that are read of a stream."""

GZIP, ZLIB, DEFLATE = zlib.MAX_WBITS | 16, zlib.MAX_WBITS, -zlib.MAX_WBITS
"""Formats of zlib. The coding `deflate` means ZLIB, but some servers send DEFLATE (RFC 9110 section 8.4.1.2)."""

FORMATS = {"gzip": (GZIP,), "x-gzip": (GZIP,), "deflate": (ZLIB, DEFLATE)}


class ResponseTooLarge(OSError):
    """A response has more than MAX_RESPONSE bytes. urllib3 passes on an OSError of a connection only."""

    def __init__(self) -> None:
        super().__init__(f"a response of more than {MAX_RESPONSE // 1024 // 1024} MiB")


class InvalidCoding(Exception):
    """A body is not in the coding that its `Content-Encoding` names."""


def is_stream(content_type: str | None) -> bool:
    """May a response of this `Content-Type` go on for ever?"""
    return content_type is not None and sequences.is_stream(content_type)


class ResponseMeter:
    """The time and the bytes that are left for one response."""

    def __init__(self, seconds: float) -> None:
        self._end, self._left = time.monotonic() + seconds, MAX_RESPONSE
        self._is_stream = False

    def shorten(self) -> None:
        """Leave what a stream gets. TimeoutError ends it, also after its last byte."""
        self._end = min(self._end, time.monotonic() + STREAM_SECONDS)
        self._left, self._is_stream = min(self._left, MAX_STREAM), True

    def seconds(self) -> float:
        """The time that is left. Raises TimeoutError."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def count(self, length: int) -> None:
        """Count received bytes. Raises ResponseTooLarge, and TimeoutError in a stream."""
        self._left -= length
        if self._left < 0:
            raise TimeoutError if self._is_stream else ResponseTooLarge


def decoded(body: bytes, content_encoding: str) -> bytes:
    """The body without its content codings (RFC 9110 section 8.4); one that is not known here stays.

    Raises InvalidCoding or ResponseTooLarge. HTTP clients decode too, but a megabyte may become gigabytes in them.
    """
    for coding in reversed(content_encoding.lower().split(",")):
        formats = FORMATS.get(coding.strip())
        if formats is not None and body:
            body = _inflated(body, formats, coding.strip())
    return body


def _inflated(body: bytes, formats: tuple[int, ...], coding: str) -> bytes:
    reason = ""
    for format in formats:
        stream = zlib.decompressobj(format)
        try:
            found = stream.decompress(body, MAX_RESPONSE + 1)
        except zlib.error as fault:
            reason = reason or str(fault)
            continue
        if len(found) > MAX_RESPONSE:
            raise ResponseTooLarge
        if stream.eof:
            return found
        reason = reason or "it ends too early"
    raise InvalidCoding(f"a body that is not {coding}: {reason}")
