"""Runs the checks of a receiver, for each webhook and callback of a contract."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import ANONYMOUS, Exhausted, NoResponse, Target, Unreachable
from contracts.model.finding import Finding, StatementRef
from contracts.receiver.checks import RECEIVER_CHECKS, ReceiverCheck
from contracts.receiver.receiver_context import NAMED, ReceiverContext, ReceiverError, ReceiverSettings
from contracts.runner.runner import CheckResult
from contracts.runner.selection import is_chosen
from mockserver.contract import Contract
from mockserver.openapi.outgoing_requests import OutgoingRequest
from mockserver.webhooks.message_maker import MessageMaker
from mockserver.webhooks.sent_requests import SentRequests, sent_requests

Progress = Callable[[str, str, str], None]


def check_receiver(
    contract: Contract,
    settings: ReceiverSettings,
    *,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    seed: int = 0,
    timeout: float = 30.0,
    verify: bool = True,
    on_progress: Progress = lambda operation, check, outcome: None,
) -> CheckResult:
    """Send deliveries of every webhook and callback to a receiver, as `only` and `skip` select checks and webhooks.

    Without `verify`, any certificate is accepted. Raises ReceiverError for an address that cannot be used, and for a
    contract that sends nothing.
    """
    settings.check()
    sent, maker = sent_requests(contract), MessageMaker(contract)
    hooks = list(_hooks(sent))
    if not hooks:
        raise ReceiverError("the document has neither webhooks nor callbacks")
    findings: list[Finding] = []
    outcomes: dict[tuple[str, str], str] = {}
    began, stopped = time.monotonic(), ""
    with Target.http(settings.url, (ANONYMOUS,), timeout=timeout, verify=verify) as target:
        for hook, check in ((hook, check) for hook in hooks for check in RECEIVER_CHECKS):
            place = f"{NAMED} {hook.name}"
            if not is_chosen((check.name, place), only, skip):
                continue
            statement = StatementRef(place, "delivery", "documented", check.source, check.description)
            context = ReceiverContext(contract, sent, maker, target, settings, hook, (check.name, statement), seed)
            outcome, gone = _outcome(check, context)
            stopped = stopped or gone
            findings += context.findings
            outcomes[place, check.name] = outcome
            on_progress(place, check.name, outcome)
            if stopped:
                break
        requests = target.requests
    if not outcomes:
        places = ", ".join(f"{NAMED} {hook.name}" for hook in hooks)
        raise ReceiverError(f"--only and --skip select nothing; there are the checks receiver-* and: {places}")
    return CheckResult(tuple(findings), outcomes, requests, time.monotonic() - began, stopped=stopped)


def _hooks(sent: SentRequests) -> Iterator[OutgoingRequest]:
    """Every request that the service sends, one of each name."""
    called = (each for group in sent.requests.callbacks.values() for each in group)
    yield from {each.name: each for each in (*called, *sent.requests.webhooks.values())}.values()


def _outcome(check: ReceiverCheck, context: ReceiverContext) -> tuple[str, str]:
    """`passed`, `failed` or `skipped: reason`, and why the run ends here."""
    try:
        check.run(context)
    except CannotBuildRequest as reason:
        return f"skipped: {reason}", ""
    except NoResponse as silence:
        context.expect(False, "a response", silence.seen, about="no answer")
    except (Unreachable, Exhausted) as reason:
        return f"skipped: {reason}", str(reason)
    return ("failed" if context.findings else "passed"), ""
