"""The command line with all its commands imported, for the page that documents them."""

from __future__ import annotations

import click

from mockserver.cli.commands import main as commands
from mockserver.cli.lazy_command import LazyCommand


def imported(command: click.Command) -> click.Command:
    """The command that a LazyCommand loads."""
    return (
        command.make_context(command.name, [], resilient_parsing=True).command
        if isinstance(command, LazyCommand)
        else command
    )


context = click.Context(commands, info_name="mockserver")
found = {name: commands.get_command(context, name) for name in commands.list_commands(context)}
main = click.Group(
    "mockserver", {name: imported(command) for name, command in found.items() if command}, help=commands.help
)
