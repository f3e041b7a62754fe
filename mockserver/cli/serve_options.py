"""Options of `mockserver serve`, in groups."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import click

from mockserver.cli.option import option
from mockserver.cli.probers import PROBERS
from mockserver.lazy_pattern import lazy_pattern
from mockserver.web.control.namespaces import USUAL_LIMITS

HOST = lazy_pattern(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?", re.IGNORECASE)
"""A host with or without a port."""

TOKEN = lazy_pattern(r"[A-Za-z0-9._~+/-]{16,}=*")
"""A bearer token that cannot be guessed."""

Decorator = Callable[[Any], Any]

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

ORIGIN = lazy_pattern(r"[a-z][a-z0-9+.-]*://(\[[0-9a-f:.]+\]|[^\s/?#@:\[\]]+)(:\d+)?", re.IGNORECASE)
"""An origin as browsers send it (RFC 6454 section 6.2)."""


def origins(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...] | None:
    """The origins of `--cors`: None for any, an empty tuple for none. Raises BadParameter."""
    wrong = next((each for each in given if each not in ("*", "none", "null") and not ORIGIN.fullmatch(each)), None)
    if wrong is not None:
        raise click.BadParameter(f"{wrong!r} is no origin; write it without a path, for example http://localhost:3000")
    if "none" in given and len(given) > 1:
        raise click.BadParameter("'none' cannot be combined with origins")
    if not given or "*" in given:
        return None
    return () if given == ("none",) else tuple(each.lower() for each in given)


def forward_hosts(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """The hosts of `--forward-allow`. Raises BadParameter."""
    wrong = next((each for each in given if HOST.fullmatch(each) is None), None)
    if wrong is not None:
        raise click.BadParameter(f"{wrong!r} is no host; write HOST or HOST:PORT, for example api.example.com:8080")
    return given


def webhook_addresses(
    context: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> dict[str, list[str]]:
    """The addresses of `--webhook` by the name of the webhook. Raises BadParameter."""
    found: dict[str, list[str]] = {}
    for text in given:
        name, sign, url = text.partition("=")
        if not sign or not name or "://" not in url:
            raise click.BadParameter(f"{text!r}: write NAME=URL, for example newPet=http://127.0.0.1:9000/hooks")
        found.setdefault(name, []).append(url)
    return found


def token(context: click.Context, parameter: click.Parameter, given: str | None) -> str | None:
    """The token of `--admin-token` (RFC 6750 section 2.1). Raises BadParameter, which does not show it."""
    if given is not None and TOKEN.fullmatch(given) is None:
        raise click.BadParameter("use 16 or more of the characters A-Z a-z 0-9 - . _ ~ + /")
    return given


def _group(*options: Decorator) -> Decorator:
    """Several options as one decorator. `--help` lists them in this order."""
    return lambda command: reduce(lambda done, option: option(done), reversed(options), command)


listening = _group(
    option("--host", default="127.0.0.1", show_default=True, help="Address to listen on."),
    option(
        "--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on; 0 for any."
    ),
    option("--https", is_flag=True, help="Serve HTTPS, with a self-made certificate unless one is given."),
    option("--https-cert", type=FILE, help="Serve HTTPS with this certificate, in PEM."),
    option("--https-key", type=FILE, help="The unencrypted private key of the certificate, in PEM."),
    option(
        "--client-ca",
        type=FILE,
        help="Require a client certificate of these authorities (PEM, with HTTPS) where the document says `mutualTLS`.",
    ),
)
"""Where the mock listens."""

reading = _group(
    option("--seed", type=int, help="Make ids, times and random values repeatable."),
    option(
        "--state",
        "state_file",
        type=FILE,
        help="Start with the items of this file, or with a snapshot (docs/state.md).",
    ),
    option(
        "--behaviour",
        multiple=True,
        type=FILE,
        help="A behaviour file that corrects or extends the inferred behaviour; repeatable.",
    ),
    option(
        "--rules-module",
        "rules_modules",
        multiple=True,
        metavar="MODULE",
        help="A Python module with rules that behaviour files name (docs/rules.md).",
    ),
    option("--lenient", is_flag=True, help="Serve the valid parts of an invalid document and list what was skipped."),
    option("--outside", is_flag=True, help="Follow references outside the document's folder or host, and to URLs."),
    option(
        "--cache/--no-cache",
        default=True,
        help="Keep what was read of a document in the user's cache folder, for the next start (docs/serve.md).",
    ),
)
"""What is read."""

requests = _group(
    option(
        "--no-auth",
        is_flag=True,
        help="Require no credential; without one, a request is by the first listed client.",
    ),
    option("--no-validate", is_flag=True, help="Do not validate requests; invalid values are ignored."),
    option("--strict-query", is_flag=True, help="Refuse query parameters that the document does not describe."),
    option("--lenient-prefer", is_flag=True, help="Let `Prefer: code=` choose statuses that are not documented, too."),
    option(
        "--stream-interval",
        default=0.0,
        show_default=True,
        type=click.FloatRange(0, 600),
        metavar="SECONDS",
        help="Send the events or lines of a stream one by one, this many seconds apart.",
    ),
    option("--rate-limits/--no-rate-limits", default=True, show_default=True, help="Enforce rate limits."),
    option("--max-body", default=10 * 1024 * 1024, show_default=True, help="Largest request body in bytes."),
    option(
        "--cors",
        multiple=True,
        metavar="ORIGIN|none",
        callback=origins,
        help="A page's origin that may use the mock, for example http://localhost:3000; repeatable. "
        "The default is any origin; 'none' sends no CORS headers.",
    ),
    option(
        "--allow-host",
        "hosts",
        multiple=True,
        metavar="NAME",
        help="A name of this machine by which clients may call the admin API below /_mock/; repeatable.",
    ),
)
"""How requests are treated."""

outside_services = _group(
    option(
        "--sync",
        "sync_mode",
        type=click.Choice(sorted(PROBERS)),
        default="simulated",
        show_default=True,
        help="How MCP servers are queried: live, simulated or off.",
    ),
    option("--sync-allow", multiple=True, metavar="HOST|CIDR", help="Where live sync may connect to besides loopback."),
    option("--sync-deadline", default=10.0, show_default=True, help="Seconds a reply waits for an MCP server."),
    option("--allow-stdio", is_flag=True, help="Let live sync run the commands that clients send. Dangerous."),
)
"""How outside services are asked."""

webhooks = _group(
    option(
        "--webhook",
        "webhooks",
        multiple=True,
        metavar="NAME=URL",
        callback=webhook_addresses,
        help="Send this webhook of the document, or '*' for all, to an address; repeatable (docs/webhooks.md).",
    ),
    option(
        "--webhook-secret",
        metavar="SECRET",
        default="",
        help="Sign webhooks and callbacks with this secret. The default is made from the name of the service.",
    ),
    option(
        "--callback-allow",
        multiple=True,
        metavar="HOST|CIDR",
        help="Where webhooks and callbacks may be sent to besides loopback; repeatable.",
    ),
)
"""What the service sends itself."""

overrides = _group(
    option(
        "--overrides",
        "overrides_file",
        type=FILE,
        help="Answer some requests differently, with responses, faults and delays of this file (docs/overrides.md).",
    ),
    option(
        "--forward-allow",
        multiple=True,
        metavar="HOST[:PORT]",
        callback=forward_hosts,
        help="A host that overrides may forward requests to; repeatable. The default is none.",
    ),
)
"""What is answered differently."""

items = _group(
    option(
        "--items",
        default=0,
        show_default=True,
        type=click.IntRange(0, 100_000),
        help="Generate this many items in each collection at start.",
    ),
    option("--materialize", is_flag=True, help="Generate an item for an unknown id instead of a 404."),
    option(
        "--handlers", metavar="MODULE", help="A Python module whose functions answer operations; the others are mocked."
    ),
    option("--watch", is_flag=True, help="Reload when a document, behaviour file or handler module changes."),
)
"""What is stored, and who answers."""

control = _group(
    option(
        "--journal",
        default=1000,
        show_default=True,
        type=click.IntRange(0, 1_000_000),
        help="Keep this many requests, to see what was asked and why it was answered as it was; 0 keeps none.",
    ),
    option(
        "--checks/--no-checks",
        default=True,
        show_default=True,
        help="Let the dashboard start contract checks, of the mock and of addresses on this machine.",
    ),
    option(
        "--check-allow",
        multiple=True,
        metavar="HOST[:PORT]",
        callback=forward_hosts,
        help="A host that such a check may send requests to, besides this machine; repeatable.",
    ),
    option(
        "--admin-token",
        metavar="TOKEN",
        envvar="MOCKSERVER_ADMIN_TOKEN",
        show_envvar=True,
        callback=token,
        help="The token of the admin API below /_mock/: the same for several machines. The default is a new one at "
        "each start if other machines can connect, else none.",
    ),
    option("--quiet-headers", is_flag=True, help="Send no Mock-Request and Mock-Revision with responses."),
)
"""What is remembered of requests."""

namespaces = _group(
    option(
        "--namespace-idle",
        default=USUAL_LIMITS.idle,
        show_default=True,
        type=click.FloatRange(0, min_open=True),
        metavar="SECONDS",
        help="End a namespace that had no request for this long (docs/namespaces.md).",
    ),
    option(
        "--max-namespaces",
        default=USUAL_LIMITS.most,
        show_default=True,
        type=click.IntRange(0, 1_000_000),
        metavar="N",
        help="How many namespaces there may be at a time, besides the default one.",
    ),
)
"""Worlds of their own for tests."""

access_log = _group(
    option(
        "--access-log/--no-access-log",
        default=None,
        help="Print a line for each request. The default is yes if standard output is a terminal, or for JSON.",
    ),
    option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Print requests and the log as text, or as one JSON object a line.",
    ),
)
"""What is printed."""

telemetry = _group(
    option("--metrics", is_flag=True, help="Count requests for Prometheus, at /_mock/metrics (docs/deploy.md)."),
    option(
        "--otel/--no-otel",
        default=None,
        help="Send a span for each request by OpenTelemetry. The default is yes if OTEL_EXPORTER_OTLP_ENDPOINT is set.",
    ),
)
"""What other programs see of it."""

workers = option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 256),
    metavar="N",
    help="Serve with this many processes, which share what is stored (docs/workers.md).",
)
"""How many processes serve."""
