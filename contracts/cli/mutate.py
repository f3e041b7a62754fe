"""`mockserver mutate`: how much of its behaviour does a contract pin?"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path

import click

from contracts.cli import options
from contracts.cli.console import say
from contracts.client.authentication import sandbox_users
from contracts.mutation.grading import Grade, grade_lines, graded
from contracts.mutation.mutant import mutants
from contracts.runner.settings import CheckSettings
from mockserver import contract as contracts
from mockserver.errors import MockServerError
from mockserver.rules import from_modules


@click.command()
@options.contract
@click.option("--limit", default=60, show_default=True, type=click.IntRange(1), help="Try at most this many changes.")
@click.option("--time", "time_limit", default="5m", show_default=True, metavar="5m", help="Try changes for this long.")
@click.option("--min", "least", type=click.IntRange(0, 100), metavar="PERCENT", help="Exit with 1 below this.")
@click.option("--seed", default=0, show_default=True, help="The same seed tries the same changes.")
@click.pass_context
def mutate(
    context: click.Context,
    vendor_or_document: str,
    behaviour: Sequence[Path],
    rules_modules: Sequence[str],
    limit: int,
    time_limit: str,
    least: int | None,
    seed: int,
) -> None:
    """Say how much of its behaviour a contract pins, by breaking its mock in one place at a time.

    Each change is a statement that is switched off or has another value, a keyword of a schema that is not enforced,
    or a field that is not known. The mock with the change is checked with the short checks against the unchanged
    contract, in this process. Exit code 1: less than --min; 2: the contract cannot be used.
    """
    try:
        end = time.monotonic() + options.seconds_of(time_limit)
        if vendor_or_document == "-":
            raise click.BadParameter("the document is read once for each change; give a file instead of -")
        contract = contracts.of(vendor_or_document, behaviour, rules=from_modules(rules_modules))
        settings = CheckSettings(
            vendor_or_document, contract, None, sandbox_users(contract), behaviour, "quick", seed=seed
        )
        logging.disable(logging.CRITICAL)  # a broken mock logs each of its own wrong responses
        result = graded(settings, mutants(contract, limit, seed), _print_grade, deadline=end)
    except (MockServerError, click.ClickException) as fault:
        say(f"cannot mutate: {fault if isinstance(fault, MockServerError) else fault.message}", err=True)
        context.exit(2)
    for line in grade_lines(result):
        say(line)
    context.exit(2 if not result.possible else 1 if least is not None and result.percent < least else 0)


def _print_grade(grade: Grade) -> None:
    say(f"{grade.outcome:10}  {grade.mutant.change}", err=True)
