"""`mockserver clock`: the time of a running sandbox."""

from __future__ import annotations

import click

from mockserver import durations
from mockserver.cli.control.connection import SandboxConnection, connected
from mockserver.client import ClockTime, Namespace


@click.command()
@click.argument("change", required=False, type=click.Choice(["freeze", "advance", "set", "resume"]))
@click.argument("value", required=False)
@connected
def clock(connection: SandboxConnection, change: str | None, value: str | None) -> None:
    """Show or change the time of a running sandbox: expiry, rate limits and timestamps follow.

    \b
    Examples:
      mockserver clock
      mockserver clock freeze
      mockserver clock advance 90m
      mockserver clock set 2030-01-01T00:00:00Z
      mockserver clock resume
    """
    time = _changed(connection.namespace, change, value)
    click.echo(f"{time.time.isoformat()}{'  frozen' if time.is_frozen else ''}")


def _changed(namespace: Namespace, change: str | None, value: str | None) -> ClockTime:
    """The time after the change. Raises UsageError for a value that is missing, or that nothing takes."""
    if change in ("advance", "set") and value is None:
        raise click.UsageError(f"clock {change} needs a value; see --help for examples")
    if change in (None, "resume") and value is not None:
        raise click.UsageError(f"clock {change} takes no value")
    if change == "advance":
        return namespace.clock.advance(seconds(value or ""))
    if change == "set":
        return namespace.clock.set(value or "")
    if change == "freeze":
        return namespace.clock.freeze(value)
    return namespace.clock.resume() if change == "resume" else namespace.clock.now()


def seconds(text: str) -> float:
    """A duration such as `60`, `1.5h` or `7d` in seconds. Raises UsageError."""
    found = durations.seconds(text)
    if found is None:
        raise click.UsageError(f"{text!r} is no duration; {durations.FORMS}")
    return found
