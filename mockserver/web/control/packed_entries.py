"""Entries of the journal in bytes, for another worker that verifies requests: what it compares, unmasked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from mockserver.messages import Principal
from mockserver.web.control.journal import JournalRecord, KeptEntry
from mockserver.web.control.kept_exchange import KeptExchange
from mockserver.web.control.kept_request import RequestParts
from mockserver.web.service import Service
from mockserver.web.trace import ROUTE


class _Entry(NamedTuple):
    number: int
    moment: float
    request: RequestParts
    status: int | None
    operation: str | None
    label: str | None
    tenant: str | None
    caller: str | None


_read = msgspec.msgpack.Decoder(list[_Entry]).decode


def packed(entries: Iterable[JournalRecord]) -> bytes:
    """The entries in bytes (MessagePack)."""
    return msgspec.msgpack.encode([_packed(each) for each in entries])


def _packed(entry: JournalRecord) -> _Entry:
    operation, trace = entry.operation, entry.trace
    return _Entry(
        entry.number,
        entry.moment,
        entry.parts,
        entry.status,
        operation.operation_id if operation is not None else None,
        trace.label,
        trace.tenant,
        trace.principal.name if trace.principal is not None else None,
    )


def unpacked(content: bytes, services: Mapping[str, Service]) -> list[JournalRecord]:
    """The entries, without what is not compared: bodies of responses, changes, why a request was refused."""
    return [_unpacked(each, services) for each in _read(content)]


def _unpacked(entry: _Entry, services: Mapping[str, Service]) -> JournalRecord:
    service = services.get((entry.label or "").partition("@")[0])
    endpoint = service.endpoints.get(entry.operation) if service is not None and entry.operation is not None else None
    operation = endpoint.operation if endpoint is not None else None
    caller = Principal(entry.caller) if entry.caller is not None else None
    sent = (entry.request, entry.status, b"", b"", 0)
    exchange = KeptExchange(*sent, operation, ROUTE, None, caller, entry.tenant, entry.label, (), ())
    return JournalRecord(KeptEntry(entry.number, entry.moment, 0.0, exchange))
