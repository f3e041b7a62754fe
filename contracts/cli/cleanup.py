"""`mockserver cleanup`: delete what an earlier check created and could not delete."""

from __future__ import annotations

from pathlib import Path

import click

from contracts.cleanup.journal import JOURNAL, Journal
from contracts.cleanup.journal_lock import kept_alone
from contracts.cleanup.leftovers import find_unconfirmed, remove
from contracts.cli import options
from contracts.cli.console import say
from contracts.client.users import GivenCredentials, users
from mockserver import contract as contracts
from mockserver.errors import MockServerError
from mockserver.rules import from_modules


@click.command()
@options.contract
@options.credentials
@options.insecure
@options.lenient
@options.report
@click.pass_context
def cleanup(
    context: click.Context,
    vendor_or_document: str,
    behaviour: tuple[Path, ...],
    rules_modules: tuple[str, ...],
    secrets: tuple[str, ...],
    auth_file: Path | None,
    headers: tuple[str, ...],
    tenants: tuple[str, ...],
    no_auth: bool,
    insecure: bool,
    lenient: bool,
    folder: Path,
) -> None:
    """Delete what an earlier check created and could not delete. Give the same credentials in the same order."""
    try:
        credentials = GivenCredentials(secrets, headers, tenants, auth_file, no_auth, insecure)
        reading = contracts.ReadingOptions(lenient, verify=not insecure)
        contract = contracts.of(vendor_or_document, behaviour, rules=from_modules(rules_modules), reading=reading)
        with kept_alone(folder):
            journal = Journal(folder / JOURNAL)
            given_users = users(contract, credentials, next(iter(journal.addresses()), None))
            left = [
                *remove(journal, given_users, click.echo, verify=not insecure),
                *find_unconfirmed(journal, contract, given_users, click.echo, verify=not insecure),
            ]
    except (MockServerError, click.ClickException) as fault:
        say(str(fault), err=True)
        context.exit(2)
    for line in left:
        say(line)
    context.exit(1 if left else 0)
