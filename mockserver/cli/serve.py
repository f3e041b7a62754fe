"""`mockserver serve`: stateful mocks of OpenAPI documents or of vendors, over HTTP."""

from __future__ import annotations

import asyncio
import gc
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli import https as https_module
from mockserver.cli import project_options, serve_options
from mockserver.cli.https import Certificate
from mockserver.cli.option import Command
from mockserver.cli.port import check_port
from mockserver.cli.probers import mcp_sync_of
from mockserver.cli.problems import problem_lines
from mockserver.cli.server import Serving, run
from mockserver.cli.shared_store import chosen_store, store_options
from mockserver.cli.telemetry import telemetry
from mockserver.contract import ReadingOptions, lenient_hint
from mockserver.document_cache import OFF, user_cache
from mockserver.errors import MockServerError
from mockserver.lazy_module import LazyModule
from mockserver.loopback import is_loopback
from mockserver.rules import from_modules
from mockserver.web.app import Sandbox, create_app
from mockserver.web.control.check_runs import CheckRuns
from mockserver.web.control.namespaces import NamespaceLimits
from mockserver.web.control.outbox import WebhookSettings
from mockserver.web.service import ServiceSettings

if TYPE_CHECKING:
    from mockserver.cli import overrides_file as overrides_file_module
    from mockserver.cli import state_file as state_file_module
    from mockserver.cli import workers as workers_module
    from mockserver.stores.sqlite_log import Durability
else:
    overrides_file_module = LazyModule("mockserver.cli.overrides_file")
    state_file_module = LazyModule("mockserver.cli.state_file")
    workers_module = LazyModule("mockserver.cli.workers")

GIVEN_TOKEN = "$MOCKSERVER_ADMIN_TOKEN"  # noqa: S105  # the name of a variable
"""What is printed in place of a token that the user knows."""


@click.command(cls=Command)
@project_options.documents("documents", "VENDOR|DOCUMENT|URL|-", several=True)
@serve_options.listening
@serve_options.reading
@serve_options.requests
@serve_options.overrides
@serve_options.webhooks
@serve_options.outside_services
@serve_options.items
@serve_options.control
@serve_options.namespaces
@store_options
@serve_options.access_log
@serve_options.telemetry
@serve_options.workers
@project_options.config
def serve(
    documents: tuple[str, ...],
    host: str,
    port: int,
    https: bool,
    https_cert: Path | None,
    https_key: Path | None,
    client_ca: Path | None,
    hosts: tuple[str, ...],
    **given: Any,
) -> None:
    """Serve stateful mocks of OpenAPI documents or of vendors.

    Without a name, it serves the document of the project's settings; without settings, all vendors.

    \b
    Examples:
      mockserver serve my-api.yaml
      mockserver serve my-api.yaml --behaviour my-behaviour.yaml --watch
      mockserver serve my-api.yaml --handlers my_handlers --watch
      mockserver serve basedash --port 9000
    """
    names = tuple(name.lower() for name in (host, *hosts))
    files = {"given": https_cert, "key": https_key, "client_ca": client_ca}
    with https_module.certificate(names, https=https, **files) as certificate:
        _serve(documents, host, port, certificate, hosts=names, **given)


