"""Validates the parts of a multipart response (OpenAPI 3.2 section 4.14.4, "Encoding By Position")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts.model.finding import RecordedExchange
from mockserver.contract import Contract
from mockserver.errors import Fault, InvalidDocument
from mockserver.openapi import multipart
from mockserver.openapi.document import MediaType
from mockserver.openapi.media_types import is_form, is_xml
from mockserver.openapi.multipart import BodyPart, UnreadableParts
from mockserver.openapi.part_encoding import PartEncoding, encoding_of, schema_at
from mockserver.openapi.part_values import MAX_PARTS, PartValues, UnreadablePart
from mockserver.openapi.schema_faults import faults

MAX_FAULTS = 3
"""How many faults are reported of one response."""


def part_faults(exchange: RecordedExchange, media: MediaType, contract: Contract) -> list[Fault]:
    """What is wrong with the parts of a response: as a whole, in their media types and headers, by their schemas.

    A response that did not end in time is judged by the parts that arrived.
    """
    is_cut = exchange.header("content-length") is None
    try:
        sent = exchange.header("content-type") or ""
        parts = multipart.read(exchange.reply_body, sent, most=MAX_PARTS, is_cut=is_cut)
        return list(_faults(parts, media, contract, is_cut))[:MAX_FAULTS]
    except UnreadableParts as fault:
        return [Fault("body", (), f"not a multipart body: {fault}", "multipart")]
    except UnreadablePart as fault:
        return [Fault("body", fault.path, str(fault), "contentType")]
    except InvalidDocument:
        return []


def _faults(parts: list[BodyPart], media: MediaType, contract: Contract, is_cut: bool) -> Iterator[Fault]:
    schemas, encoding = contract.schemas, encoding_of(media, contract.document.root)
    reader = PartValues(schemas, "response", _unread)
    values = reader.values(parts, media.schema, encoding)
    yield from reader.faults(parts, media.schema, encoding)
    if media.schema is None:
        return
    if not is_cut and not _has_unread(values):
        yield from faults(schemas.validator(media.schema, "response"), values, "body")
        return
    for number, value in enumerate(values):
        at = schema_at(schemas, media.schema, number)
        if at is not None and not _has_unread(value):
            yield from faults(schemas.validator(at, "response"), value, "body", (number,))


class _Unread:
    """The value of a part that is not read here, because its form is not the document's affair alone."""


UNREAD = _Unread()


def _unread(content: bytes, sent: str, pointer: str | None, encoding: PartEncoding) -> Any:
    return UNREAD if is_xml(sent) or is_form(sent) else content.decode("utf-8", "replace")


def _has_unread(value: Any) -> bool:
    return value is UNREAD or (isinstance(value, list) and any(map(_has_unread, value)))
