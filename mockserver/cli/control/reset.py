"""`mockserver reset`: back to the start state."""

from __future__ import annotations

import click

from mockserver.cli.control.connection import SandboxConnection, connected, note_mistyped_tenant


@click.command()
@click.option("--all", "everywhere", is_flag=True, help="Reset all namespaces.")
@click.option("--service", metavar="NAME", help="Only the items of this service.")
@click.option("--tenant", metavar="NAME", help="Only the items of this tenant.")
@connected
def reset(connection: SandboxConnection, everywhere: bool, service: str | None, tenant: str | None) -> None:
    """Take a running sandbox back to its start state: what --state and --items made.

    Without --service and --tenant, overrides and faults end too.
    """
    if everywhere and (connection.name or service or tenant):
        raise click.UsageError("--all resets everything; leave --namespace, --service and --tenant out")
    namespace = connection.namespace
    note_mistyped_tenant(namespace, service, tenant)
    done = connection.sandbox.reset() if everywhere else namespace.reset(service=service, tenant=tenant)
    where = ", ".join(done.namespaces)
    of = f" of {tenant}" if tenant else ""
    click.echo(f"reset {', '.join(done.reset)}{of} in the namespace{'s' if len(done.namespaces) > 1 else ''} {where}")
