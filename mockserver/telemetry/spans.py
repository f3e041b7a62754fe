"""Spans for OpenTelemetry: one for each request, with the decision as attributes.

A span is made when its response is ready, with the times of the request, so that a request costs no more before that.
It belongs to the trace that the request names by W3C Trace Context (`traceparent`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from opentelemetry import propagate
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode

from mockserver.behaviour.statements import Statement
from mockserver.errors import Refusal
from mockserver.printed_text import masked
from mockserver.web.request.headers import read_headers
from mockserver.web.response.default_errors import summary
from mockserver.web.serving.uvicorn_protocol import CompleteResponse
from mockserver.web.trace import Trace

LONGEST = 300
"""How many characters of a text that a client may have chosen become an attribute."""

Attributes = Iterator[tuple[str, str | int]]


def exporting_provider() -> TracerProvider:
    """A provider that sends spans by OTLP over HTTP, set up by the variables `OTEL_*` (OpenTelemetry specification,
    "Environment Variables"). It sends from a thread, and keeps 2,048 spans at most while it cannot.
    """
    named = OTELResourceDetector().detect().attributes  # by OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: "mockserver", **named}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


class Spans:
    """Makes the spans, an observer of requests (see web/serving/recorder.py)."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider, self._tracer = provider, provider.get_tracer("mockserver")

    def __call__(self, scope: Any, trace: Trace, seconds: float, response: CompleteResponse | None) -> None:
        """Make the span of a request with its response; None if there was none."""
        end = time.time_ns()
        operation, method = trace.operation, scope["method"]
        span = self._tracer.start_span(
            f"{method} {operation.path}" if operation is not None else method,
            propagate.extract(read_headers(scope["headers"])),
            SpanKind.SERVER,
            dict(attributes(scope, trace, response)),
            start_time=end - int(seconds * 1e9),
        )
        if response is None or response[0] >= 500:
            span.set_status(StatusCode.ERROR)
        span.end(end)

    def close(self) -> None:
        """Send what is not yet sent."""
        self._provider.shutdown()


def attributes(scope: Mapping[str, Any], trace: Trace, response: CompleteResponse | None) -> Attributes:
    """The attributes of a span: those of HTTP servers (OpenTelemetry semantic conventions), and `mockserver.…`."""
    yield "http.request.method", scope["method"]
    yield "url.path", scope["path"][:LONGEST]
    if response is not None:
        yield "http.response.status_code", response[0]
    if trace.operation is not None:
        yield "http.route", trace.operation.path
        yield "mockserver.operation", trace.operation.operation_id
    if trace.label is not None:
        service, _, namespace = trace.label.partition("@")
        yield "mockserver.service", service
        yield "mockserver.namespace", namespace or "default"
    yield "mockserver.step", trace.step
    if trace.principal is not None:
        yield "mockserver.caller", trace.principal.name
    if trace.number:
        yield "mockserver.request", trace.number
    if trace.commits:
        yield "mockserver.revision", trace.commits[-1].revision
    if trace.notes:
        yield "mockserver.notes", "; ".join(trace.notes)[:LONGEST]
    if trace.refusal is not None:
        yield from _refused(trace.refusal)


def _refused(refusal: Refusal) -> Attributes:
    yield "mockserver.refusal.kind", refusal.kind
    yield "mockserver.refusal.message", masked(summary(refusal)[:LONGEST])
    if refusal.rule:
        yield "mockserver.refusal.rule", refusal.rule
    if isinstance(refusal.statement, Statement):
        yield "mockserver.statement.evidence", refusal.statement.evidence
        if refusal.statement.source:
            yield "mockserver.statement.source", refusal.statement.source
