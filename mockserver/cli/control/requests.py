"""`mockserver requests`: what was asked of a running sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import click

from mockserver.cli.control.connection import SandboxConnection, connected, json_text, print_json
from mockserver.client import JournalEntry, Namespace, Sandbox, SandboxError


@click.command()
@click.option("--follow", "-f", is_flag=True, help="Go on, and print requests as they are answered, until Ctrl-C.")
@click.option("--operation", metavar="ID", help="Only this operationId.")
@click.option("--service", metavar="NAME", help="Only this service.")
@click.option("--method", help="Only this HTTP method.")
@click.option("--status", help="Only this status, or a class of statuses such as 4XX.")
@click.option("--unmatched", is_flag=True, help="Only requests that no operation answered.")
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="At most this many, the latest."
)
@click.option("--json", "as_json", is_flag=True, help="Print each entry as a line of JSON, with headers and bodies.")
@click.option("--har", "as_har", is_flag=True, help="Print the journal as HTTP Archive 1.2.")
@click.option("--clear", is_flag=True, help="Forget the requests.")
@connected
def requests(
    connection: SandboxConnection, follow: bool, as_json: bool, as_har: bool, clear: bool, **only: Any
) -> None:
    """Show what was asked of a running sandbox: of all its namespaces, or of one.

    \b
    Examples:
      mockserver requests --follow
      mockserver requests --operation createPet --status 4XX
      mockserver requests --har > requests.har
    """
    if clear:
        _source(connection).clear_requests()
    elif as_har:
        print_json(_source(connection).har())
    else:
        wanted = {name: value for name, value in only.items() if value not in (None, False)}
        with suppress(KeyboardInterrupt):  # the usual end of --follow
            for entry in _entries(connection, wanted, follow=follow):
                click.echo(json_text(entry) if as_json else line(entry, connection.name))


def line(entry: JournalEntry, namespace: str | None) -> str:
    """The line for an entry; it names the namespace where the lines of several are printed."""
    is_named = namespace is None and entry.namespace != "default"
    return str(entry) + (f"  [{entry.namespace}]" if is_named else "")


def _source(connection: SandboxConnection) -> Namespace | Sandbox:
    """The named namespace, else all of them."""
    return connection.namespace if connection.name is not None else connection.sandbox


def _entries(connection: SandboxConnection, wanted: dict[str, Any], *, follow: bool) -> Iterator[JournalEntry]:
    """The entries there are, and with `follow` those that come."""
    found = _source(connection).requests(**wanted)
    yield from found
    if follow:
        since = found[-1].number if found else 0
        yield from filter(_filter(**wanted), connection.sandbox.follow(connection.name, since=since))
        raise SandboxError(f"the sandbox at {connection.sandbox.url} has ended")


def _filter(
    operation: str | None = None,
    service: str | None = None,
    method: str | None = None,
    status: str | None = None,
    unmatched: bool = False,
    limit: int = 0,
) -> Callable[[JournalEntry], bool]:
    """What the admin API selects, for entries that come as events; `limit` is for those that were there."""

    def is_wanted(entry: JournalEntry) -> bool:
        wanted = {"operation": operation, "service": service, "method": method.upper() if method else None}
        seen = {"operation": entry.operation, "service": entry.service, "method": entry.request.method.upper()}
        is_other = any(value is not None and value != seen[name] for name, value in wanted.items())
        return not is_other and _has(entry, status) and (entry.operation is None or not unmatched)

    return is_wanted


def _has(entry: JournalEntry, status: str | None) -> bool:
    return status is None or status.upper() in (str(entry.status), f"{str(entry.status)[:1]}XX")
