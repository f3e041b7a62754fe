"""`mockserver replay`: check again whether one finding of a report still occurs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import click

from contracts.checks import all_checks, checks_of
from contracts.cleanup.journal import Journal
from contracts.cli import options
from contracts.cli.console import say
from contracts.client.target import Exhausted, ReadOnly, Target, Unreachable
from contracts.client.users import GivenCredentials, users
from contracts.conformance.response_rules import RESPONSE_RULES, response_faults
from contracts.conformance.response_validation import response_violations
from contracts.conformance.schemathesis_run import conform
from contracts.model.finding import Finding, RecordedExchange, finding
from contracts.model.resources import name_of
from contracts.preflight.token_scheme import with_token_scheme
from contracts.report.report import MOCK, Report, UnreadableReport, read_report
from contracts.reproduce.script import ScriptBroken, replay_script, script
from contracts.runner.request_sender import Mode
from contracts.runner.runner import run_checks
from contracts.runner.settings import CheckSettings, checked_url
from mockserver import contract as contracts
from mockserver.cli.project_options import config
from mockserver.contract import Contract
from mockserver.errors import MockServerError
from mockserver.openapi.document import Operation
from mockserver.rules import from_modules

STATUS_SEEN = re.compile(r"status \d{3}")
"""What was seen, if it is a status alone."""


class Undecided(MockServerError):
    """It is unknown whether the finding still occurs; the text says why."""


@dataclass(frozen=True, slots=True)
class OneCheck:
    """Selects one check at one operation; an empty operation means all operations."""

    check: str
    operation: str

    def has(self, check: str, operation: str) -> bool:
        """Is this check at this operation selected?"""
        return check == self.check and self.operation in ("", operation)


@click.command()
@click.argument("report", type=click.Path(path_type=Path))
@click.argument("id")
@click.option("--url", help="The address of the service, if it is no longer that of the report.")
@click.option(
    "--behaviour", multiple=True, type=options.FILE, help="The behaviour files that the report was made with."
)
@options.rules_modules
@options.credentials
@options.insecure
@options.lenient
@click.option("--timeout", default=30.0, show_default=True, help="Seconds to wait for a response.")
@config
@click.pass_context
def replay(
    context: click.Context,
    report: Path,
    id: str,
    url: str | None,
    behaviour: tuple[Path, ...],
    rules_modules: tuple[str, ...],
    secrets: tuple[str, ...],
    auth_file: Path | None,
    headers: tuple[str, ...],
    tenants: tuple[str, ...],
    no_auth: bool,
    insecure: bool,
    lenient: bool,
    timeout: float,
) -> None:
    """Check again whether one finding of a REPORT still occurs.

    REPORT is the folder of a report or its report.json, ID the id of the finding. Give the same credentials as to
    `check`. Exit code 1: it still fails; 0: it no longer fails; 2: unknown.
    """
    try:
        read = read_report(report)
        reported = _finding_of(read, id)
        address = checked_url(url) or (None if read.target == MOCK else read.target)
        reading = contracts.ReadingOptions(lenient, verify=not insecure)
        contract = contracts.of(read.vendor_or_document, behaviour, rules=from_modules(rules_modules), reading=reading)
        credentials = GivenCredentials(secrets, headers, tenants, auth_file, no_auth, insecure)
        settings = CheckSettings(
            read.vendor_or_document,
            contract,
            address,
            users(contract, credentials, address),
            behaviour,
            mode_of(read),
            read.seed,
            timeout=timeout,
            insecure=insecure,
            lenient=lenient,
        )
        now = find_again(read, reported, with_token_scheme(settings)[0])
    except MockServerError as fault:
        say(f"cannot replay: {fault}", err=True)
        context.exit(2)
    say(f"{reported.operation}: {reported.check} ({reported.id})\n  expected  {reported.expected}")
    for each in (now or reported).exchanges:
        say(f"  $ {each.curl()}")
    say(f"still fails: {now.seen}" if now else f"no longer fails; the report had: {reported.seen}")
    context.exit(1 if now else 0)


def mode_of(report: Report) -> Mode:
    """The mode of the run that a report is about."""
    return next((mode for mode in ("quick", "campaign") if mode == report.mode), "default")


def _finding_of(report: Report, id: str) -> Finding:
    for each in report.result.findings:
        if each.id == id:
            return each
    known = ", ".join(each.id for each in report.result.findings[:20])
    raise UnreadableReport(f"the report has no finding {id!r}; it has {known or 'none'}")


def find_again(report: Report, reported: Finding, settings: CheckSettings) -> Finding | None:
    """The finding as it occurs now; None if it no longer occurs. Raises Undecided.

    One of our checks runs again at its operation. For a response that violated the document, the requests are sent
    again. A check of Schemathesis runs again with the same seed at every operation, because the ids in its requests
    come from other operations.
    """
    with settings.target() as target:
        if reported.check == "document" or reported.check in RESPONSE_RULES:
            return _send_again(report, reported, settings, target)
        if reported.check in {check.name for check in all_checks(settings.contract)}:
            return _run_check_again(report, reported, settings, target)
        return _run_schemathesis_again(reported, settings, target)


def _run_check_again(report: Report, reported: Finding, settings: CheckSettings, target: Target) -> Finding | None:
    operations = {
        bound_check.operation
        for bound_check in checks_of(settings.contract)
        if bound_check.check.name == reported.check
    }
    selected = OneCheck(reported.check, reported.operation if reported.operation in operations else "")
    result = run_checks(
        settings.contract,
        target,
        mode=settings.mode,
        seed=settings.seed,
        shard=selected,
        journal=Journal.in_memory(),
        probe_security=True,
    )
    now = next((each for each in result.findings if each.id == reported.id), None)
    outcomes = [outcome for (_, check), outcome in result.outcomes.items() if check == reported.check]
    if now is None and (result.stopped or not {"passed", "failed"} & set(outcomes)):
        raise Undecided(
            result.stopped or next(iter(outcomes), f"the check {reported.check} no longer applies to the contract")
        )
    return now or _same_reply(report, reported, target)


def _same_reply(report: Report, reported: Finding, target: Target) -> Finding | None:
    """The finding, if it is about a status and the recorded requests still get it: the check itself may send others.

    None if they do not, or cannot be sent again.
    """
    if not STATUS_SEEN.fullmatch(reported.seen):
        return None
    try:
        replayed = replay_script(script(reported, report.base, report.operations), target)
    except (ScriptBroken, Unreachable, Exhausted, ReadOnly):
        return None
    exchanges = tuple(
        target.exchange(sent._replace(url=_absolute(sent.url, target)), reply) for sent, reply in replayed.exchanges
    )
    is_same = bool(exchanges) and reported.seen == f"status {exchanges[-1].status}"
    return replace(reported, exchanges=exchanges) if is_same else None


def _run_schemathesis_again(reported: Finding, settings: CheckSettings, target: Target) -> Finding | None:
    result = conform(settings.contract, target, mode=settings.mode, seed=settings.seed, only=[reported.check])
    now = next((each for each in result.findings if each.id == reported.id), None)
    if now is None and (result.stopped or not result.outcomes):
        raise Undecided(result.stopped or f"{reported.check} did not run at {reported.operation}")
    return now


def _send_again(report: Report, reported: Finding, settings: CheckSettings, target: Target) -> Finding | None:
    steps = script(reported, report.base, report.operations)
    try:
        replayed = replay_script(steps, target)
    except (ScriptBroken, Unreachable, Exhausted, ReadOnly) as fault:
        raise Undecided(str(fault)) from None
    exchanges = tuple(
        target.exchange(sent._replace(url=_absolute(sent.url, target)), reply) for sent, reply in replayed.exchanges
    )
    operation = next((o for o in settings.contract.document.operations if name_of(o) == reported.operation), None)
    if operation is None:
        raise Undecided(f"the document no longer has {reported.operation}")
    for now in _violations(operation, exchanges[-1], settings.contract):
        if now.id == reported.id:
            return replace(now, exchanges=exchanges)
    return None


def _violations(operation: Operation, exchange: RecordedExchange, contract: Contract) -> Iterator[Finding]:
    """What is wrong with a response itself."""
    name = name_of(operation)
    for each in response_violations(operation, exchange, contract):
        yield finding("document", name, expected=each.expected, seen=each.seen, about=each.about)
    for fault in response_faults(operation, exchange, contract):
        yield fault.as_finding(name)


def _absolute(url: str, target: Target) -> str:
    return target.base_url + url if url.startswith("/") else url
