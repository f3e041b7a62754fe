"""`mockserver checkpoint`: states of a namespace to go back to."""

from __future__ import annotations

import click

from mockserver.cli.control.connection import SandboxConnection, connected
from mockserver.cli.counted import counted


@click.command()
@click.argument("name", required=False)
@click.option("--restore", is_flag=True, help="Go back to the checkpoint.")
@click.option("--remove", is_flag=True, help="Forget the checkpoint.")
@connected
def checkpoint(connection: SandboxConnection, name: str | None, restore: bool, remove: bool) -> None:
    """Remember a running sandbox as it is now, to go back to it; without NAME, list what is remembered.

    A checkpoint is kept by the sandbox, and ends with it. `mockserver snapshot` writes a file.

    \b
    Examples:
      mockserver checkpoint before
      mockserver checkpoint before --restore
      mockserver checkpoint
    """
    namespace = connection.namespace
    if restore and remove:
        raise click.UsageError("give one of --restore and --remove")
    if name is None:
        if restore or remove:
            raise click.UsageError(f"--{'restore' if restore else 'remove'} needs NAME")
        found = namespace.checkpoints()
        for each in found:
            click.echo(f"{each.name:<40} {counted(each.items, 'item'):>12}  revision {each.revision}")
        if not found:
            click.echo("there is no checkpoint")
    elif restore:
        namespace.restore(name)
        click.echo(f"restored {name}")
    elif remove:
        namespace.remove_checkpoint(name)
        click.echo(f"removed {name}")
    else:
        made = namespace.checkpoint(name)
        click.echo(f"kept {counted(made.items, 'item')} as {made.name}")
