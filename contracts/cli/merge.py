"""`mockserver merge`: the reports of several machines as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path

import click

from contracts.cli import options
from contracts.report.folder import write
from contracts.report.report import Report, UnreadableReport, joined, read_report
from contracts.report.summary import lines
from contracts.runner.sharding import Shard, parse_shard
from mockserver.errors import MockServerError


@click.command()
@click.argument("reports", nargs=-1, required=True, metavar="REPORT...", type=click.Path(path_type=Path))
@options.report
@click.pass_context
def merge(context: click.Context, reports: tuple[Path, ...], folder: Path) -> None:
    """Join reports (folders, or their report.json) into one, in every form.

    Exits as `check` does. Where the reports are shares of one examination, all of them have to be there.
    """
    try:
        whole = merged([read_report(path) for path in reports])
    except MockServerError as fault:
        click.echo(f"could not merge: {fault}", err=True)
        context.exit(2)
    write(whole, folder)
    for line in lines(whole):
        click.echo(line)
    click.echo(f"report: {folder / 'report.html'}")
    context.exit(whole.exit_code)


def merged(reports: Sequence[Report]) -> Report:
    """Several reports of one document as one. Raises Unreadable where they are of different ones."""
    first = reports[0]
    for each in reports[1:]:
        if (each.title, each.version) != (first.title, first.version):
            raise UnreadableReport(
                f"the reports are of {first.title} {first.version} and of {each.title} {each.version}"
            )
    result = reduce(joined, (each.result for each in reports))
    missing = ", ".join(_missing([parse_shard(each.shard) for each in reports if each.shard]))
    return replace(
        first,
        target=", ".join(dict.fromkeys(each.target for each in reports)),
        result=replace(result, stopped=result.stopped or (f"shares are missing: {missing}" if missing else "")),
        places={operation: line for each in reports for operation, line in each.places.items()},
        known_failures=tuple(dict.fromkeys(entry for each in reports for entry in each.known_failures)),
        only=tuple(dict.fromkeys(pattern for each in reports for pattern in each.only)),
        skip=tuple(dict.fromkeys(pattern for each in reports for pattern in each.skip)),
        shard="",
    )


def _missing(shares: Sequence[Shard]) -> list[str]:
    """The shares that are not there. Raises Unreadable where they are of different wholes."""
    counts = {shard.count for shard in shares}
    if len(counts) > 1:
        raise UnreadableReport(f"the reports are shares of {' and of '.join(map(str, sorted(counts)))}")
    return [str(Shard(n, count)) for count in counts for n in range(1, count + 1) if Shard(n, count) not in shares]
