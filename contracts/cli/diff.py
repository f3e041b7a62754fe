"""`mockserver diff`: what changed between two reports. `mockserver trend`: how the reports of a folder developed."""

from __future__ import annotations

from pathlib import Path

import click

from contracts.cli.console import say
from contracts.report.report import Report, UnreadableReport, read_report
from contracts.report.report_change import change_lines, changed, trend
from mockserver.errors import MockServerError


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.pass_context
def diff(context: click.Context, old: Path, new: Path) -> None:
    """Compare two reports: which findings are new, gone or still there.

    OLD and NEW are report folders or their report.json. Exit code 0: no new failures; 1: new failures; 2: a report
    cannot be read, or is about another API.
    """
    try:
        before, after = read_report(old), read_report(new)
        if before.title != after.title:
            raise UnreadableReport(f"the reports are about {before.title} and {after.title}")
    except MockServerError as fault:
        say(f"cannot compare: {fault}", err=True)
        context.exit(2)
    change = changed(before, after)
    for line in change_lines(change):
        say(line)
    context.exit(1 if change.new_failures else 0)


@click.command(name="trend")
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_context
def show_trend(context: click.Context, folder: Path) -> None:
    """Print a line for each report below FOLDER, the oldest first.

    Every report.json in FOLDER or below it counts. Exit code 2 if there is none.
    """
    try:
        found = _reports(folder)
    except MockServerError as fault:
        say(f"cannot compare: {fault}", err=True)
        context.exit(2)
    for line in trend(found):
        say(line)


def _reports(folder: Path) -> list[Report]:
    files = sorted(folder.rglob("report.json"))
    if not files:
        raise UnreadableReport(f"{folder}: no report.json in this folder or below it")
    return [read_report(file) for file in files]
