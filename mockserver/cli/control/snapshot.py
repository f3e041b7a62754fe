"""`mockserver snapshot`: the whole world of a namespace as a file."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from mockserver.cli.control.connection import JsonText, SandboxConnection, connected


@click.command()
@click.argument("file", required=False, default="-", metavar="[FILE]")
@click.option("--restore", is_flag=True, help="Go back to what the file has.")
@connected
def snapshot(connection: SandboxConnection, file: str, restore: bool) -> None:
    """Write the whole world of a running sandbox to a file, or restore it; `-` is standard input or output.

    The file has items, deleted ids, counters, the clock and random numbers, and secrets too. `mockserver serve --state`
    takes it as well.

    \b
    Examples:
      mockserver snapshot before.json
      mockserver snapshot before.json --restore
    """
    if restore:
        text = sys.stdin.read() if file == "-" else f"@{file}"
        connection.namespace.restore(JsonText().convert(text, None, None))
        click.echo(f"restored {file}")
        return
    text = json.dumps(connection.namespace.snapshot(), ensure_ascii=False) + "\n"
    if file == "-":
        click.echo(text, nl=False)
    else:
        Path(file).write_text(text, encoding="utf-8")
        click.echo(f"wrote {file}")
