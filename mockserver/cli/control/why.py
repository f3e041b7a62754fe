"""`mockserver why`: why a request was answered as it was."""

from __future__ import annotations

import click

from mockserver.cli.control.connection import SandboxConnection, connected, print_json
from mockserver.cli.control.requests import line


@click.command()
@click.argument("number", required=False, type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help="Print the explanation as JSON.")
@connected
def why(connection: SandboxConnection, number: int | None, as_json: bool) -> None:
    """Explain the response to a request: which statement decided, and where it is written.

    NUMBER is what the response says in Mock-Request, and what `mockserver requests` prints first; without it, the
    latest request is explained. A request that was refused comes with one that would be accepted, as a curl line.
    """
    source = connection.namespace if connection.name is not None else connection.sandbox
    if number is None:
        latest = source.requests(limit=1)
        if not latest:
            raise click.ClickException("the journal is empty: nothing was asked yet")
        number = latest[-1].number
        if not as_json:
            click.echo(line(latest[-1], connection.name) + "\n")
    explanation = source.why(number)
    if as_json:
        print_json(explanation)
    else:
        click.echo(str(explanation))
