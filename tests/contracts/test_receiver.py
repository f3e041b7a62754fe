"""`mockserver check --receiver`: each check passes for a correct receiver, and fails for one that breaks just it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from contracts.cli.check import check
from contracts.receiver import checks as receiver_checks
from contracts.receiver import receiver_context
from contracts.receiver.checks import RECEIVER_CHECKS
from contracts.receiver.receiver_context import ReceiverError, ReceiverSettings
from contracts.receiver.run import check_receiver
from contracts.runner.runner import CheckResult
from mockserver import contract as contracts
from mockserver.contract import Contract
from tests.contracts.webhook_receiver import SECRET, WebhookReceiver
from tests.process import ROOT
from tests.web.overrides.server import running

DOCUMENT = ROOT / "examples/webhooks/orders.yaml"
NAMES = [each.name for each in RECEIVER_CHECKS]


RunChecks = Callable[..., CheckResult]


@pytest.fixture(scope="module")
def contract() -> Contract:
    """The contract of a service that sends webhooks."""
    return contracts.of(DOCUMENT)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[WebhookReceiver, str]]:
    """A receiver, and the address at which it is served."""
    receiver = WebhookReceiver()
    with running(receiver, "auto") as url:
        yield receiver, url


@pytest.fixture
def checked(contract: Contract, served: tuple[WebhookReceiver, str], monkeypatch: pytest.MonkeyPatch) -> RunChecks:
    """A function that checks the receiver with one bug."""
    receiver, url = served
    settings = ReceiverSettings(f"{url}/hooks", SECRET, f"{url}/count")

    def run_checks(
        bug: str = "", only: Sequence[str] = ("webhook order.created",), *, stated: Contract = contract
    ) -> CheckResult:
        receiver.break_with(bug)
        if bug != "receiver-slow":  # only that one notices how slowly a delivery comes
            monkeypatch.setattr(receiver_checks, "PAUSE", 0)
        return check_receiver(stated, settings, only=only)

    return run_checks


def test_a_correct_receiver_passes_every_check(checked: RunChecks) -> None:
    result = checked()

    assert dict.fromkeys([("webhook order.created", name) for name in NAMES], "passed") == result.outcomes


@pytest.mark.parametrize("name", [name for name in NAMES if name != "receiver-in-time"])
def test_a_receiver_that_breaks_one_thing_fails_the_check_of_it_alone(checked: RunChecks, name: str) -> None:
    failed = {check for (_, check), outcome in checked(name).outcomes.items() if outcome == "failed"}

    assert {name} == failed


def test_a_receiver_that_answers_too_late_fails_the_check_of_that(checked: RunChecks, tmp_path: Path) -> None:
    overlay = tmp_path / "hurry.yaml"
    delivery = "delivery: {timeout: 0.05, evidence: documented, source: the manual}"
    head = "overlay: 1.0.0\ninfo: {title: Hurry, version: '1'}\nactions:\n"
    overlay.write_text(f"{head}- target: $\n  update: {{x-service: {{{delivery}}}}}\n", encoding="utf-8")

    result = checked("receiver-in-time", stated=contracts.of(DOCUMENT, [overlay]))

    assert ["receiver-in-time"] == [found.check for found in result.findings]


def test_every_webhook_and_callback_is_checked(checked: RunChecks) -> None:
    result = checked(only=["receiver-accepts"])

    assert {f"webhook {name}" for name in ("order.created", "order.updated", "order.deleted", "orderAccepted")} == {
        place for place, _ in result.outcomes
    }


def test_without_a_probe_duplicates_are_skipped_with_the_reason(
    contract: Contract, served: tuple[WebhookReceiver, str]
) -> None:
    receiver, url = served
    receiver.break_with("")
    result = check_receiver(contract, ReceiverSettings(url, SECRET), only=["receiver-duplicate"])

    assert {"skipped: only --probe URL tells whether a delivery has an effect"} == set(result.outcomes.values())


@pytest.mark.parametrize(("bug", "outcome"), [("", "passed"), ("receiver-duplicate", "failed")])
def test_the_effect_of_a_delivery_may_come_after_its_answer(
    contract: Contract, served: tuple[WebhookReceiver, str], bug: str, outcome: str
) -> None:
    receiver, url = served
    receiver.break_with(bug)
    receiver.pause = 0.3
    result = check_receiver(contract, ReceiverSettings(url, SECRET, url), only=["receiver-duplicate"])

    assert {outcome} == set(result.outcomes.values())


def test_a_probe_that_does_not_change_tells_nothing_of_duplicates(
    contract: Contract, served: tuple[WebhookReceiver, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver, url = served
    monkeypatch.setattr(receiver_context, "SETTLING", 0.2)
    receiver.break_with("receiver-duplicate")
    receiver.pause = 60.0
    only = ["receiver-duplicate", "receiver-duplicates-at-once"]
    result = check_receiver(contract, ReceiverSettings(url, SECRET, url), only=only)

    assert all("the probe shows the same before and after" in each for each in result.outcomes.values())


def test_a_receiver_that_accepts_nothing_is_reported_once_and_not_by_every_check(checked: RunChecks) -> None:
    result = checked("receiver-accepts")

    assert ["receiver-accepts"] == [found.check for found in result.findings]
    assert "skipped: a valid delivery is not accepted either (status 302)" in result.outcomes.values()


def test_a_document_that_sends_nothing_and_an_address_that_is_none_are_refused(contract: Contract) -> None:
    with pytest.raises(ReceiverError, match="neither webhooks nor callbacks"):
        check_receiver(contracts.of("piper"), ReceiverSettings("http://127.0.0.1:1"))
    with pytest.raises(ReceiverError, match="--probe '/count'"):
        check_receiver(contract, ReceiverSettings("http://127.0.0.1:1", probe="/count"))


def test_the_command_writes_a_report_and_ends_with_1_for_a_failure(
    served: tuple[WebhookReceiver, str], tmp_path: Path
) -> None:
    receiver, url = served
    receiver.break_with("receiver-signature")
    options = ["--receiver", url, "--receiver-secret", SECRET, "--only", "receiver-s*", "--report", str(tmp_path)]
    done = CliRunner().invoke(check, [str(DOCUMENT), *options])

    assert 1 == done.exit_code, done.output
    assert "FAILURE webhook orderAccepted: receiver-signature" in done.output
    assert (tmp_path / "report.html").is_file()


def test_a_receiver_that_does_not_answer_ends_the_run_with_2_or_says_why(tmp_path: Path) -> None:
    done = CliRunner().invoke(check, [str(DOCUMENT), "--receiver", "http://127.0.0.1:9", "--report", str(tmp_path)])

    assert "ended early" in done.output
    assert 2 == done.exit_code
