"""`mockserver namespaces`: the namespaces of a running sandbox."""

from __future__ import annotations

from functools import partial

import click

from mockserver.cli.control.connection import SandboxConnection, connected
from mockserver.cli.counted import counted


@click.command()
@click.option("--end", is_flag=True, help="End the namespace that --namespace names.")
@partial(connected, notes=False)
def namespaces(connection: SandboxConnection, end: bool) -> None:
    """List the namespaces of a running sandbox: worlds of their own, so that tests do not see each other."""
    if connection.unused:
        raise click.ClickException(connection.unused)
    if end:
        if connection.name is None:
            raise click.UsageError("--end needs --namespace NAME")
        connection.namespace.end()
        click.echo(f"ended {connection.name}")
        return
    for each in connection.sandbox.namespaces():
        if connection.name in (None, each.name):
            click.echo(
                f"{each.name:<40} {counted(each.items, 'item'):>12}  revision {each.revision:<6} "
                f"idle {each.idle_seconds:.0f} s"
            )
