"""`mockserver replay`: one finding of a report, looked for again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import click

from contracts.checks import CHECKS, checks_of
from contracts.cleanup.journal import Journal
from contracts.cli import options
from contracts.client.target import Exhausted, ReadOnly, Target, Unreachable
from contracts.client.users import GivenCredentials, users
from contracts.conformance.response_validation import response_violations
from contracts.conformance.schemathesis_run import conform
from contracts.model.finding import Finding, finding
from contracts.model.resources import name_of
from contracts.report.report import MOCK, Report, UnreadableReport, read_report
from contracts.reproduce.script import ScriptBroken, replay_script, script
from contracts.runner.context import Mode
from contracts.runner.runner import run_checks
from contracts.runner.settings import CheckSettings, checked_url
from mockserver import contract as contracts
from mockserver.errors import MockServerError


class Undecided(MockServerError):
    """The finding could not be looked for; the text says why."""


@dataclass(frozen=True, slots=True)
class One:
    """The part of an examination that is one check, at one operation or (empty) at all of them."""

    check: str
    operation: str

    def has(self, check: str, operation: str) -> bool:
        """Is it this one?"""
        return check == self.check and self.operation in ("", operation)


@click.command()
@click.argument("report", type=click.Path(path_type=Path))
@click.argument("id")
@click.option("--url", help="Where the service is now; without it the address of the report.")
@click.option("--behaviour", multiple=True, type=options.FILE, help="The overlays that the report was made with.")
@options.credentials
@click.option("--timeout", default=30.0, show_default=True, help="Seconds to wait for a reply.")
@click.pass_context
def replay(
    context: click.Context,
    report: Path,
    id: str,
    url: str | None,
    behaviour: tuple[Path, ...],
    secrets: tuple[str, ...],
    auth_file: Path | None,
    headers: tuple[str, ...],
    tenants: tuple[str, ...],
    no_auth: bool,
    timeout: float,
) -> None:
    """Look for one finding of a REPORT again: does it still fail?

    REPORT is the folder or its report.json, ID the finding's. Give the credentials as `check` was given them. Exits
    with 1 when it still fails, 0 when it does not, and 2 when that could not be found out.
    """
    try:
        read = read_report(report)
        wanted = _found(read, id)
        where = checked_url(url) or (None if read.target == MOCK else read.target)
        contract = contracts.of(read.vendor_or_document, behaviour)
        user = users(contract, GivenCredentials(secrets, headers, tenants, auth_file, no_auth), where)
        settings = CheckSettings(
            read.vendor_or_document, contract, where, user, behaviour, mode_of(read), read.seed, timeout=timeout
        )
        seen = sought(read, wanted, settings)
    except MockServerError as fault:
        click.echo(f"could not replay: {fault}", err=True)
        context.exit(2)
    click.echo(f"{wanted.operation}: {wanted.check} ({wanted.id})\n  expected  {wanted.expected}")
    for each in (seen or wanted).exchanges:
        click.echo(f"  $ {each.curl()}")
    click.echo(f"still fails: {seen.seen}" if seen else f"fails no more; it was: {wanted.seen}")
    context.exit(1 if seen else 0)


def mode_of(report: Report) -> Mode:
    """The mode that a report was made in."""
    return next((mode for mode in ("quick", "campaign") if mode == report.mode), "default")


def _found(report: Report, id: str) -> Finding:
    for each in report.result.findings:
        if each.id == id:
            return each
    known = ", ".join(each.id for each in report.result.findings[:20])
    raise UnreadableReport(f"the report has no finding {id!r}; it has {known or 'none'}")


def sought(report: Report, wanted: Finding, settings: CheckSettings) -> Finding | None:
    """The finding as it is seen now, None when it is not. Raises Undecided.

    A promise is held again where it broke. A reply that is not as documented is asked for again. What Schemathesis
    found is looked for with its check and seed at every operation, since it takes ids from one for another.
    """
    with settings.target() as target:
        if wanted.check == "document":
            return _as_documented(report, wanted, settings, target)
        if wanted.check in {check.name for check in CHECKS}:
            return _promised(wanted, settings, target)
        return _conformed(wanted, settings, target)


def _promised(wanted: Finding, settings: CheckSettings, target: Target) -> Finding | None:
    places = {
        bound_check.operation for bound_check in checks_of(settings.contract) if bound_check.check.name == wanted.check
    }
    part = One(wanted.check, wanted.operation if wanted.operation in places else "")
    result = run_checks(
        settings.contract, target, mode=settings.mode, seed=settings.seed, shard=part, journal=Journal.in_memory()
    )
    seen = next((each for each in result.findings if each.id == wanted.id), None)
    outcomes = [outcome for (_, check), outcome in result.outcomes.items() if check == wanted.check]
    if seen is None and (result.stopped or not {"passed", "failed"} & set(outcomes)):
        raise Undecided(result.stopped or next(iter(outcomes), f"the contract promises no {wanted.check} any more"))
    return seen


def _conformed(wanted: Finding, settings: CheckSettings, target: Target) -> Finding | None:
    result = conform(settings.contract, target, mode=settings.mode, seed=settings.seed, only=[wanted.check])
    seen = next((each for each in result.findings if each.id == wanted.id), None)
    if seen is None and (result.stopped or not result.outcomes):
        raise Undecided(result.stopped or f"{wanted.check} was not held at {wanted.operation}")
    return seen


def _as_documented(report: Report, wanted: Finding, settings: CheckSettings, target: Target) -> Finding | None:
    talk = script(wanted, report.base, report.operations)
    try:
        held = replay_script(talk, target)
    except (ScriptBroken, Unreachable, Exhausted, ReadOnly) as fault:
        raise Undecided(str(fault)) from None
    exchanges = tuple(
        target.exchange(sent._replace(url=_below(sent.url, target)), reply) for sent, reply in held.exchanges
    )
    operation = next((o for o in settings.contract.document.operations if name_of(o) == wanted.operation), None)
    if operation is None:
        raise Undecided(f"the document has no {wanted.operation} any more")
    for each in response_violations(operation, exchanges[-1], settings.contract):
        seen = finding("document", wanted.operation, expected=each.expected, seen=each.seen, about=each.about)
        if seen.id == wanted.id:
            return replace(seen, exchanges=exchanges)
    return None


def _below(url: str, target: Target) -> str:
    return target.base_url + url if url.startswith("/") else url
