"""The commands of an examination: `mockserver check`, `mockserver cleanup`."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from contracts.checks.conformance import conform
from contracts.examination import examine
from contracts.identities import identity, sandbox_identities
from contracts.journal import Entry, Journal
from contracts.report.folder import write
from contracts.report.record import MOCK, Report, joined
from contracts.report.source import places
from contracts.report.summary import lines
from contracts.sandbox import sandbox
from contracts.stage import Mode
from contracts.target import Identity, Request, Target, Unreachable
from mockserver.errors import MockServerError
from mockserver.spec import contract as contracts
from mockserver.spec.contract import Contract

JOURNAL = "journal.jsonl"
UNITS = {"s": 1, "m": 60, "h": 3600}
INTERNAL = "http://target.local"
"""Where the built-in mock seems to be; nothing is sent over a network."""


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


@click.command()
@click.argument("wanted", metavar="VENDOR|DOCUMENT")
@click.option("--url", help="Where the service is; without it the built-in mock is examined, in process.")
@click.option("--auth", "secrets", multiple=True, envvar="MOCKSERVER_AUTH", metavar="SECRET",
              help="A credential; give a second one of another tenant to examine what must stay apart.")  # fmt: skip
@click.option("--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="Sent with every request, a secret.")
@click.option("--tenant", "tenants", multiple=True, help="The tenant of each credential, in their order.")
@click.option("--quick", is_flag=True, help="What a push in CI has time for.")
@click.option("--time", "limit", metavar="30m", help="A campaign: more examples, ended after this time.")
@click.option("--only", multiple=True, metavar="PATTERN", help="Only these checks or operations ('GET /servers*').")
@click.option("--skip", multiple=True, metavar="PATTERN", help="Not these checks or operations.")
@click.option("--seed", default=0, show_default=True, help="The same seed sends the same requests.")
@click.option("--read-only", is_flag=True, help="Send nothing that changes anything.")
@click.option("--rate", metavar="5/s", help="At most so many requests.")
@click.option("--budget", type=click.IntRange(1), help="At most so many requests in all.")
@click.option("--timeout", default=30.0, show_default=True, help="Seconds to wait for a reply.")
@click.option("--strict", is_flag=True, help="A breach of what is inferred or assumed is a failure too.")
@click.option("--report", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path("reports"),
              show_default=True, help="Where the reports and the journal are written.")  # fmt: skip
@click.pass_context
def check(
    context: click.Context, wanted: str, url: str | None, secrets: tuple[str, ...], headers: tuple[str, ...],
    tenants: tuple[str, ...], quick: bool, limit: str | None, only: tuple[str, ...], skip: tuple[str, ...], seed: int,
    read_only: bool, rate: str | None, budget: int | None, timeout: float, strict: bool, folder: Path,
) -> None:  # fmt: skip
    """Examine an implementation against its contract: the document, and what is known of its behaviour.

    Exits with 0 when nothing is wrong, 1 for failures, and 2 when it could not be examined to the end.
    """
    mode: Mode = "quick" if quick else "campaign" if limit else "default"
    deadline = time.monotonic() + seconds_of(limit) if limit else None
    settings = {"rate": rate_of(rate) if rate else None, "budget": budget, "read_only": read_only,
                "timeout": timeout, "deadline": deadline}  # fmt: skip
    try:
        contract = contracts.of(wanted)
        who = _identities(contract, secrets, headers, tenants)
        _no_credentials_in(url)
        report = _examined(contract, wanted, url, who, mode, seed, only, skip, strict, folder, settings)
    except (MockServerError, click.ClickException) as fault:
        click.echo(f"could not examine: {fault if isinstance(fault, MockServerError) else fault.message}", err=True)
        context.exit(2)
    write(report, folder)
    for line in lines(report):
        click.echo(line)
    click.echo(f"report: {folder / 'report.html'}")
    context.exit(report.exit_code)


def _examined(
    contract: Contract, wanted: str, url: str | None, who: Sequence[Identity], mode: Mode, seed: int,
    only: Sequence[str], skip: Sequence[str], strict: bool, folder: Path, settings: dict[str, Any],
) -> Report:  # fmt: skip
    journal = Journal(folder / JOURNAL) if url else Journal.nowhere()
    with _target(contract, wanted, url, who, seed, settings) as target:
        result = examine(contract, target, mode=mode, seed=seed, only=only, skip=skip, strict=strict, journal=journal,
                         on_progress=_tell)  # fmt: skip
        spent = target.requests
    if not result.stopped:
        if settings["budget"] is not None:
            settings = settings | {"budget": max(0, settings["budget"] - spent)}
        with _target(contract, wanted, url, who, seed, settings) as target:
            further = conform(contract, target, mode=mode, seed=seed, only=only, skip=skip, on_progress=_tell)
        result = joined(result, further)
    document = contract.document
    return Report(document.title, document.version, url or MOCK, seed, mode, result, wanted,
                  places(document, (found.operation for found in result.findings)))  # fmt: skip


@contextmanager
def _target(
    contract: Contract, wanted: str, url: str | None, who: Sequence[Identity], seed: int, settings: dict[str, Any]
) -> Iterator[Target]:
    """The service at an address, or a mock that remembers nothing yet and whose time passes without waiting."""
    base = url or INTERNAL + contract.document.base_path
    if url:
        target = Target.http(base, who, **settings)
    else:
        app = sandbox(wanted, seed=seed)
        target = Target.asgi(app, who, base_url=base, sleep=app.world.clock.advance, **settings)
    try:
        yield target
    finally:
        target.close()


def _no_credentials_in(url: str | None) -> None:
    """An address is printed in reports, so it must not carry a secret."""
    if url and (urlsplit(url).scheme not in ("http", "https") or "@" in urlsplit(url).netloc):
        raise click.BadParameter("--url must begin with http:// or https:// and carry no credential; use --auth")


def _identities(
    contract: Contract, secrets: Sequence[str], headers: Sequence[str], tenants: Sequence[str]
) -> tuple[Identity, ...]:
    """Who asks: the credentials given, or those that the contract's sandbox hands out to everybody."""
    fixed = tuple(_header(text) for text in headers)
    named = ["credential", *(f"credential {n}" for n in range(2, len(secrets) + 1))]
    places = [*tenants, *[""] * len(secrets)]
    given = zip(named, secrets, places, strict=False)
    who = [identity(contract, name, secret, tenant=place) for name, secret, place in given]
    if not who and fixed:
        who = [Identity("header", fixed, tenant=places[0] if tenants else "", secret=fixed[0][1])]
        return tuple(who)
    who = who or list(sandbox_identities(contract))
    return tuple(replace(each, headers=each.headers + fixed) for each in who)


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip() or not value.strip():
        raise click.BadParameter("--header wants 'NAME: VALUE'")
    return name.strip(), value.strip()


