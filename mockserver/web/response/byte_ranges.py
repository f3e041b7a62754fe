"""Byte ranges: 206 and 416 for a request with `Range`, where a document has them (RFC 9110 section 14)."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.errors import RangeNotSatisfiable
from mockserver.lazy_pattern import lazy_pattern
from mockserver.messages import Call, Reply
from mockserver.openapi.document import Operation, Response
from mockserver.openapi.media_types import is_json
from mockserver.web.response.example_response import ExampleResponses

PARTIAL = 206

ONE_RANGE = lazy_pattern(r"([0-9]{0,99})-([0-9]{0,99})")
"""`0-99`, `100-`, or `-50` for the last 50 bytes (section 14.1.1). No content is so large that it has more digits."""

OWN_HEADERS = frozenset({"accept-ranges", "content-range"})
"""The headers that say which part of a content a reply has."""


class ByteRanges:
    """Cuts the part that a request asks for out of the content of a reply.

    A request for several parts gets the whole, as section 14.2 allows.
    """

    def __init__(self, operation: Operation, response: Response, examples: ExampleResponses) -> None:
        self._operation, self._response, self._examples = operation, response, examples

    def part(self, reply: Reply, call: Call, headers: Mapping[str, str]) -> Reply:
        """The part of a successful reply. Raises RangeNotSatisfiable for one that its content does not have."""
        content = reply.content
        if content is None or reply.status not in (200, PARTIAL):
            return reply
        kept = tuple(pair for pair in reply.headers if pair[0] not in OWN_HEADERS)
        reply = reply._replace(headers=(*kept, ("accept-ranges", "bytes")))
        wanted = headers.get("range", "") if call.method == "GET" and _is_current(headers, kept) else ""
        span = _span(wanted, len(content))
        if span is None and (reply.status != PARTIAL or not content):
            return reply
        begin, end = span or (0, len(content))
        shown = ("content-range", f"bytes {begin}-{end - 1}/{len(content)}")
        own = self._documented(call, {name.lower() for name, _ in kept} | OWN_HEADERS)
        return reply._replace(status=PARTIAL, headers=(*reply.headers, shown, *own), content=content[begin:end])

    def _documented(self, call: Call, known: set[str]) -> tuple[tuple[str, str], ...]:
        """The other headers that the document has for the 206."""
        found = self._examples.headers(self._operation, call, self._response, PARTIAL)
        return tuple(pair for pair in found if pair[0] not in known)


def byte_ranges(operation: Operation, examples: ExampleResponses) -> ByteRanges | None:
    """What answers ranges of an operation; None unless it is a GET whose document has a 206 for a content of bytes.

    A 206 of JSON is a page of a list.
    """
    partial = next((each for each in operation.responses if each.status == str(PARTIAL)), None)
    if operation.method != "get" or partial is None:
        return None
    success = operation.success() or partial
    media = partial.content or success.content
    return ByteRanges(operation, partial, examples) if any(not is_json(each.name) for each in media) else None


def _is_current(headers: Mapping[str, str], sent: tuple[tuple[str, str], ...]) -> bool:
    """Does the content have the entity tag or the date of `If-Range`, if there is one (section 13.1.5)?"""
    condition = headers.get("if-range")
    known = [value for name, value in sent if name.lower() in ("etag", "last-modified")]
    return condition is None or condition in known


def _span(wanted: str, size: int) -> tuple[int, int] | None:
    """Where the part begins and ends; None for the whole, which also answers what is not valid or of another unit.

    Raises RangeNotSatisfiable where no range that is asked for has a byte of the content.
    """
    unit, _, listed = wanted.partition("=")
    texts = [text.strip() for text in listed.split(",") if text.strip()]
    found = [ONE_RANGE.fullmatch(text) for text in texts]
    if unit.strip().lower() != "bytes" or not found:
        return None
    spans = []
    for one in found:
        if one is None or one[0] == "-" or (one[1] and one[2] and int(one[1]) > int(one[2])):
            return None
        begin = int(one[1]) if one[1] else max(size - int(one[2]), 0)
        end = min(int(one[2]) + 1, size) if one[1] and one[2] else size
        spans += [(begin, end)] if begin < end else []
    if not spans:
        message = f"the content has {size} bytes, and none of them is in {wanted}"
        raise RangeNotSatisfiable(message, headers=(("content-range", f"bytes */{size}"),))
    return spans[0] if len(spans) == 1 else None
