"""The options of an examination, in groups, for every command that takes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Any], Any]

UNITS = {"s": 1, "m": 60, "h": 3600}


def seconds_of(text: str) -> float:
    """`90s`, `30m` or `2h` in seconds. Raises BadParameter."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", text)
    if not found:
        raise click.BadParameter(f"{text!r}: a number and s, m or h is wanted, such as 30m")
    return float(found[1]) * UNITS[found[2]]


def rate_of(text: str) -> float:
    """`5/s` or `100/m` in requests a second. Raises BadParameter."""
    found = re.fullmatch(r"(\d+)/([smh])", text)
    if not found or not int(found[1]):
        raise click.BadParameter(f"{text!r}: a number and /s, /m or /h is wanted, such as 5/s")
    return int(found[1]) / UNITS[found[2]]


def _group(*options: Decorator) -> Decorator:
    """Several options as one decorator, listed by `--help` in this order."""
    return lambda command: reduce(lambda done, option: option(done), reversed(options), command)


FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

subject = _group(
    click.argument("wanted", metavar="VENDOR|DOCUMENT"),
    click.option("--behaviour", multiple=True, type=FILE, help="An overlay on top of what is known of the behaviour."),
)
"""What is promised."""

credentials = _group(
    click.option(
        "--auth",
        "secrets",
        multiple=True,
        envvar="MOCKSERVER_AUTH",
        metavar="SECRET",
        help="A credential; give a second one of another tenant to examine what must stay apart.",
    ),
    click.option(
        "--auth-file",
        type=FILE,
        metavar="WFC.yaml",
        help="Users with fixed headers or a login endpoint, as Web Fuzzing Commons writes them.",
    ),
    click.option(
        "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="Sent with every request, a secret."
    ),
    click.option("--tenant", "tenants", multiple=True, help="The tenant of each credential, in their order."),
    click.option("--no-auth", is_flag=True, help="Send no credential."),
)
"""Who asks."""

extent = _group(
    click.option("--quick", is_flag=True, help="What a push in CI has time for."),
    click.option("--time", "limit", metavar="30m", help="A campaign: more examples, ended after this time."),
    click.option("--only", multiple=True, metavar="PATTERN", help="Only these checks or operations ('GET /servers*')."),
    click.option("--skip", multiple=True, metavar="PATTERN", help="Not these checks or operations."),
    click.option("--shard", default="", metavar="2/5", help="Only this share; `mockserver merge` joins the reports."),
    click.option(
        "--database",
        default="",
        metavar="DIR|redis://…|none",
        help="Where what failed is kept, to be tried "
        "first the next time; `examples` in the folder of reports unless said otherwise.",
    ),
    click.option("--seed", default=0, show_default=True, help="The same seed sends the same requests."),
    click.option("--strict", is_flag=True, help="A breach of what is inferred or assumed is a failure too."),
)
"""What is examined, and how long."""

beside = _group(
    click.option("--against", type=click.Choice(["mock"]), help="Ask the mock the same, and tell every difference."),
    click.option(
        "--learn",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Write what the service does otherwise than the mock as an overlay for --behaviour.",
    ),
)
"""What it is compared with."""

kindness = _group(
    click.option("--read-only", is_flag=True, help="Send nothing that changes anything."),
    click.option("--rate", metavar="5/s", help="At most so many requests."),
    click.option("--budget", type=click.IntRange(1), help="At most so many requests in all."),
    click.option(
        "-n",
        "--workers",
        default=1,
        show_default=True,
        type=click.IntRange(1, 32),
        help="Hold so many promises at the same time, where nothing needs to be alone.",
    ),
    click.option("--timeout", default=30.0, show_default=True, help="Seconds to wait for a reply."),
)
"""What a service is spared."""

report = click.option(
    "--report",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("reports"),
    show_default=True,
    help="Where the reports and the journal are written.",
)

known = _group(
    click.option("--known", type=FILE, metavar="FILE", help="Failures that are known, each with a reason and a date."),
    click.option(
        "--known-write",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Write what fails as such a file; the reasons are yours to fill in.",
    ),
)
"""What may fail."""
