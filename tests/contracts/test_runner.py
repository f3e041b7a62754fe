"""Running all checks: a run can be repeated, deletes what it creates, and survives a target that does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from contracts.client.target import Target
from contracts.client.transport import AsgiTransport, ReceivedResponse, SentRequest, Unreachable
from contracts.pytest_plugin.plugin import _served
from contracts.runner.in_process import check_app, load_contract
from contracts.runner.runner import CheckResult, run_checks
from tests.contracts.unresponsive_server import Unresponsive
from tests.planted_bugs.basedash import Basedash
from tests.planted_bugs.run import subject, subjects
from tests.planted_bugs.server import Server


def run(bug: str = "", **settings: Any) -> tuple[CheckResult, Target]:
    """Run checks against the planted Basedash server."""
    about = subject("basedash")
    with about.target(bug) as target:
        return run_checks(about.contract, target, **settings), target


class Dying:
    """A transport to a server that is gone after `lives` requests."""

    def __init__(self, server: Server, lives: int) -> None:
        self._inner, self._lives = AsgiTransport(server), lives

    def send(self, sent: SentRequest) -> ReceivedResponse:
        self._lives -= 1
        if self._lives < 0:
            raise Unreachable("connection refused")
        return self._inner.send(sent)

    def send_together(self, requests: Sequence[SentRequest]) -> list[ReceivedResponse]:
        return [self.send(sent) for sent in requests]

    def close(self) -> None:
        self._inner.close()


def run_unresponsive(lives: int) -> CheckResult:
    about = subject("basedash")
    base, only = "http://deaf.local", ["update", "update-several-fields", "read-only-fields", "order", "listed"]
    with Target.asgi(Unresponsive(lives), about.users, base_url=base, timeout=0.2) as target:
        return run_checks(about.contract, target, only=only)


def test_a_request_without_a_response_is_a_failure_and_the_run_continues() -> None:
    result = run_unresponsive(lives=9)

    unanswered = [found for found in result.findings if found.expected == "a response"]
    assert {"update", "update-several-fields"} <= {found.check for found in unanswered}
    assert {"failure"} == {found.verdict for found in unanswered}
    assert {"PATCH"} == {found.exchanges[-1].method for found in unanswered}
    assert "passed" in {outcome for (_, check), outcome in result.outcomes.items() if check == "listed"}
    assert not result.stopped


def test_a_target_that_stops_responding_ends_the_run() -> None:
    assert "no response in 0.2 s" in run_unresponsive(lives=1).stopped


def test_the_same_seed_sends_the_same_requests() -> None:
    def sent(seed: int) -> list[tuple[str, bytes | None]]:
        _, target = run(seed=seed, only=["create", "validation", "paging"])
        return [(exchange.method, exchange.body) for exchange in target.log]

    assert sent(5) == sent(5)
    assert sent(5) != sent(6)


def test_a_finding_has_the_same_id_in_every_run() -> None:
    first, second = (run("delete-kept", seed=seed, only=["delete"])[0] for seed in (1, 2))

    assert [found.id for found in first.findings] == [found.id for found in second.findings] != []


def test_a_violated_assumption_is_a_warning_and_in_a_strict_run_a_failure() -> None:
    lenient, _ = run("label-moves", only=["initial-values"])
    strict, _ = run("label-moves", only=["initial-values"], strict=True)

    assert ({"warning"}, {"failure"}) == ({f.verdict for f in lenient.findings}, {f.verdict for f in strict.findings})


def test_a_violated_rule_of_http_is_a_failure() -> None:
    result, _ = run("delete-kept", only=["delete"])

    assert {"failure"} == {found.verdict for found in result.findings}
    assert all(found.statement and "RFC 9110" in found.statement.source for found in result.findings)


def test_a_finding_has_only_the_exchanges_that_show_it() -> None:
    result, _ = run("delete-kept", only=["delete"])
    [found] = [found for found in result.findings if found.expected.startswith("GET ")]

    assert ["POST", "DELETE", "GET"] == [exchange.method for exchange in found.exchanges]
    assert "${ADMIN}" in found.exchanges[-1].curl()


def test_every_created_item_is_deleted() -> None:
    about = subject("basedash")
    server = about.server()
    with Target.asgi(server, about.users, base_url="http://planted.local", sleep=server.advance) as target:
        result = run_checks(about.contract, target)

    assert () == result.left_behind
    assert [] == [item["id"] for item in server.items if item["id"] not in server.gone]  # type: ignore[attr-defined]


def test_a_read_only_run_changes_nothing() -> None:
    result, target = run(read_only=True)

    assert {"GET"} == {exchange.method for exchange in target.log}
    assert "passed" in result.outcomes.values()


def test_only_selects_checks_and_operations() -> None:
    result, _ = run(only=["paging", "GET /nowhere"])

    assert {"paging", "document", "openapi-core"} == {check for _, check in result.outcomes}


def test_skip_leaves_out_checks_and_operations() -> None:
    result, _ = run(skip=["POST *", "lifecycle", "paging*"])

    assert not [
        key for key in result.outcomes if key[0].startswith("POST") and key[1] not in ("document", "openapi-core")
    ]
    assert not [check for _, check in result.outcomes if check.startswith("paging")]


def test_a_quick_run_sends_fewer_requests() -> None:
    assert run(mode="quick")[0].requests < run()[0].requests


@pytest.mark.parametrize("lives", [0, 1, 7, 100])
def test_a_target_that_dies_ends_the_run_and_its_items_are_listed(lives: int) -> None:
    about = subject("basedash")
    with Target(Dying(about.server(), lives), "http://planted.local", about.users) as target:
        result = run_checks(about.contract, target)

    assert "connection refused" == result.stopped
    assert any(outcome == "skipped: connection refused" for outcome in result.outcomes.values())
    assert all(address.startswith("http://planted.local/") for address in result.left_behind)


def test_a_spent_budget_ends_the_run_and_keeps_the_findings() -> None:
    about = subject("basedash")
    with about.target("create-200") as target:
        target.budget = 60
        result = run_checks(about.contract, target)

    assert 60 >= target.requests
    assert "the budget of 60 requests is spent" == result.stopped
    assert result.findings


def test_progress_reports_every_check() -> None:
    reported: list[tuple[str, str, str]] = []
    result, _ = run(only=["create", "delete"], on_progress=lambda *each: reported.append(each))

    assert {(operation, check) for operation, check, _ in reported} <= result.outcomes.keys()
    assert {"passed"} == {outcome for *_, outcome in reported}


def test_several_workers_find_the_same_as_one_and_delete_everything() -> None:
    class Unlimited(Basedash):
        """Without a rate limit, and with several bugs at once."""

        def has(self, bug: str) -> bool:
            return bug in ("delete-kept", "headers-read", "oldest-first", "name-121", "updated-still")

        def limit(self, ask: Any) -> None:
            """No limit."""

    subject = subjects()["basedash"]
    results = []
    for workers in (1, 4):
        server = Unlimited()
        with _served(server) as address, Target.http(address, subject.users) as target:
            results.append(run_checks(subject.contract, target, mode="quick", workers=workers))
            assert set() == {item["id"] for item in server.items} - set(server.gone)

    one, four = results
    assert {found.id for found in one.findings} == {found.id for found in four.findings}
    assert {"delete", "write-only", "order", "validation", "timestamps"} <= {found.check for found in one.findings}
    assert one.outcomes == four.outcomes
    assert () == four.left_behind


def test_an_app_is_checked_in_this_process_with_both_kinds_of_checks() -> None:
    contract = load_contract("basedash")

    result = check_app(Basedash("delete-kept"), contract, mode="quick", only=["delete", "not_a_server_error"])

    assert {"delete"} == {found.check for found in result.findings if found.verdict == "failure"}
    assert {"delete", "not_a_server_error"} <= {check for _, check in result.outcomes}
