"""`mockserver cleanup`: remove what an earlier check created and could not remove."""

from __future__ import annotations

from pathlib import Path

import click

from contracts.cleanup.journal import JOURNAL, Journal
from contracts.cleanup.leftovers import remove, seek
from contracts.cli import options
from contracts.client.users import GivenCredentials, users
from mockserver import contract as contracts
from mockserver.errors import MockServerError


@click.command()
@options.subject
@options.credentials
@options.report
@click.pass_context
def cleanup(
    context: click.Context,
    wanted: str,
    behaviour: tuple[Path, ...],
    secrets: tuple[str, ...],
    auth_file: Path | None,
    headers: tuple[str, ...],
    tenants: tuple[str, ...],
    no_auth: bool,
    folder: Path,
) -> None:
    """Remove what an examination created and could not remove. Give the same credentials in the same order."""
    journal = Journal(folder / JOURNAL)
    try:
        given = GivenCredentials(secrets, headers, tenants, auth_file, no_auth)
        contract = contracts.of(wanted, behaviour)
        user = users(contract, given, next(iter(journal.addresses()), None))
    except (MockServerError, click.ClickException) as fault:
        click.echo(str(fault), err=True)
        context.exit(2)
    left = [*remove(journal, user, click.echo), *seek(journal, contract, user, click.echo)]
    for line in left:
        click.echo(line)
    context.exit(1 if left else 0)
