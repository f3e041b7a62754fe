"""Creates that are sent again with the same `Idempotency-Key`: they show the item that the first one made."""

from __future__ import annotations

from hashlib import blake2b
from itertools import islice
from typing import Any

from mockserver.errors import Conflict, Invalid
from mockserver.handlers.request_context import RequestContext
from mockserver.openapi import json_codec
from mockserver.openapi.document import Operation
from mockserver.state.collection import Collection
from mockserver.state.record import Record

KEY = "idempotency-key"
"""The key in `Record.hidden` for the header and a digest of the body of the request that made an item."""

MOST = 1000
"""Among how many items, the newest, one is looked for. Services forget keys too, most after a day."""


def key_header(operation: Operation) -> str:
    """The header of an operation that has such a key; empty without one."""
    named = (each.name for each in operation.parameters if each.location == "header")
    return next((name for name in named if name.lower().replace("-", "").endswith("idempotencykey")), "")


def made_before(context: RequestContext, items: Collection) -> Record | None:
    """The item that a request with the same key made; None for a new key.

    Raises Invalid or Conflict if that request had another body and the operation documents a status for it
    (draft-ietf-httpapi-idempotency-key-header section 2.7).
    """
    mark = _mark(context)
    newest = islice(items.view().after(None, newest_first=True), MOST) if mark is not None else ()
    for record in newest:
        known = record.hidden.get(KEY)
        if mark is None or known is None or known[0] != mark[0]:
            continue
        if known[1] != mark[1]:
            for status, refusal in ((422, Invalid), (409, Conflict)):
                if context.bound.operation.response(status) is not None:
                    raise refusal(f"{context.bound.key_header} was sent before with another request")
        return record
    return None


def mark(context: RequestContext, record: Record) -> None:
    """Let a new item remember the key of the request that makes it."""
    found = _mark(context)
    if found is not None:
        record.hidden[KEY] = found


def _mark(context: RequestContext) -> list[Any] | None:
    """Who sends which key, and the digest of the body; None without a key."""
    key = context.call.headers.get(context.bound.key_header)
    if key is None:
        return None
    body = blake2b(json_codec.write(context.call.body), digest_size=8).hexdigest()
    return [f"{context.call.principal.name} {context.bound.operation.operation_id} {key}", body]
