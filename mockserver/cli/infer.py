"""`mockserver infer`: the behaviour of an API, as far as it can be guessed from its document."""

from __future__ import annotations

from pathlib import Path

import click

from mockserver import contract as contracts
from mockserver import editor_schemas
from mockserver.behaviour.reader import tree_of
from mockserver.cli.problems import print_problems
from mockserver.cli.project_options import config, documents
from mockserver.contract import ReadingOptions
from mockserver.errors import MockServerError
from mockserver.inference import behaviour_file, inferred_statements
from mockserver.inference.layering import consistent


@click.command()
@documents("document", "DOCUMENT|URL|-")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write to a file, not to standard output.",
)
@click.option("--lenient", is_flag=True, help="Read the valid parts of an invalid document.")
@click.option("--outside", is_flag=True, help="Follow references outside the document's folder and to URLs.")
@click.option("--read-only", is_flag=True, help="Also what can only be read, as `serve --items` infers it.")
@config
def infer(document: str, output: Path | None, lenient: bool, outside: bool, read_only: bool) -> None:
    """Print the behaviour that is inferred from a document, as a behaviour file.

    Correct the file and use it with `mockserver serve DOCUMENT --behaviour FILE`.
    """
    try:
        contract = contracts.of(document, reading=ReadingOptions(lenient, outside))
    except MockServerError as fault:
        hint = contracts.lenient_hint(fault, [document], ReadingOptions(lenient, outside), "reads")
        raise click.ClickException(f"{fault}\n{hint}" if hint else str(fault)) from None
    print_problems(contract)
    stated = tree_of(contract.document.root)
    made = inferred_statements.infer(contract.document, contract.schemas, contract.examples, read_only=read_only)
    inferred = consistent(made, stated)
    text = behaviour_file.inferred(contract.document, inferred, stated)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(editor_schemas.modeline("behaviour", output) + text, encoding="utf-8")
