"""`mockserver check`: check an implementation of an API against its contract."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from contracts.cleanup.journal import JOURNAL, Journal
from contracts.cleanup.journal_lock import kept_alone
from contracts.cli import options
from contracts.cli.check_run import CheckRun
from contracts.cli.console import say
from contracts.cli.progress import SIGNS
from contracts.client.users import GivenCredentials, default_rate, users
from contracts.conformance.coverage_recorder import CoverageRecorder
from contracts.conformance.engine_checks import check_names
from contracts.conformance.ignored_statements import notes
from contracts.differential import run
from contracts.listener.listener import ListenerSettings
from contracts.model.finding import Finding
from contracts.model.ignored_failures import ignored_failures
from contracts.model.known_failures import read_known, written
from contracts.model.resources import name_of
from contracts.preflight.accounts import with_accounts
from contracts.preflight.token_scheme import with_token_scheme
from contracts.receiver.receiver_context import ReceiverSettings
from contracts.receiver.run import check_receiver
from contracts.report.causes import causes
from contracts.report.folder import write
from contracts.report.github import annotated, write_summary
from contracts.report.report import MOCK, Report
from contracts.report.source_lines import places
from contracts.report.suggestions import suggestion
from contracts.report.summary import lines
from contracts.report.texts import RECEIVER_CHECK_SENTENCES
from contracts.reproduce.dry_run import not_again, opaque
from contracts.runner.hypothesis_database import database_of
from contracts.runner.runner import CheckResult
from contracts.runner.selection import require_matches
from contracts.runner.settings import CheckSettings, checked_url
from contracts.runner.sharding import parse_shard
from mockserver import contract as contracts
from mockserver.cli.project_options import settings_lines
from mockserver.errors import DocumentError, MockServerError
from mockserver.openapi.remote import is_address
from mockserver.rules import from_modules

EXAMPLES = "examples"
"""The folder of the example database below the report folder."""


def _no_document(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    """Raises UsageError where `--document` names what is the argument of this command."""
    if value is not None:
        raise click.UsageError(
            f"write the document without --document: mockserver check {value} --url ADDRESS", context
        )


@click.command()
@options.contract
@click.option("--url", help="The address of the service. Without it, the built-in mock is checked in this process.")
@click.option("--document", "named_document", hidden=True, expose_value=False, callback=_no_document)
@options.credentials
@options.insecure
@options.lenient
@options.scope
@options.load
@options.receiver
@options.callbacks
@options.comparison
@options.known_failures
@options.report
@options.progress
@click.pass_context
def check(
    context: click.Context,
    /,
    folder: Path,
    known: Path | None,
    known_write: Path | None,
    ignore: Sequence[str],
    against: str | None,
    learn: Path | None,
    verbose: bool,
    receiver: str | None,
    receiver_secret: str,
    probe: str,
    **given: Any,
) -> None:
    """Check an implementation of an API against its contract.

    The contract is the OpenAPI document and what is known about the behaviour. Exit code 0: no failures; 1: failures;
    2: the check could not run to its end.
    """
    for line in settings_lines(context):
        say(line, err=True)
    try:
        known_failures = read_known(known) if known else ()
        settings = settings_of(folder, **given)
        received = ReceiverSettings(receiver, receiver_secret, probe) if receiver else None
        ignored = ignored_failures(ignore, [*check_names(settings.contract), *RECEIVER_CHECK_SENTENCES])
        if not (against or learn or received):
            require_matches("--only", settings.only, _known_names(settings))
        recorder = None if against or learn or received else CoverageRecorder(settings.contract, settings.base)
        if received is not None:
            result = _examine(settings, received)
        elif recorder:
            settings, left = _with_two_users(settings, given)
            result = CheckRun(settings, folder, recorder, verbose, (*known_failures, *ignored)).result()
            result = replace(result, left_behind=(*result.left_behind, *left))
        else:
            result = _compare(settings, folder, learn)
        coverage = recorder.coverage(result.outcomes) if recorder else None
        report = replace(
            _report(settings, result, received), known_failures=(*known_failures, *ignored), coverage=coverage
        )
    except (MockServerError, click.ClickException) as fault:
        say(f"cannot check: {fault if isinstance(fault, MockServerError) else fault.message}", err=True)
        reading = contracts.ReadingOptions(given["lenient"], verify=not given["insecure"])
        hint = contracts.lenient_hint(fault, [given["vendor_or_document"]], reading, "checks")
        for line in (hint, _address_hint(fault, **given)):
            if line:
                say(line, err=True)
        context.exit(2)
    write(report, folder)
    for line in lines(report):
        say(line)
    tell_github(report)
    if known_write:
        kept = [entry for entry in known_failures if entry not in report.stale]
        known_write.write_text(written(kept, report.failures, datetime.now(UTC).date()), encoding="utf-8")
        say(f"wrote {len(report.failures)} failures to {known_write}; write a reason for each")
    say(f"report: {folder / 'report.html'}")
    context.exit(report.exit_code)


def _with_two_users(settings: CheckSettings, given: Mapping[str, Any]) -> tuple[CheckSettings, tuple[str, ...]]:
    """The settings with accounts that are made now, if there are too few users; and what they leave behind.

    Credentials that are given are sent as the service wants them.
    """
    if given["no_auth"]:
        return settings, ()
    settings, said = with_token_scheme(settings)
    for line in said:
        say(line, err=True)
    are_given = bool(given["secrets"] or given["auth_file"] or given["headers"])
    settings, made = with_accounts(settings, are_given=are_given)
    for each in made:
        say(f"made the account {each.name} by {each.operation}, so that two users can be compared", err=True)
    return settings, tuple(f"the account {each.name}, made by {each.operation}" for each in made)


def tell_github(report: Report) -> None:
    """In a job of GitHub Actions, print annotations, and write the summary of the job."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in annotated(report):
            say(line)
        write_summary(report, os.environ)


