"""The command line `mockserver`: its own commands and those that installed packages add.

Nothing here imports what a command does: see `lazy_command`.
"""

from __future__ import annotations

import os
import pkgutil
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.lazy_command import LazyCommand
from mockserver.cli.option import IMMEDIATE, Command, option
from mockserver.lazy_module import LazyModule

if TYPE_CHECKING:
    from importlib import metadata
else:
    metadata = LazyModule("importlib.metadata")

ENTRY_POINTS = "mockserver.commands"
"""The entry point group that adds commands. Each entry is a click command (`check` is one, a LazyCommand)."""


SECTIONS = {
    "Mocks": ("init", "serve", "infer", "specs", "schema", "demo-mcp"),
    "A running sandbox": (
        "requests",
        "verify",
        "why",
        "deliveries",
        "state",
        "fault",
        "reset",
        "snapshot",
        "checkpoint",
        "clock",
        "namespaces",
        "mcp",
    ),
    "Contract checks": ("check", "run", "replay", "cleanup", "merge", "diff", "trend", "mutate"),
}
"""The commands as `--help` groups them; others are listed below."""


COMPLETE, FISH = "_MOCKSERVER_COMPLETE", "mockserver.cli.fish_completion"
"""The variable by which a shell asks for completions, and the module that is imported only then."""


class CommandGroup(Command, click.Group):
    """The commands of this package and those of the entry point group."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run a command, or complete one for a shell."""
        if COMPLETE in os.environ:
            pkgutil.resolve_name(FISH)
        return super().main(*arguments, **options)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands in `--help`, in sections."""
        found = {name: self.get_command(context, name) for name in self.list_commands(context)}
        named = {name for names in SECTIONS.values() for name in names}
        sections = {**SECTIONS, "Other commands": tuple(name for name in found if name not in named)}
        # All sections have the same width of names, so that the columns are in line.
        width = max(map(len, found), default=0)
        for title, names in sections.items():
            listed = [(name.ljust(width), found.get(name)) for name in names]
            rows = [(name, command.get_short_help_str(200)) for name, command in listed if command is not None]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def list_commands(self, context: click.Context) -> list[str]:
        added = (entry.name for entry in metadata.entry_points(group=ENTRY_POINTS))
        return sorted({*super().list_commands(context), *added})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        own = super().get_command(context, name)
        if own is not None:
            return own
        return next((entry.load() for entry in metadata.entry_points(group=ENTRY_POINTS, name=name)), None)

    def invoke(self, context: click.Context) -> Any:
        """Run a command. Raises UnusableFile where it cannot read or write a file that the user named."""
        try:
            return super().invoke(context)
        except OSError as error:
            if error.filename is None or error.strerror is None:
                raise
            raise UnusableFile(f"{error.filename}: {error.strerror}") from None


class UnusableFile(click.ClickException):
    """A file cannot be read or written. The exit code is that of wrong options: 1 would mean failures of a check."""

    exit_code = 2


CONTROL = {
    "requests": "Show what was asked of a running sandbox, also as it comes.",
    "verify": "Compare what was asked with what is expected.",
    "deliveries": "Show the webhooks and callbacks that were sent.",
    "why": "Explain why a request was answered as it was.",
    "state": "Show or change stored items.",
    "fault": "Let an operation fail, break or wait.",
    "reset": "Go back to the start state.",
    "snapshot": "Write the whole world to a file, or restore it.",
    "checkpoint": "Remember the world as it is, to go back to it.",
    "clock": "Show, freeze, advance or set the time.",
    "namespaces": "List the namespaces.",
}
"""The commands that steer a running sandbox, one module of `mockserver/cli/control` each."""


def _show_version(context: click.Context, parameter: click.Parameter, is_asked: bool) -> None:
    if is_asked and not context.resilient_parsing:
        click.echo(f"{context.find_root().info_name} {metadata.version('mockserver')}", color=context.color)
        context.exit()


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@option("--version", help="Show the version and exit.", callback=_show_version, **IMMEDIATE)
def main() -> None:
    """Mock HTTP APIs from their OpenAPI documents, and check real ones against the same documents."""


for command in (
    LazyCommand("init", "mockserver.cli.init:init", "Write a small project: document, behaviour, tests, a workflow."),
    LazyCommand("serve", "mockserver.cli.serve:serve", "Serve stateful mocks of OpenAPI documents or of vendors."),
    LazyCommand("infer", "mockserver.cli.infer:infer", "Print the behaviour that is inferred from a document."),
    LazyCommand("specs", "mockserver.cli.specs:specs", "List the vendors of this package, or print a contract."),
    LazyCommand("schema", "mockserver.cli.schema:schema", "Print the JSON Schema of a file, for an editor."),
    LazyCommand(
        "demo-mcp",
        "mockserver.cli.demo_mcp:demo_mcp",
        "Run a real MCP server to try live sync with.",
        extra="live",
        needs=("mcp",),
    ),
    LazyCommand(
        "mcp",
        "mockserver.cli.mcp:mcp",
        "Give an agent tools for a sandbox (Model Context Protocol).",
        extra="live",
        needs=("mcp",),
    ),
    *(LazyCommand(name, f"mockserver.cli.control.{name}:{name}", help) for name, help in CONTROL.items()),
):
    main.add_command(command)


if __name__ == "__main__":
    main()
