"""`mockserver serve`: stateful mocks of OpenAPI documents or of vendors, over HTTP."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import secrets
import sys
from pathlib import Path

import click

from mockserver.cli import state_file as state_file_module
from mockserver.cli.port import check_port
from mockserver.cli.probers import PROBERS, mcp_sync_of
from mockserver.cli.problems import print_problems
from mockserver.cli.server import run
from mockserver.contract import ReadingOptions
from mockserver.errors import MockServerError
from mockserver.rules import from_modules
from mockserver.web.app import create_app
from mockserver.web.service import ServiceSettings


@click.command()
@click.argument("documents", nargs=-1, metavar="[VENDOR|DOCUMENT]...")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on; 0 for any."
)
@click.option("--seed", type=int, help="Make ids, times and random values repeatable.")
@click.option(
    "--state",
    "state_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Create the items of this file at start.",
)
@click.option(
    "--behaviour",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A behaviour file that corrects or extends the inferred behaviour; repeatable.",
)
@click.option(
    "--rules-module",
    "rules_modules",
    multiple=True,
    metavar="MODULE",
    help="A Python module with rules that behaviour files name (docs/rules.md).",
)
@click.option("--lenient", is_flag=True, help="Serve the valid parts of an invalid document and list what was skipped.")
@click.option("--outside", is_flag=True, help="Follow references outside the document's folder and to URLs.")
@click.option("--rate-limits/--no-rate-limits", default=True, show_default=True, help="Enforce rate limits.")
@click.option(
    "--sync",
    "sync_mode",
    type=click.Choice(sorted(PROBERS)),
    default="simulated",
    show_default=True,
    help="How MCP servers are queried: live, simulated or off.",
)
@click.option(
    "--sync-allow", multiple=True, metavar="HOST|CIDR", help="Where live sync may connect to besides loopback."
)
@click.option("--sync-deadline", default=10.0, show_default=True, help="Seconds a reply waits for an MCP server.")
@click.option("--allow-stdio", is_flag=True, help="Let live sync run the commands that clients send. Dangerous.")
@click.option(
    "--items",
    default=0,
    show_default=True,
    type=click.IntRange(0, 100_000),
    help="Generate this many items in each collection at start.",
)
@click.option("--materialize", is_flag=True, help="Generate an item for an unknown id instead of a 404.")
@click.option("--max-body", default=10 * 1024 * 1024, show_default=True, help="Largest request body in bytes.")
@click.option("--access-log", is_flag=True, help="Print a line for each request.")
@click.option(
    "--handlers", metavar="MODULE", help="A Python module whose functions answer operations; the others are mocked."
)
@click.option("--watch", is_flag=True, help="Reload when a document, behaviour file or handler module changes.")
def serve(
    documents: tuple[str, ...],
    host: str,
    port: int,
    seed: int | None,
    state_file: Path | None,
    behaviour: tuple[Path, ...],
    rules_modules: tuple[str, ...],
    lenient: bool,
    outside: bool,
    rate_limits: bool,
    sync_mode: str,
    sync_allow: tuple[str, ...],
    sync_deadline: float,
    allow_stdio: bool,
    items: int,
    materialize: bool,
    max_body: int,
    access_log: bool,
    handlers: str | None,
    watch: bool,
) -> None:
    """Serve stateful mocks of OpenAPI documents or of vendors; of all vendors when nothing is named.

    \b
    Examples:
      mockserver serve my-api.yaml
      mockserver serve my-api.yaml --behaviour my-behaviour.yaml --watch
      mockserver serve my-api.yaml --handlers my_handlers --watch
      mockserver serve basedash --port 9000
    """
    check_port(host, port)
    # What is created at start stays, so that garbage collection finds nothing; it would take a third of the time.
    gc.disable()
    token = None if is_loopback(host) else secrets.token_urlsafe(24)
    if handlers is not None:
        sys.path.insert(0, str(Path.cwd()))  # the module is usually in the folder where the command is run
    try:
        sandbox = create_app(
            *documents,
            behaviour=behaviour,
            seed=seed,
            token=token,
            rules=from_modules(rules_modules),
            outside=mcp_sync_of(sync_mode, sync_allow, allow_stdio, sync_deadline),
            reading=ReadingOptions(lenient, outside),
            settings=ServiceSettings(rate_limits, max_body, items, materialize),
            handlers=handlers,
        )
        loaded = asyncio.run(state_file_module.load(state_file, sandbox.services)) if state_file else 0
    except MockServerError as fault:
        raise click.ClickException(str(fault)) from None
    for service in sandbox.services.values():
        print_problems(service.contract)
    run(sandbox, host, port, token, loaded, access_log=access_log, watch=watch)


def is_loopback(host: str) -> bool:
    """Can only this machine connect to the address?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
