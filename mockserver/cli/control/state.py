"""`mockserver state`: the stored items of a running sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from mockserver.cli.control.connection import JsonText, SandboxConnection, connected, note_mistyped_tenant, print_json
from mockserver.cli.counted import counted


@click.command()
@click.argument("service", required=False)
@click.argument("resource", required=False)
@click.argument("id", required=False)
@click.option("--add", type=JsonText(), help="Add an item with these fields; the others are generated.")
@click.option("--set", "set_to", type=JsonText(), help="Set all fields of the item.")
@click.option("--change", type=JsonText(), help="Change these fields of the item (a merge patch, RFC 7396).")
@click.option("--remove", is_flag=True, help="Delete the item, and what is below it.")
@click.option("--history", is_flag=True, help="The changes of the item, the latest first, and which request made each.")
@click.option("--limit", type=click.IntRange(1), help="Show at most this many items.")
@click.option("--offset", type=click.IntRange(0), help="Leave out this many of the oldest items.")
@click.option("--invalid", is_flag=True, help="Store what the item's schema forbids.")
@click.option("--tenant", metavar="NAME", help="The tenant that the items belong to.")
@click.option("--owner", metavar="PATH", help="The item that the items are below.")
@connected
def state(
    connection: SandboxConnection,
    service: str | None,
    resource: str | None,
    id: str | None,
    tenant: str | None,
    owner: str | None,
    invalid: bool,
    limit: int | None,
    offset: int | None,
    **changes: Any,
) -> None:
    """Show or change what a running sandbox stores. Secrets are masked.

    \b
    Examples:
      mockserver state
      mockserver state petstore pet --limit 20
      mockserver state petstore pet 7 --history
      mockserver state petstore pet 7 --change '{"status": "sold"}'
      mockserver state petstore pet --add @pet.json
    """
    wanted = [name for name, value in changes.items() if value not in (None, False)]
    _check(resource, id, wanted)
    if (limit, offset) != (None, None) and (resource is None or id is not None or wanted):
        raise click.UsageError("--limit and --offset are for the items of a SERVICE and RESOURCE")
    note_mistyped_tenant(connection.namespace, service, tenant)
    if service is None or resource is None:
        for line in _summary(connection.namespace.all_state(service=service, tenant=tenant)):
            click.echo(line)
        return
    items = connection.namespace.state(service, resource, tenant=tenant, owner=owner)
    change = wanted[0] if wanted else None
    if change == "remove":
        items.remove(id or "")
        click.echo(f"deleted {resource} {id}")
    elif change == "history":
        for version in items.versions(id or ""):
            click.echo(str(version))
    elif change == "add":
        print_json(items.add(changes["add"], invalid=invalid))
    elif change == "set_to":
        print_json(items.set(id or "", changes["set_to"], invalid=invalid))
    elif change == "change":
        print_json(items.change(id or "", changes["change"], invalid=invalid))
    else:
        print_json(items.get(id) if id is not None else items.list(limit=limit, offset=offset))


def _check(resource: str | None, id: str | None, wanted: list[str]) -> None:
    """Raises UsageError where what to change is not clear."""
    if len(wanted) > 1:
        raise click.UsageError("give one of --add, --set, --change, --remove and --history")
    if wanted == ["add"] and (resource is None or id is not None):
        raise click.UsageError("--add needs SERVICE and RESOURCE, and no ID: an id is a field of the item")
    if wanted and wanted != ["add"] and id is None:
        option = {"set_to": "--set"}.get(wanted[0], f"--{wanted[0]}")
        raise click.UsageError(f"{option} needs SERVICE, RESOURCE and ID")


def _summary(found: dict[str, Any]) -> Iterator[str]:
    """A line for each resource that has items."""
    rows = [
        (service, resource, tenant, len(items))
        for service, tenants in found.items()
        for tenant, resources in tenants.items()
        for resource, items in resources.items()
    ]
    yield from (f"{row[0]} {row[1]:<24} {counted(row[3], 'item'):>10}  {row[2]}".rstrip() for row in rows)
    if not rows:
        yield "nothing is stored"
