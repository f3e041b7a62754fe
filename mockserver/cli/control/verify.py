"""`mockserver verify`: were requests sent as expected?"""

from __future__ import annotations

import sys
from typing import Any

import click

from mockserver.cli.control.connection import JsonText, SandboxConnection, connected, print_json
from mockserver.client.expectation import expectation
from mockserver.client.namespace_calls import NamespaceCalls


@click.command()
@click.argument("operations", nargs=-1, metavar="[OPERATION]...")
@click.option("--count", type=click.IntRange(0), help="Exactly this many; without counts, at least one.")
@click.option("--at-least", type=click.IntRange(0), help="This many or more.")
@click.option("--at-most", type=click.IntRange(0), help="This many or fewer.")
@click.option("--in-order", is_flag=True, help="The operations were called in this order; others may be between.")
@click.option("--values", type=JsonText(), help="Values that the JSON body has; it may have further ones.")
@click.option("--status", help="The status of the response, or a class of statuses such as 4XX.")
@click.option("--when", type=JsonText(), help="Further conditions, as `POST /_mock/verify` takes them.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@connected
def verify(
    connection: SandboxConnection, operations: tuple[str, ...], in_order: bool, as_json: bool, **given: Any
) -> None:
    """Compare what was asked of a running sandbox with what is expected. The exit code is 1 if it differs.

    OPERATION is an operationId. What differs is shown field by field, in the requests that are nearest.

    \b
    Examples:
      mockserver verify createPet --count 1 --values '{"name": "Rex"}'
      mockserver verify createPet --status 4XX --count 0
      mockserver verify --in-order createPet listPets
      mockserver verify --when '{"method": "GET", "path": "/pets", "query": {"limit": 10}}'
    """
    calls = NamespaceCalls(connection.namespace.name)
    result = connection.sandbox.send(calls.verify(_expected(operations, in_order, **given)))
    if as_json:
        print_json(result)
    else:
        click.echo(str(result))
    if not result.verified:
        sys.exit(1)


def _expected(
    operations: tuple[str, ...],
    in_order: bool,
    count: int | None,
    at_least: int | None,
    at_most: int | None,
    values: Any,
    status: str | None,
    when: Any,
) -> dict[str, Any]:
    """The body of the request. Raises UsageError for options that contradict each other."""
    if len(operations) > 1 and not in_order:
        raise click.UsageError("give one operation, or --in-order for several")
    if in_order and not operations:
        raise click.UsageError("--in-order needs operations")
    if when is not None and not isinstance(when, dict):
        raise click.UsageError("--when takes an object of conditions")
    operation, order = (None, operations) if in_order else (next(iter(operations), None), None)
    counts = {"count": count, "at_least": at_least, "at_most": at_most}
    try:
        expected = expectation(operation, **counts, json=values, body=None, in_order=order, status=status)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    return {**expected, **(when or {})}
