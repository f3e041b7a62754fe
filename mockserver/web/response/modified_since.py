"""304 for a request with `If-None-Match` or `If-Modified-Since`, where a reply has an `ETag` or `Last-Modified`.

RFC 9110 sections 13.1.2 and 13.1.3. The tags of stored items are compared before.
"""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.messages import Call, Reply
from mockserver.openapi.deprecation_headers import moment
from mockserver.openapi.document import Operation
from mockserver.web.response.byte_ranges import ByteRanges, byte_ranges
from mockserver.web.response.example_response import ExampleResponses

LAST_MODIFIED, ETAG = "last-modified", "etag"

KEPT = frozenset({"cache-control", "content-location", "date", ETAG, "expires", LAST_MODIFIED, "vary"})
"""The headers that a 304 repeats (section 15.4.5)."""


class ModifiedSince:
    """Answers that nothing has changed since the date of a request; else what asks for `ranges` may follow."""

    def __init__(self, ranges: ByteRanges | None) -> None:
        self._ranges = ranges

    def part(self, reply: Reply, call: Call, headers: Mapping[str, str]) -> Reply:
        """The reply, a 304, or the part of the reply that was asked for. Raises RangeNotSatisfiable."""
        if reply.status == 200 and _is_unchanged(reply, headers.get("if-none-match"), headers.get("if-modified-since")):
            kept = tuple(pair for pair in reply.headers if pair[0].lower() in KEPT)
            return Reply(304, None, kept, "", b"", proven=True)
        return reply if self._ranges is None else self._ranges.part(reply, call, headers)


def modified_since(operation: Operation, examples: ExampleResponses) -> ModifiedSince | ByteRanges | None:
    """What judges the dates of requests, if the reply of an operation has one, and their ranges; None for neither."""
    ranges = byte_ranges(operation, examples)
    success = operation.success() if operation.method == "get" else None
    is_told = success is not None and any(each.name.lower() in (LAST_MODIFIED, ETAG) for each in success.headers)
    return ModifiedSince(ranges) if is_told else ranges


def _is_unchanged(reply: Reply, tags: str | None, date: str | None) -> bool:
    """Does the client have what a reply shows: by its tags, or where it sends none by its date?"""
    shown = {name.lower(): value for name, value in reply.headers}
    if tags is not None:
        known = [each.strip().removeprefix("W/").strip('"') for each in tags.split(",")]
        return ETAG in shown and (tags.strip() == "*" or shown[ETAG].removeprefix("W/").strip('"') in known)
    return date is not None and LAST_MODIFIED in shown and _is_at_most(shown[LAST_MODIFIED], date)


def _is_at_most(shown: str, asked: str) -> bool:
    """Is the first date not after the second one? False if one of them is no date: then the header is ignored."""
    own, its = moment(LAST_MODIFIED, shown), moment(LAST_MODIFIED, asked)
    return own is not None and its is not None and own <= its
