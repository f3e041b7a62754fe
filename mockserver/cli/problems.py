"""Printing the problems of a document that is served nevertheless, to standard error."""

from __future__ import annotations

from collections.abc import Iterator

import click

from mockserver.cli.counted import counted
from mockserver.contract import Contract
from mockserver.inference.lists.unkept_filters import ignored_parameters, unkept_filters
from mockserver.openapi.unsupported import named, not_honoured

MAX_WARNINGS = 20
"""How many warnings about a document are printed; the rest is only counted."""


def print_problems(contract: Contract) -> None:
    """Print the warnings about a document, the operations that are not served and the features that have no effect."""
    for line in problem_lines(contract):
        click.echo(line, err=True)


def problem_lines(contract: Contract) -> Iterator[str]:
    """What `print_problems` prints."""
    warnings = [problem for problem in contract.problems if problem.severity == "warning"]
    unread = (*not_honoured(contract.document), *_unkept(contract))
    for line in (*contract.skipped, *warnings[:MAX_WARNINGS], *unread):
        yield str(line)
    if len(warnings) > MAX_WARNINGS:
        yield f"{contract.document.file}: {counted(len(warnings) - MAX_WARNINGS, 'more warning')}"


def _unkept(contract: Contract) -> Iterator[str]:
    file, found = contract.document.file, dict.fromkeys(unkept_filters(contract.acting, contract.schemas))
    if found:
        yield f"{file}: a filter by something of a related item selects every item: {named(list(found))}"
    others = [
        each for each in dict.fromkeys(ignored_parameters(contract.acting, contract.schemas)) if each not in found
    ]
    if others:
        yield f"{file}: query parameters of lists that change nothing: {named(others)}"
