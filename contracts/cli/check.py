"""`mockserver check`: an implementation, checked against its contract."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from contracts.cleanup.journal import JOURNAL, Journal
from contracts.cli import options
from contracts.client.users import GivenCredentials, users
from contracts.conformance.ignored_statements import notes
from contracts.conformance.schemathesis_run import conform
from contracts.differential import run
from contracts.model.known_failures import read_known, written
from contracts.model.resources import name_of
from contracts.report.folder import write
from contracts.report.report import MOCK, Report, joined
from contracts.report.source_lines import places
from contracts.report.summary import lines
from contracts.reproduce.dry_run import opaque
from contracts.runner.hypothesis_database import database_of
from contracts.runner.interrupt import between_requests
from contracts.runner.runner import CheckResult, run_checks
from contracts.runner.settings import CheckSettings, checked_url
from contracts.runner.sharding import parse_shard
from mockserver import contract as contracts
from mockserver.errors import MockServerError

EXAMPLES = "examples"


@click.command()
@options.subject
@click.option("--url", help="Where the service is; without it the built-in mock is examined, in process.")
@options.credentials
@options.extent
@options.kindness
@options.beside
@options.known
@options.report
@click.pass_context
def check(
    context: click.Context,
    /,
    folder: Path,
    known: Path | None,
    known_write: Path | None,
    against: str | None,
    learn: Path | None,
    **given: Any,
) -> None:
    """Examine an implementation against its contract: the document, and what is known of its behaviour.

    Exits with 0 when nothing is wrong, 1 for failures, and 2 when it could not be examined to the end.
    """
    try:
        accepted = read_known(known) if known else ()
        settings = assignment(folder, **given)
        result = _compared(settings, folder, learn) if against or learn else _examined(settings, folder)
        report = replace(_reported(settings, result), known_failures=accepted)
    except (MockServerError, click.ClickException) as fault:
        click.echo(f"could not examine: {fault if isinstance(fault, MockServerError) else fault.message}", err=True)
        context.exit(2)
    write(report, folder)
    for line in lines(report):
        click.echo(line)
    if known_write:
        kept = [entry for entry in accepted if entry not in report.stale]
        known_write.write_text(written(kept, report.failures, datetime.now(UTC).date()), encoding="utf-8")
        click.echo(f"{len(report.failures)} failures are written to {known_write}: give each a reason")
    click.echo(f"report: {folder / 'report.html'}")
    context.exit(report.exit_code)


def assignment(
    folder: Path,
    wanted: str,
    behaviour: Sequence[Path],
    url: str | None,
    secrets: Sequence[str],
    auth_file: Path | None,
    headers: Sequence[str],
    tenants: Sequence[str],
    no_auth: bool,
    quick: bool,
    limit: str | None,
    rate: str | None,
    shard: str,
    database: str,
    **further: Any,
) -> CheckSettings:
    """What the options ask for. Raises MockServerError or BadParameter."""
    deadline = time.monotonic() + options.seconds_of(limit) if limit else None
    contract, where = contracts.of(wanted, behaviour), checked_url(url)
    user = users(contract, GivenCredentials(secrets, headers, tenants, auth_file, no_auth), where)
    return CheckSettings(
        wanted,
        contract,
        where,
        user,
        behaviour,
        "quick" if quick else "campaign" if limit else "default",
        shard=parse_shard(shard),
        rate=options.rate_of(rate) if rate else None,
        deadline=deadline,
        database=database_of(database, folder / EXAMPLES),
        **further,
    )


def _examined(settings: CheckSettings, folder: Path) -> CheckResult:
    journal = Journal(folder / JOURNAL) if settings.url else Journal.in_memory()
    scope: dict[str, Any] = {
        "mode": settings.mode,
        "seed": settings.seed,
        "only": settings.only,
        "skip": settings.skip,
        "shard": settings.shard,
        "database": settings.database,
        "on_progress": _tell,
    }
    with between_requests() as safe:
        with settings.target() as target:
            target.safe_point = safe
            result = run_checks(
                settings.contract, target, strict=settings.strict, journal=journal, workers=settings.workers, **scope
            )
            spent = target.requests
        if not result.stopped:
            with settings.target(spent) as target:
                target.safe_point = safe
                result = joined(result, conform(settings.contract, target, journal=journal, **scope))
    return result


def _compared(settings: CheckSettings, folder: Path, file: Path | None) -> CheckResult:
    """The service beside the mock, and what was learned, if that was asked for."""
    journal = Journal(folder / JOURNAL)
    if file is None:
        return run.compare(settings, journal, _tell)
    result, learned = run.learn(settings, journal, _tell, file)
    for lesson in learned.lessons:
        click.echo(f"learned: {lesson.says}")
    for each in learned.remaining:
        click.echo(f"not learned: {each.found.operation}: {each.found.check}: seen {each.found.seen}")
    click.echo(f"{len(learned.lessons)} corrections are in {file}; {len(learned.remaining)} differences remain")
    if learned.unrepeated:
        click.echo(f"{learned.unrepeated} checks could not be repeated with what was learned")
    return result


def _reported(settings: CheckSettings, result: CheckResult) -> Report:
    document = settings.contract.document
    wrong = [found for found in result.findings if found.verdict == "failure"]
    return Report(
        document.title,
        document.version,
        settings.url or MOCK,
        settings.seed,
        settings.mode,
        result,
        settings.vendor_or_document,
        places(document, (found.operation for found in result.findings)),
        only=tuple(settings.only),
        skip=tuple(settings.skip),
        shard=str(settings.shard),
        base=settings.base,
        not_reproducible=opaque(settings, wrong, settings.base),
        operations=tuple(map(name_of, document.operations)),
        notes=notes(settings.contract),
        created_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )


def _tell(operation: str, check: str, outcome: str) -> None:
    sign = {"passed": "✓", "failed": "✗"}.get(outcome, "–")
    click.echo(f"{sign} {operation}  {check}" + (f"  ({outcome})" if outcome.startswith("skipped") else ""), err=True)
