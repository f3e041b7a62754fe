"""Metrics for Prometheus: what `GET /_mock/metrics` says.

Counters are kept by `prometheus_client`, in files of the workers' folder if several processes serve (its multiprocess
mode), so that what a dead worker counted stays counted. What is stored is counted when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from mockserver.errors import Refusal
from mockserver.web.control.control import Control
from mockserver.web.serving.uvicorn_protocol import CompleteResponse
from mockserver.web.trace import Trace

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each counter, which says when it was first needed

SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""The bounds of the buckets for durations: a mock answers within a millisecond, and delays may be asked for."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
"""Other methods are counted as `other`: a client could make up any number of them."""

MOST_FAULTS = 50
"""How many faults of one request are counted."""


class _Counted(NamedTuple):
    """What a request is counted as."""

    service: str
    operation: str
    method: str
    status: str


class Metrics:
    """Counts requests. `folder` is where several processes keep what they counted; None for one process.

    It is an observer of requests (see web/serving/recorder.py); `exposed` is the text for Prometheus.
    """

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, control: Control, folder: str | None = None) -> None:
        self._folder, self._stored = folder, _Stored(control)
        self._registry = registry = CollectorRegistry()
        labels = ("service", "operation", "method", "status")
        self._requests = Counter("mockserver_requests", "Requests to services.", labels, registry=registry)
        self._seconds = Histogram(
            "mockserver_request_duration_seconds",
            "Seconds from a request that has arrived to its response.",
            labels[:2],
            buckets=SECONDS,
            registry=registry,
        )
        self._refusals = Counter(
            "mockserver_refusals",
            "Refused requests by kind, and by the step that refused them.",
            ("service", "operation", "kind", "step"),
            registry=registry,
        )
        self._faults = Counter(
            "mockserver_validation_faults",
            "Values that broke the document, by where they were and the keyword they broke.",
            ("service", "operation", "location", "keyword"),
            registry=registry,
        )
        self._known: dict[_Counted, tuple[Callable[[], None], Callable[[float], None]]] = {}

    def __call__(self, scope: Any, trace: Trace, seconds: float, response: CompleteResponse | None) -> None:
        """Count a request with its response; None if there was none."""
        operation, label = trace.operation, trace.label or ""
        subject = _Counted(
            label.partition("@")[0],
            operation.operation_id if operation is not None else "",
            scope["method"],
            str(response[0]) if response is not None else "none",
        )
        count, observe = self._known.get(subject) or self._counters(subject)
        count()
        observe(seconds)
        if trace.refusal is not None:
            self._count_refusal(subject, trace.step, trace.refusal)

    def _counters(self, subject: _Counted) -> tuple[Callable[[], None], Callable[[float], None]]:
        """The functions that count a request of a kind; kept, because to find them takes longer than to count."""
        if subject.method not in METHODS:
            subject = subject._replace(method="other")
        found = self._requests.labels(*subject).inc, self._seconds.labels(*subject[:2]).observe
        self._known[subject] = found
        return found

    def _count_refusal(self, subject: _Counted, step: str, refusal: Refusal) -> None:
        self._refusals.labels(subject.service, subject.operation, refusal.kind, step).inc()
        for fault in refusal.faults[:MOST_FAULTS]:
            self._faults.labels(subject.service, subject.operation, fault.location, fault.keyword).inc()

    def exposed(self) -> bytes:
        """All metrics in the text format of Prometheus, of all workers."""
        registry = self._registry
        if self._folder is not None:
            registry = CollectorRegistry()
            MultiProcessCollector(registry, self._folder)  # type: ignore[no-untyped-call]  # it has no types
        return generate_latest(registry) + generate_latest(self._stored)


class _Stored(Collector):
    """What a sandbox keeps, as gauges. The items are those of the default namespace."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def collect(self) -> Iterator[Metric]:
        """The gauges, read now."""
        items = GaugeMetricFamily("mockserver_items", "Items in the default namespace.", labels=("service", "resource"))
        for labels, count in self._items():
            items.add_metric(labels, count)
        yield items
        count = sum(1 for _ in self._control.namespaces)
        yield GaugeMetricFamily("mockserver_namespaces", "Namespaces in use, with the default one.", count)
        journal = self._control.journal
        if journal is not None and self._control.worker is None:  # of several, each would say another number
            yield GaugeMetricFamily("mockserver_journal_entries", "Requests that the journal keeps.", len(journal))

    def _items(self) -> Iterable[tuple[tuple[str, str], int]]:
        for name, service in self._control.services.items():
            counts = dict.fromkeys(service.plans, 0)
            for (resource, _, _), collection in service.store.collections.items():
                counts[resource] = counts.get(resource, 0) + len(collection)
            yield from (((name, resource), count) for resource, count in counts.items())
