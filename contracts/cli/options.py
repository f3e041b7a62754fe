"""Options of the contract check commands, in groups that several commands share."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import click

from mockserver.cli.project_options import config, documents

Decorator = Callable[[Any], Any]

UNITS = {"s": 1, "m": 60, "h": 3600}


def seconds_of(text: str) -> float:
    """The seconds in `90s`, `30m` or `2h`. Raises BadParameter."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", text)
    if not found:
        raise click.BadParameter(f"{text!r}: write a number and s, m or h, such as 30m")
    return float(found[1]) * UNITS[found[2]]


def rate_of(text: str) -> float:
    """The requests per second in `5/s` or `100/m`; infinite for `none`. Raises BadParameter."""
    if text == "none":
        return math.inf
    found = re.fullmatch(r"(\d+)/([smh])", text)
    if not found or not int(found[1]):
        raise click.BadParameter(f"{text!r}: write a number and /s, /m or /h, such as 5/s, or none")
    return int(found[1]) / UNITS[found[2]]


def _group(*options: Decorator) -> Decorator:
    """Several options as one decorator. `--help` lists them in this order."""
    return lambda command: reduce(lambda done, option: option(done), reversed(options), command)


FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

rules_modules = click.option(
    "--rules-module",
    "rules_modules",
    multiple=True,
    metavar="MODULE",
    help="A Python module with rules that the behaviour files name. Can be given several times.",
)
"""Modules with the rules of the user's own."""

contract = _group(
    documents("vendor_or_document", "VENDOR|DOCUMENT|URL|-"),
    click.option(
        "--behaviour",
        multiple=True,
        type=FILE,
        help="A behaviour file, applied on top of the known behaviour. Can be given several times.",
    ),
    rules_modules,
    config,
)
"""Which contract."""

credentials = _group(
    click.option(
        "--auth",
        "secrets",
        multiple=True,
        envvar="MOCKSERVER_AUTH",
        metavar="SECRET",
        help="A credential. Give a second one, of another tenant, to check that tenants are kept apart.",
    ),
    click.option(
        "--auth-file",
        type=FILE,
        metavar="WFC.yaml",
        help="A Web Fuzzing Commons file with users that have fixed headers or log in.",
    ),
    click.option(
        "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="A secret header of every request."
    ),
    click.option("--tenant", "tenants", multiple=True, help="The tenant of each credential, in the same order."),
    click.option("--no-auth", is_flag=True, help="Send no credential."),
)
"""Which users."""


def _noted(context: click.Context, parameter: click.Parameter, is_set: bool) -> bool:
    """Say once that certificates are not examined: a check that passes says nothing about them."""
    if is_set and not context.resilient_parsing:
        click.echo("note: certificates are not examined (--insecure)", err=True)
    return is_set


insecure = click.option(
    "--insecure",
    is_flag=True,
    callback=_noted,
    help="Accept any certificate, as that of `mockserver serve --https` is.",
)
"""Whether certificates are verified."""

lenient = click.option(
    "--lenient", is_flag=True, help="Check the valid parts of an invalid document and list what was left out."
)
"""Whether an invalid document is read."""

scope = _group(
    click.option("--quick", is_flag=True, help="Run only the short checks, as for every push in CI."),
    click.option(
        "--time", "limit", metavar="30m", help="Search thoroughly, with many more examples, for at most this time."
    ),
    click.option(
        "--only", multiple=True, metavar="PATTERN", help="Run only these checks or operations ('GET /pets*')."
    ),
    click.option("--skip", multiple=True, metavar="PATTERN", help="Leave out these checks or operations."),
    click.option(
        "--shard",
        default="",
        metavar="2/5",
        help="Run only this part of the checks (the second of five). `mockserver merge` joins the reports.",
    ),
    click.option(
        "--database",
        default="",
        metavar="DIR|redis://…|none",
        help="Where to store failing examples, which the next run tries first. "
        "The default is the folder `examples` in the report folder.",
    ),
    click.option(
        "--probe-security",
        is_flag=True,
        help="Also do what an attacker would do: guess passwords, look for debug pages, name addresses to fetch.",
    ),
    click.option("--seed", default=0, show_default=True, help="The same seed sends the same requests."),
    click.option("--strict", is_flag=True, help="Report warnings as failures."),
)
"""What runs, and for how long."""

receiver = _group(
    click.option(
        "--receiver",
        metavar="URL",
        help="Check a receiver of the document's webhooks and callbacks in place of a service (docs/webhooks.md).",
    ),
    click.option(
        "--receiver-secret",
        metavar="SECRET",
        default="",
        envvar="MOCKSERVER_RECEIVER_SECRET",
        help="The secret that the receiver verifies signatures with. The default is that of the mock.",
    ),
    click.option(
        "--probe",
        metavar="URL",
        default="",
        help="An address that shows what deliveries did: finds duplicate effects.",
    ),
)
"""Which receiver of webhooks."""

callbacks = _group(
    click.option(
        "--callbacks",
        is_flag=True,
        help="Listen for callbacks and webhooks, and check that the service sends what the document says.",
    ),
    click.option(
        "--callback-port",
        type=click.IntRange(1, 65535),
        help="Listen on this port of loopback, so that the service can be set up with the address. The default is any.",
    ),
    click.option(
        "--callback-url",
        metavar="URL",
        default="",
        help="A public address that is forwarded to --callback-port, for a service that is not on this machine.",
    ),
    click.option(
        "--callback-secret",
        metavar="SECRET",
        default="",
        envvar="MOCKSERVER_CALLBACK_SECRET",
        help="The secret that the service signs with.",
    ),
    click.option(
        "--callback-wait",
        type=click.FloatRange(0.1, 600),
        default=5.0,
        show_default=True,
        metavar="SECONDS",
        help="How long to wait for a delivery, beyond the delay that a behaviour file states.",
    ),
)
"""How what the service sends is received."""

comparison = _group(
    click.option(
        "--against", type=click.Choice(["mock"]), help="Compare the service with the mock; report each difference."
    ),
    click.option(
        "--learn",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Compare the service with the mock and write the differences to a behaviour file.",
    ),
)
"""What the service is compared with."""

load = _group(
    click.option("--read-only", is_flag=True, help="Send only requests that change nothing (GET, HEAD, OPTIONS)."),
    click.option(
        "--rate",
        metavar="5/s|none",
        help="Send at most this many requests per second (/s), minute or hour. "
        "The default is 20/s for a service that is not on this machine, and none for one that is.",
    ),
    click.option("--budget", type=click.IntRange(1), help="Send at most this many requests in total."),
    click.option(
        "-n",
        "--workers",
        default=1,
        show_default=True,
        type=click.IntRange(1, 32),
        help="Run up to this many checks in parallel where they cannot disturb each other.",
    ),
    click.option("--timeout", default=30.0, show_default=True, help="Seconds to wait for a response."),
)
"""How much load the service gets."""

progress = click.option("-v", "--verbose", is_flag=True, help="Print a line for each check, also for those that pass.")
"""What is printed while it runs."""

report = click.option(
    "--report",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("reports"),
    show_default=True,
    help="The folder for the reports and the journal.",
)

known_failures = _group(
    click.option("--known", type=FILE, metavar="FILE", help="A file of known failures, each with reason and date."),
    click.option(
        "--known-write",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Write the failures to a file for --known. You add the reasons.",
    ),
    click.option(
        "--ignore",
        multiple=True,
        metavar="CHECK[:OPERATION]",
        help="Do not count these failures and warnings ('not-found:DELETE *'). Can be given several times.",
    ),
)
"""What may fail."""
