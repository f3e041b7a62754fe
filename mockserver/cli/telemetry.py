"""`--metrics` and `--otel`: what other programs see of the sandbox. Each needs an extra."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
from msgspec import Struct

from mockserver.cli.lazy_command import MissingExtra, install_line, resolve
from mockserver.web.app import Sandbox

METRICS = "mockserver.telemetry.metrics:Metrics"
SPANS = "mockserver.telemetry.spans:Spans"
PROVIDER = "mockserver.telemetry.spans:exporting_provider"
"""Named and not imported: they need the extras `metrics` and `otel`."""

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
"""With one of these variables, spans are sent without `--otel` too."""

SHARED_COUNTS = "PROMETHEUS_MULTIPROC_DIR"
"""Tells prometheus_client, when it is imported, to keep counts in files of this folder."""


class Telemetry(Struct, frozen=True):
    """What is measured."""

    metrics: bool
    otel: bool

    def start(self, sandbox: Sandbox, *, is_shared: bool = False) -> Callable[[], None]:
        """Observe a sandbox from now on; returns the function that ends it. `is_shared` says that others count too."""
        observers: list[Any] = []
        if self.metrics:
            folder = os.environ[SHARED_COUNTS] if is_shared else None
            metrics = resolve(METRICS, "metrics")(sandbox.control, folder)
            sandbox.control.metrics = lambda: (metrics.exposed(), metrics.content_type)
            observers.append(metrics)
        spans = resolve(SPANS, "otel")(resolve(PROVIDER, "otel")()) if self.otel else None
        if spans is not None:
            observers.append(spans)
        if observers:
            sandbox.observe(*observers)
        return spans.close if spans is not None else _nothing


def telemetry(metrics: bool, otel: bool | None) -> Telemetry:
    """What `--metrics` and `--otel` ask for; without `--otel`, the environment. Raises MissingExtra."""
    if metrics and find_spec("prometheus_client") is None:
        raise MissingExtra("prometheus_client", "metrics")
    is_named = any(os.environ.get(name) for name in ENDPOINTS)
    wanted = is_named if otel is None else otel
    if wanted and find_spec("opentelemetry.sdk") is None:
        if otel:
            raise MissingExtra("opentelemetry.sdk", "otel")
        click.echo(f"no spans are sent to the address in OTEL_…: this needs {install_line('otel')}", err=True)
        wanted = False
    return Telemetry(metrics, wanted)


def share_counts(folder: Path) -> None:
    """Let several processes share their counts, in a folder of this one; called before they are started.

    Raises ClickException if it is too late: prometheus_client chooses where it counts when it is imported.
    """
    if "prometheus_client" in sys.modules:
        raise click.ClickException(
            "--metrics with --workers: a module of yours imports prometheus_client, which then counts for one process; "
            "import it in a function"
        )
    own = folder / "metrics"  # all files in it are taken for counts
    own.mkdir()
    os.environ[SHARED_COUNTS] = str(own)


def _nothing() -> None:
    pass
