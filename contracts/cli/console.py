"""What the commands print."""

from __future__ import annotations

import click

from mockserver.printed_text import printable


def say(text: str, *, err: bool = False) -> None:
    """Print a text to standard output or standard error, with the control characters of a server's response escaped."""
    click.echo(printable(text), err=err)