def _tell(operation: str, check: str, outcome: str) -> None:
    sign = {"passed": "✓", "failed": "✗"}.get(outcome, "–")
    click.echo(f"{sign} {operation}  {check}" + (f"  ({outcome})" if outcome.startswith("skipped") else ""), err=True)


@click.command()
@click.argument("wanted", metavar="VENDOR|DOCUMENT")
@click.option("--auth", "secrets", multiple=True, envvar="MOCKSERVER_AUTH", metavar="SECRET")
@click.option("--header", "headers", multiple=True, metavar="'NAME: VALUE'")
@click.option("--report", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path("reports"),
              show_default=True, help="Where the journal of the examination lies.")  # fmt: skip
@click.pass_context
def cleanup(
    context: click.Context, wanted: str, secrets: tuple[str, ...], headers: tuple[str, ...], folder: Path
) -> None:
    """Remove what an examination created and could not remove. Give the same credentials in the same order."""
    try:
        who = _identities(contracts.of(wanted), secrets, headers, ())
    except (MockServerError, click.ClickException) as fault:
        click.echo(str(fault), err=True)
        context.exit(2)
    journal = Journal(folder / JOURNAL)
    left = [entry for entry in journal.open() if not _removed(entry, who, journal)]
    for entry in left:
        click.echo(f"could not remove {entry.address}")
    for marker, address in journal.pending().items():
        click.echo(f"may exist: an item with {marker} in one of its texts, created at {address}")
    context.exit(1 if left else 0)


def _removed(entry: Entry, who: Sequence[Identity], journal: Journal) -> bool:
    asked = next((each for each in who if each.name == entry.identity), None)
    if asked is None:
        return False
    parts = urlsplit(entry.address)
    target = Target.http(f"{parts.scheme}://{parts.netloc}", (asked,))
    try:
        status = target.send(Request(entry.method, parts.path, headers=entry.headers), asked).status
    except Unreachable:
        return False
    finally:
        target.close()
    if 200 <= status < 300 or status in (404, 410):
        journal.removed(entry.address)
        click.echo(f"removed {entry.address}")
        return True
    return False
