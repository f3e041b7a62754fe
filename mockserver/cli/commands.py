"""The command line `mockserver`: its own commands and those that installed packages add.

Nothing here imports what a command does: see `lazy_command`.
"""

from __future__ import annotations

from importlib.metadata import entry_points

import click

from mockserver.cli.lazy_command import LazyCommand

ENTRY_POINTS = "mockserver.commands"
"""The entry point group that adds commands. Each entry is a click command (`check` is one, a LazyCommand)."""


class CommandGroup(click.Group):
    """The commands of this package and those of the entry point group."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted({*super().list_commands(context), *(entry.name for entry in entry_points(group=ENTRY_POINTS))})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        own = super().get_command(context, name)
        added = entry_points(group=ENTRY_POINTS, name=name) if own is None else ()
        return own or next((entry.load() for entry in added), None)


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mockserver", message="%(prog)s %(version)s")
def main() -> None:
    """Mock HTTP APIs from their OpenAPI documents, and check real ones against the same documents."""


for command in (
    LazyCommand("serve", "mockserver.cli.serve:serve", "Serve stateful mocks of OpenAPI documents or of vendors."),
    LazyCommand("infer", "mockserver.cli.infer:infer", "Print the behaviour that is inferred from a document."),
    LazyCommand("specs", "mockserver.cli.specs:specs", "List the vendors of this package, or print a contract."),
    LazyCommand(
        "demo-mcp",
        "mockserver.cli.demo_mcp:demo_mcp",
        "Run a real MCP server to try live sync with.",
        extra="live",
        needs=("mcp",),
    ),
):
    main.add_command(command)


if __name__ == "__main__":
    main()
