"""`mockserver deliveries`: the webhooks and callbacks that a running sandbox sent."""

from __future__ import annotations

from typing import Any

import click

from mockserver.cli.control.connection import JsonText, SandboxConnection, connected, json_text
from mockserver.cli.named_choice import NamedChoice

FAULTS = ("duplicate-delivery", "late-delivery", "out-of-order-delivery", "wrong-signature", "replayed-delivery")
"""The faults of deliveries."""


@click.command()
@click.option("--event", metavar="NAME", help="Only this webhook or callback.")
@click.option(
    "--state",
    type=click.Choice(["waiting", "delivered", "failed", "refused", "dropped"]),
    help="Only those in this state.",
)
@click.option(
    "--wait", default=0.0, type=click.FloatRange(0, 60), help="Wait this many seconds for what is not finished."
)
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="At most this many, the latest."
)
@click.option("--json", "as_json", is_flag=True, help="Print each as a line of JSON, with headers, body and attempts.")
@click.option("--send", metavar="NAME", help="Send this webhook or callback now, and show it.")
@click.option("--to", metavar="URL", help="For --send: the address, in place of the subscriptions.")
@click.option("--body", type=JsonText(), help="For --send: the body, in place of the one that would be made.")
@click.option("--fault", type=NamedChoice(FAULTS), metavar="KIND", help=f"For --send: one of {', '.join(FAULTS)}.")
@click.option("--clear", is_flag=True, help="Forget what was sent; what waits is not sent.")
@connected
def deliveries(
    connection: SandboxConnection,
    as_json: bool,
    send: str | None,
    to: str | None,
    body: Any,
    fault: str | None,
    clear: bool,
    wait: float,
    **only: Any,
) -> None:
    """Show the webhooks and callbacks that a running sandbox sent, with the status of every attempt.

    \b
    Examples:
      mockserver deliveries --wait 5
      mockserver deliveries --state failed
      mockserver deliveries --send order.created --to http://127.0.0.1:9000/hooks
    """
    if send is None and (to or fault or body is not None):
        raise click.UsageError("--to, --body and --fault are for --send")
    namespace, since = connection.namespace, 0
    if clear:
        namespace.clear_deliveries()
        return
    if send is not None:
        since = min(each.number for each in namespace.send_webhook(send, url=to, body=body, fault=fault)) - 1
        wait = wait or 5.0
    for each in namespace.deliveries(wait=wait, since=since, **only):
        click.echo(json_text(each) if as_json else str(each))