def _address_hint(fault: Exception, vendor_or_document: str, url: str | None, **_: Any) -> str:
    """What to write where the address of the service was given in place of its document; empty for other faults."""
    if url is not None or not isinstance(fault, DocumentError) or not is_address(vendor_or_document):
        return ""
    service = vendor_or_document.rstrip("/")
    return (
        "If this is the address of the service, name its document, too, as a file or an address: "
        f"mockserver check {service}/openapi.json --url {service}"
    )


def settings_of(
    folder: Path,
    vendor_or_document: str,
    behaviour: Sequence[Path],
    rules_modules: Sequence[str],
    url: str | None,
    secrets: Sequence[str],
    auth_file: Path | None,
    headers: Sequence[str],
    tenants: Sequence[str],
    no_auth: bool,
    insecure: bool,
    lenient: bool,
    quick: bool,
    limit: str | None,
    rate: str | None,
    shard: str,
    database: str,
    callbacks: bool,
    callback_port: int | None,
    callback_url: str,
    callback_secret: str,
    callback_wait: float,
    **further: Any,
) -> CheckSettings:
    """The settings from the options of the command. Raises MockServerError or BadParameter."""
    deadline = time.monotonic() + options.seconds_of(limit) if limit else None
    reading = contracts.ReadingOptions(lenient, verify=not insecure)
    contract = contracts.of(vendor_or_document, behaviour, rules=from_modules(rules_modules), reading=reading)
    address = checked_url(url)
    listener = ListenerSettings(callback_port or 0, callback_url, callback_secret, callback_wait)
    listener.check()
    is_heard = callbacks or callback_port is not None
    credentials = GivenCredentials(secrets, headers, tenants, auth_file, no_auth, insecure)
    return CheckSettings(
        vendor_or_document,
        contract,
        address,
        users(contract, credentials, address),
        behaviour,
        "quick" if quick else "campaign" if limit else "default",
        shard=parse_shard(shard),
        rate=options.rate_of(rate) if rate else default_rate(address),
        deadline=deadline,
        database=database_of(database, folder / EXAMPLES),
        callbacks=listener if is_heard else None,
        insecure=insecure,
        lenient=lenient,
        **further,
    )


def _examine(settings: CheckSettings, receiver: ReceiverSettings) -> CheckResult:
    """Check a receiver of webhooks. Raises ReceiverError."""
    return check_receiver(
        settings.contract,
        receiver,
        only=settings.only,
        skip=settings.skip,
        seed=settings.seed,
        timeout=settings.timeout,
        verify=not settings.insecure,
        on_progress=_print_progress,
    )


def _compare(settings: CheckSettings, folder: Path, file: Path | None) -> CheckResult:
    """Compare the service with the mock; with a `file`, write what is learned to it. Raises FolderInUse."""
    with kept_alone(folder):
        return _compare_alone(settings, Journal(folder / JOURNAL), file)


def _compare_alone(settings: CheckSettings, journal: Journal, file: Path | None) -> CheckResult:
    if file is None:
        return run.compare(settings, journal, _print_progress)
    result, learned = run.learn(settings, journal, _print_progress, file)
    for lesson in learned.statements:
        say(f"learned: {lesson.summary}")
    for back in learned.taken_back:
        say(f"taken back: {back.statement.summary} ({back.reason})")
    for each in learned.remaining:
        say(f"not learned: {each.found.operation}: {each.found.check}: seen {each.found.seen}")
    say(f"wrote {len(learned.statements)} corrections to {file}; {len(learned.remaining)} differences remain")
    if learned.not_repeated:
        say(f"{learned.not_repeated} checks could not run again with the corrections")
    return result


def _not_reproducible(
    settings: CheckSettings, failures: Sequence[Finding], result: CheckResult, received: ReceiverSettings | None
) -> frozenset[str]:
    """The ids of failures that their requests alone do not show, tried against the mock and against the service.

    The signature of a delivery is too old when it is sent again.
    """
    if received is not None:
        return frozenset(each.id for each in failures)
    unclear = opaque(settings, failures, settings.base)
    if not settings.url or result.stopped:
        return unclear
    rest = [each for each in failures if each.id not in unclear]
    return unclear | not_again(settings, rest, settings.base, result.requests)


def _report(settings: CheckSettings, result: CheckResult, received: ReceiverSettings | None) -> Report:
    document = settings.contract.document
    failures = [found for found in result.findings if found.verdict == "failure"]
    not_reproducible = _not_reproducible(settings, failures, result, received)
    return Report(
        document.title,
        document.version,
        received.url if received is not None else settings.url or MOCK,
        settings.seed,
        settings.mode,
        result,
        settings.vendor_or_document,
        places(document, (found.operation for found in result.findings)),
        only=tuple(settings.only),
        skip=tuple(settings.skip),
        shard=str(settings.shard),
        base=received.url if received is not None else settings.base,
        not_reproducible=not_reproducible,
        operations=tuple(map(name_of, document.operations)),
        notes=notes(settings.contract),
        suggestions={
            cause.example.id: suggestion(cause.example, settings.contract)
            for cause in causes(result.findings, not_reproducible)
        },
        created_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    )


def _print_progress(operation: str, check: str, outcome: str) -> None:
    sign = SIGNS.get(outcome, "–")
    say(f"{sign} {operation}  {check}" + (f"  ({outcome})" if outcome.startswith("skipped") else ""), err=True)


def _known_names(settings: CheckSettings) -> Iterator[str]:
    """The names that --only may select: of all checks, and of the operations of the document."""
    yield from sorted(check_names(settings.contract))
    yield from map(name_of, settings.contract.document.operations)
