"""`mockserver merge`: join the reports of several machines into one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path

import click

from contracts.cli import options
from contracts.cli.console import say
from contracts.model.coverage import united
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
    """Join reports (folders, or their report.json) into one report.

    The exit codes are those of `check`. If the reports are shards of one run, all shards are needed.
    """
    try:
        whole = merged([read_report(path) for path in reports])
    except MockServerError as fault:
        say(f"cannot merge: {fault}", err=True)
        context.exit(2)
    write(whole, folder)
    for line in lines(whole):
        say(line)
    say(f"report: {folder / 'report.html'}")
    context.exit(whole.exit_code)


def merged(reports: Sequence[Report]) -> Report:
    """One report with the content of several. Raises UnreadableReport if they are about different documents."""
    first = reports[0]
    for each in reports[1:]:
        if (each.title, each.version) != (first.title, first.version):
            raise UnreadableReport(
                f"the reports are about {first.title} {first.version} and {each.title} {each.version}"
            )
    result = reduce(joined, (each.result for each in reports))
    missing = ", ".join(_missing_shards([parse_shard(each.shard) for each in reports if each.shard]))
    return replace(
        first,
        target=", ".join(dict.fromkeys(each.target for each in reports)),
        result=replace(result, stopped=result.stopped or (f"missing shards: {missing}" if missing else "")),
        places={operation: line for each in reports for operation, line in each.places.items()},
        known_failures=tuple(dict.fromkeys(entry for each in reports for entry in each.known_failures)),
        only=tuple(dict.fromkeys(pattern for each in reports for pattern in each.only)),
        skip=tuple(dict.fromkeys(pattern for each in reports for pattern in each.skip)),
        shard="",
        coverage=united(each.coverage for each in reports if each.coverage is not None),
        suggestions={id: each for report in reports for id, each in report.suggestions.items()},
    )


def _missing_shards(shards: Sequence[Shard]) -> list[str]:
    """The shards without a report. Raises UnreadableReport if the shards belong to different runs."""
    counts = {shard.count for shard in shards}
    if len(counts) > 1:
        raise UnreadableReport(f"the reports are shards of runs with {' and '.join(map(str, sorted(counts)))} shards")
    return [str(Shard(n, count)) for count in counts for n in range(1, count + 1) if Shard(n, count) not in shards]
