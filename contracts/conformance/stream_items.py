"""Validates the items of a stream, each by itself (OpenAPI 3.2 section 4.14.3.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from contracts.model.finding import RecordedExchange
from mockserver.contract import Contract
from mockserver.errors import Fault, InvalidDocument
from mockserver.openapi import json_codec, sequences
from mockserver.openapi.document import MediaType
from mockserver.openapi.media_types import essence
from mockserver.openapi.pointer import join
from mockserver.openapi.schema_faults import faults
from mockserver.openapi.schemas import Schemas

MAX_FAULTS = 3
"""How many faults are reported of one stream."""


class ItemFault(NamedTuple):
    """What is wrong with one item of a stream; `keyword` and `path` say where in its schema and its value."""

    number: int
    keyword: str
    path: tuple[str | int, ...]
    message: str


def item_faults(exchange: RecordedExchange, media: MediaType, contract: Contract) -> Iterator[ItemFault]:
    """What is wrong with the items of a response that is a sequence."""
    sent, schemas = exchange.header("content-type") or "", contract.schemas
    at = described_item(contract, media, sent)
    if at is None:
        return
    found = 0
    try:
        validator = schemas.validator(at, "response")
        items = sequences.items(exchange.reply_body, sent, is_cut=exchange.header("content-length") is None)
        for number, item in enumerate(items, 1):
            value = sequences.as_described(item, validator.is_valid) if essence(sent) == sequences.EVENTS else item
            wrong = faults(validator, value, "body") or _content_faults(schemas, at, value)
            for fault in wrong[: MAX_FAULTS - found]:
                yield ItemFault(number, fault.keyword, fault.path, f"{fault.field}: {fault.message}")
            found += len(wrong)
            if found >= MAX_FAULTS:
                return
    except sequences.UnreadableItem as fault:
        yield ItemFault(fault.number, "json", (), str(fault))
    except InvalidDocument:
        return


def described_item(contract: Contract, media: MediaType, sent: str) -> str | None:
    """The schema of each item of a body with the media type `sent`; None where the document does not say.

    Before 3.2 an author could describe events only as one text, and lines as a list or as one line.
    """
    schemas, is_32 = contract.schemas, str(contract.document.raw.get("openapi", "")).startswith("3.2")
    if media.schema is None or (essence(sent) == sequences.EVENTS and not is_32):
        return None
    types = schemas.types(media.schema)
    if "array" in types:
        return schemas.items(media.schema)
    return None if is_32 or "string" in types else media.schema


def _content_faults(schemas: Schemas, at: str, value: Any) -> tuple[Fault, ...]:
    """What is wrong with the JSON value in the `data` of an event, if its schema has a `contentSchema`."""
    data = schemas.properties(at).get("data")
    if data is None or not isinstance(schemas.keyword(data, "contentSchema"), dict) or not isinstance(value, dict):
        return ()
    try:
        content = json_codec.read(str(value.get("data", "")).encode())
    except orjson.JSONDecodeError as fault:
        return (Fault("body", ("data",), f"the text is not JSON: {fault}", "contentMediaType"),)
    here = next(here for node, here in schemas.branches(data) if "contentSchema" in node)
    return faults(schemas.validator(join(here, "contentSchema"), "response"), content, "body")
