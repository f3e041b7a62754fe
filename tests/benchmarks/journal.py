"""Measures what the journal costs: two servers, with and without one, get load in turn in many short rounds.

    python tests/benchmarks/journal.py [--rounds 20] [--seconds 1]

A machine with other work changes its rate within seconds, so each ratio is that of two neighbours in time; the median
of these and the middle half are printed.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles

import click

sys.path.insert(0, str(Path(__file__).parents[2]))

from mockserver import vendor_files
from tests.benchmarks.bench import COLLECTION, newest, requests, sample, spender
from tests.benchmarks.load import Rate, rate
from tests.benchmarks.servers import OURS, WITHOUT_JOURNAL, Site, running

MEASURED = ("get", "list", "create")
"""The requests; creates come last, because they add items."""


def row(name: str, pairs: list[tuple[Rate, Rate]]) -> str:
    """A row of the table: rates, their ratio, processor time, and its ratio."""
    ratios = [on.per_second / off.per_second for on, off in pairs]
    low, _, high = quantiles(ratios, n=4)
    on, off = (median(each[side].per_second for each in pairs) for side in (0, 1))
    spent, less = (median(each[side].microseconds for each in pairs) for side in (0, 1))
    by_time = median(off.microseconds / on.microseconds for on, off in pairs)
    return (
        f"| {name} | {on:,.0f} | {off:,.0f} | {median(ratios):.2f} ({low:.2f} to {high:.2f}) "
        f"| {spent:.0f} | {less:.0f} | {by_time:.2f} |"
    )


@click.command(help=__doc__)
@click.option("--rounds", default=20, show_default=True, help="How many pairs for each request.")
@click.option("--seconds", default=1.0, show_default=True, help="Seconds of load for each server in a round.")
def main(rounds: int, seconds: float) -> None:
    with ExitStack() as stack:
        site = Site(vendor_files.of("basedash").document, Path(stack.enter_context(tempfile.TemporaryDirectory())))
        both = [stack.enter_context(running(each, site, COLLECTION)) for each in (OURS, WITHOUT_JOURNAL)]
        for server in both:
            sample(server.address)
        asked = [requests(server.address, newest(server.address)) for server in both]
        click.echo(
            "| request | with a journal | without | ratio (middle half) | µs with | µs without | ratio of these |"
        )
        click.echo("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
        for name in MEASURED:
            pairs = []
            for number in range(rounds + 1):
                order = (0, 1) if number % 2 else (1, 0)
                seen = {side: rate(asked[side][name], seconds, spender(both[side])) for side in order}
                if number:  # the first round does not count
                    pairs.append((seen[0], seen[1]))
            click.echo(row(name, pairs))


if __name__ == "__main__":
    main()
