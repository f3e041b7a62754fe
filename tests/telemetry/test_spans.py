"""The span of a request: the trace it belongs to, and the decision as attributes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

import mockserver
from mockserver.telemetry.spans import Spans, exporting_provider
from tests.client import Client
from tests.process import ROOT

TOM = {"name": "Tom", "kind": "cat"}
TRACE_ID, PARENT_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def client(exporter: InMemorySpanExporter) -> Iterator[Client]:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    sandbox = mockserver.create_app(ROOT / "docs/petstore.yaml", seed=1, journal=10)
    sandbox.observe(Spans(provider))
    with Client(sandbox) as client:
        yield client


def only(exporter: InMemorySpanExporter) -> tuple[ReadableSpan, dict[str, Any]]:
    [span] = exporter.get_finished_spans()
    return span, dict(span.attributes or {})


def test_a_request_is_a_span_named_after_its_operation(client: Client, exporter: InMemorySpanExporter) -> None:
    reply = client.post("/pets", json=TOM)

    span, attributes = only(exporter)

    assert ("POST /pets", SpanKind.SERVER, None) == (span.name, span.kind, span.parent)
    assert {
        "http.request.method": "POST",
        "http.route": "/pets",
        "http.response.status_code": 201,
        "url.path": "/pets",
        "mockserver.service": "petstore",
        "mockserver.namespace": "default",
        "mockserver.operation": "createPet",
        "mockserver.step": "handler",
        "mockserver.request": int(reply.headers["mock-request"]),
        "mockserver.revision": int(reply.headers["mock-revision"]),
    } == {name: value for name, value in attributes.items() if name != "mockserver.caller"}
    assert span.start_time is not None
    assert span.end_time is not None
    assert span.start_time < span.end_time


def test_a_span_belongs_to_the_trace_of_the_request(client: Client, exporter: InMemorySpanExporter) -> None:
    client.get("/pets", headers={"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-01"})

    span, _ = only(exporter)

    assert span.context is not None
    assert span.parent is not None
    assert (TRACE_ID, PARENT_ID) == (f"{span.context.trace_id:032x}", f"{span.parent.span_id:016x}")


@pytest.mark.parametrize("sent", ["", "00-zz-zz-01", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "x" * 5000])
def test_a_traceparent_that_is_none_begins_a_trace(client: Client, exporter: InMemorySpanExporter, sent: str) -> None:
    client.get("/pets", headers={"traceparent": sent})

    span, _ = only(exporter)

    assert span.parent is None


def test_a_refusal_says_at_which_step_and_why(client: Client, exporter: InMemorySpanExporter) -> None:
    client.post("/pets", json={"name": 5, "kind": "cat"})

    span, attributes = only(exporter)

    assert (400, "body", "invalid") == (
        attributes["http.response.status_code"],
        attributes["mockserver.step"],
        attributes["mockserver.refusal.kind"],
    )
    assert "name" in attributes["mockserver.refusal.message"]
    assert StatusCode.UNSET == span.status.status_code  # it is the client's error


def test_requests_without_an_operation_have_a_span_too(client: Client, exporter: InMemorySpanExporter) -> None:
    client.get("/nothing")

    span, attributes = only(exporter)

    assert ("GET", 404, "route") == (span.name, attributes["http.response.status_code"], attributes["mockserver.step"])


@pytest.mark.parametrize(("variable", "expected"), [("", "mockserver"), ("shop-mock", "shop-mock")])
def test_spans_are_exported_with_the_name_of_the_service(
    variable: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", variable)
    provider = exporting_provider()
    provider.shutdown()

    assert expected == provider.resource.attributes["service.name"]
