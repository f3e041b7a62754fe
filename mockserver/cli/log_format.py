"""`--log-format json`: one JSON object for each request, and for each other line."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from mockserver.cli.access_log import LONGEST, masked_target
from mockserver.openapi import json_codec
from mockserver.printed_text import masked
from mockserver.web.exchange import Exchange


class JsonLogFormatter(logging.Formatter):
    """Formats log records as JSON objects: `time`, `level`, `logger`, `message`, and `exception` if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The object of a record, on one line."""
        fields: dict[str, Any] = {"logger": record.name, "message": masked(record.getMessage())}
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json_line(record.levelname.lower(), record.created, fields)


def json_line(level: str, moment: float, fields: Mapping[str, Any]) -> str:
    """A line of the log. `moment` is in seconds since 1970."""
    time = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json_codec.write({"time": time, "level": level, **fields}).decode()


def json_lines(lines: Iterable[str]) -> Iterator[str]:
    """An object for each line that is not empty."""
    now = datetime.now(UTC).timestamp()
    return (json_line("info", now, {"message": line}) for line in lines if line)


def json_request(exchange: Exchange) -> str:
    """The object for a request. What a client sent is cut as in the line of text, and secrets are masked."""
    request, response, trace = exchange.request, exchange.response, exchange.trace
    target, status = masked_target(request.target), response.status if response is not None else None
    service, _, namespace = (trace.label or "").partition("@")
    fields: dict[str, Any] = {
        "message": f"{request.method[:LONGEST]} {target} {status or '---'}",
        "method": request.method[:LONGEST],
        "target": target,
        "status": status,
        "milliseconds": round(exchange.seconds * 1000, 3),
    }
    if trace.operation is not None:
        fields |= {"operation": trace.operation.operation_id, "service": service, "namespace": namespace or "default"}
    if exchange.refusal:
        kind = {"kind": trace.refusal.kind, "step": trace.step} if trace.refusal is not None else {}
        fields["refusal"] = {**kind, "message": masked(exchange.refusal[:LONGEST])}
    if (parent := request.header("traceparent")) is not None:
        fields["traceparent"] = parent[:LONGEST]
    level = "error" if status is None or status >= 500 else "info"
    return json_line(level, datetime.now(UTC).timestamp(), fields)
