"""Printing the problems of a document that is served nevertheless, to standard error."""

from __future__ import annotations

import click

from mockserver.cli.counted import counted
from mockserver.contract import Contract
from mockserver.openapi.unsupported import not_honoured

MAX_WARNINGS = 20
"""How many warnings about a document are printed; the rest is only counted."""


def print_problems(contract: Contract) -> None:
    """Print the warnings about a document, the operations that are not served and the features that have no effect."""
    warnings = [problem for problem in contract.problems if problem.severity == "warning"]
    for line in (*contract.skipped, *warnings[:MAX_WARNINGS], *not_honoured(contract.document)):
        click.echo(str(line), err=True)
    if len(warnings) > MAX_WARNINGS:
        click.echo(f"{contract.document.file}: {counted(len(warnings) - MAX_WARNINGS, 'more warning')}", err=True)
