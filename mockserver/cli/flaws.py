"""What is wrong with a document that is served all the same, for standard error."""

from __future__ import annotations

import click

from mockserver.contract import Contract
from mockserver.openapi.unsupported import not_honoured

MOST_FLAWS = 20
"""How many small flaws of a document are printed one by one."""


def print_flaws(contract: Contract) -> None:
    """Print what is wrong with a document, which parts are not served and which features have no effect."""
    flaws = [flaw for flaw in contract.flaws if flaw.severity == "tolerable"]
    for line in (*contract.left_out, *flaws[:MOST_FLAWS], *not_honoured(contract.document)):
        click.echo(str(line), err=True)
    if len(flaws) > MOST_FLAWS:
        click.echo(f"{contract.document.file}: {len(flaws) - MOST_FLAWS} more small faults", err=True)
