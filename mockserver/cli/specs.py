"""`mockserver specs`: the vendors that this package contains, and the vocabulary of behaviour files."""

from __future__ import annotations

import json

import click

from mockserver import contract as contracts
from mockserver import vendor_files
from mockserver.behaviour import reference_page, vocabulary
from mockserver.cli import contract_listing
from mockserver.errors import MockServerError


@click.group(invoke_without_command=True)
@click.pass_context
def specs(context: click.Context) -> None:
    """List the vendors that this package contains, or print a contract."""
    if context.invoked_subcommand is None:
        for name in vendor_files.names():
            document = contracts.of(name).document
            click.echo(f"{name:10} {len(document.operations):3} operations  {document.title} {document.version}")


@specs.command()
@click.argument("document", metavar="VENDOR|DOCUMENT|URL|-")
def show(document: str) -> None:
    """Print operations and behaviour statements, with their evidence."""
    try:
        contract = contracts.of(document)
    except MockServerError as fault:
        raise click.ClickException(str(fault)) from None
    for line in contract_listing.listing(contract):
        click.echo(line)


@specs.command("vocabulary")
@click.option("--json-schema", is_flag=True, help="Print the JSON Schema of the keys instead.")
def print_vocabulary(json_schema: bool) -> None:
    """Print the reference of behaviour files."""
    if json_schema:
        click.echo(json.dumps(vocabulary.json_schema(), indent=2, ensure_ascii=False))
        return
    for line in reference_page.page():
        click.echo(line)