def _serve(
    documents: tuple[str, ...],
    host: str,
    port: int,
    certificate: Certificate | None,
    state_file: Path | None,
    overrides_file: Path | None,
    handlers: str | None,
    access_log: bool | None,
    watch: bool,
    workers: int,
    admin_token: str | None,
    store: str | None,
    durability: Durability,
    stale_reads: bool,
    metrics: bool,
    otel: bool | None,
    log_format: str,
    **given: Any,
) -> None:
    check_port(host, port)
    if workers > 1:
        workers_module.check_workers(given["sync_mode"])
    kept = chosen_store(store, durability, stale_reads=stale_reads)
    observed = telemetry(metrics, otel)
    # What is created at start stays, so that garbage collection finds nothing; it would take a third of the time.
    gc.disable()
    token = admin_token or (None if is_loopback(host) else secrets.token_urlsafe(24))
    if handlers is not None:
        sys.path.insert(0, str(Path.cwd()))  # the module is usually in the folder where the command is run
    try:
        is_shared = kept is not None or workers > 1
        options = app_options(**given) | {"is_shared": is_shared}
        sandbox = create_app(*documents, token=token, handlers=handlers, **options)
        loaded = asyncio.run(state_file_module.load(state_file, sandbox)) if state_file else 0
    except MockServerError as fault:
        reading = ReadingOptions(given["lenient"], given["outside"])
        hint = lenient_hint(fault, documents, reading, "serves")
        raise click.ClickException(f"{fault}\n{hint}" if hint else str(fault)) from None
    if state_file:
        sandbox.mark_start()
    if overrides_file is not None:
        _load_overrides(overrides_file, sandbox)
    if kept is not None and workers == 1:
        kept.open(sandbox)
    is_json = log_format == "json"
    is_logged = is_json or sys.stdout.isatty() if access_log is None else access_log
    known = None if is_json else GIVEN_TOKEN  # who gave it knows it, and a log should not have it
    shown = known if admin_token is not None else token
    serving = Serving(sandbox, host, port, shown, loaded, certificate, is_logged, watch, observed, is_json, kept)
    serving.warn(project_options.settings_lines(click.get_current_context()))
    for service in sandbox.services.values():
        serving.warn(problem_lines(service.contract))
    workers_module.run_workers(serving, workers) if workers > 1 else run(serving)


def _load_overrides(path: Path, sandbox: Sandbox) -> None:
    try:
        overrides_file_module.load(path, sandbox.overrides)
    except MockServerError as fault:
        raise click.ClickException(str(fault)) from None


def app_options(
    seed: int | None,
    behaviour: tuple[Path, ...],
    rules_modules: tuple[str, ...],
    lenient: bool,
    outside: bool,
    cache: bool,
    no_auth: bool,
    no_validate: bool,
    strict_query: bool,
    lenient_prefer: bool,
    stream_interval: float,
    rate_limits: bool,
    max_body: int,
    cors: tuple[str, ...] | None,
    hosts: tuple[str, ...],
    forward_allow: tuple[str, ...],
    webhooks: dict[str, list[str]],
    webhook_secret: str,
    callback_allow: tuple[str, ...],
    sync_mode: str,
    sync_allow: tuple[str, ...],
    sync_deadline: float,
    allow_stdio: bool,
    items: int,
    materialize: bool,
    journal: int,
    checks: bool,
    check_allow: tuple[str, ...],
    quiet_headers: bool,
    namespace_idle: float,
    max_namespaces: int,
) -> dict[str, Any]:
    """The arguments of `create_app` from the options of the command. Raises UsageError and MockServerError."""
    return {
        "behaviour": behaviour,
        "seed": seed,
        "rules": from_modules(rules_modules),
        "outside": mcp_sync_of(sync_mode, sync_allow, allow_stdio, sync_deadline),
        "reading": ReadingOptions(lenient, outside, cache=user_cache() if cache else OFF),
        "settings": ServiceSettings(
            limits=rate_limits,
            max_body=max_body,
            items=items,
            materialize=materialize,
            authenticate=not no_auth,
            validate=not no_validate,
            strict_query=strict_query,
            lenient_prefer=lenient_prefer,
            stream_interval=stream_interval,
        ),
        "cors": cors,
        "hosts": hosts,
        "journal": journal,
        "checks": CheckRuns(is_allowed=checks, hosts=check_allow),
        "quiet_headers": quiet_headers,
        "namespace_limits": NamespaceLimits(namespace_idle, max_namespaces),
        "forward_allow": forward_allow,
        "webhooks": WebhookSettings(webhooks, webhook_secret, callback_allow),
    }
