"""`mockserver check --callbacks`: each check passes for a correct service, and fails for one that breaks just it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import httpx
import pytest
import yaml
from click.testing import CliRunner

import mockserver
from contracts.checks.deliveries.deliveries import CHECKS
from contracts.cli.check import check
from contracts.client.target import Target
from contracts.listener.listener import ListenerError, ListenerSettings, listening
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from mockserver.contract import Contract
from tests.contracts import forwarding_address
from tests.contracts.order_sender import SECRET, OrderSender
from tests.process import ROOT

DOCUMENT = ROOT / "examples/webhooks/orders.yaml"
NAMES = [each.name for each in CHECKS]
CREATE = "POST /orders"

FIXED_PORTS = range(21_117, 21_217)
"""Ports that no system gives to a program that asks for any; the first one that is free is taken."""

PATIENT = 60.0
"""How long a delivery that comes may take; a test waits only as long as it takes."""


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    return stated(DOCUMENT, tmp_path_factory.mktemp("deliveries"))


@pytest.fixture(scope="module")
def only_callbacks(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    """The document without its webhooks, where a check waits for one callback only."""
    folder = tmp_path_factory.mktemp("callbacks")
    root = yaml.safe_load(DOCUMENT.read_text("utf-8"))
    del root["webhooks"]
    (folder / "orders.yaml").write_text(yaml.safe_dump(root), encoding="utf-8")
    return stated(folder / "orders.yaml", folder)


def stated(document: Path, folder: Path) -> Contract:
    """The contract of a document with a statement about deliveries."""
    overlay = folder / "behaviour.yaml"
    delivery = "delivery: {retries: [0.1], evidence: documented, source: the manual}"
    head = "overlay: 1.0.0\ninfo: {title: Deliveries, version: '1'}\nactions:\n"
    overlay.write_text(f"{head}- target: $\n  update: {{x-service: {{{delivery}}}}}\n", encoding="utf-8")
    return contracts.of(document, [overlay])


def checked(contract: Contract, bug: str = "", only: Sequence[str] = NAMES, wait: float = PATIENT) -> CheckResult:
    """The result of the checks of what a service sends that has one bug."""
    with (
        listening(ListenerSettings(secret=SECRET, wait=wait)) as listener,
        closing(OrderSender(bug)) as service,
        Target.asgi(service, (), base_url="http://orders") as target,
    ):
        return run_checks(contract, target, only=only, listener=listener)


def failed(result: CheckResult) -> set[tuple[str, str]]:
    return {(each.check, each.verdict) for each in result.findings if each.check in NAMES}


def test_a_correct_service_passes_every_check(contract: Contract) -> None:
    outcomes = checked(contract).outcomes

    assert dict.fromkeys(NAMES, "passed") == {name: outcomes[CREATE, name] for name in NAMES}


@pytest.mark.parametrize("name", ["delivery-address", "delivery-content", "delivery-signature", "delivery-refused"])
def test_a_service_that_breaks_one_thing_fails_the_check_of_it_alone(contract: Contract, name: str) -> None:
    found = failed(checked(contract, name))

    assert {name} == {check for check, _ in found}
    assert (name, "failure") in found


def test_a_service_that_sends_nothing_fails_once_and_is_not_waited_for_again(only_callbacks: Contract) -> None:
    result = checked(only_callbacks, "delivery-sent", wait=1.0)  # it never comes, however long we wait

    assert {("delivery-sent", "failure")} == failed(result)
    assert {"skipped: the callback orderAccepted did not come"} == {
        result.outcomes[CREATE, name] for name in ("delivery-address", "delivery-refused")
    }


def test_a_service_that_sends_once_only_fails_the_check_of_retries(only_callbacks: Contract) -> None:
    result = checked(only_callbacks, "delivery-retry", ["delivery-retry"], 1.0)  # the second never comes

    assert {("delivery-retry", "failure")} == failed(result)
    assert "it came once" in {each.seen for each in result.findings}


def test_a_retry_with_another_id_is_a_failure(contract: Contract) -> None:
    found = checked(contract, "same id", ["delivery-retry"]).findings

    assert {"delivery-retry"} == {each.check for each in found}
    assert all("has the same webhook-id when it is sent again" in each.expected for each in found)


def test_our_own_mock_passes_for_callbacks_and_webhooks_of_every_change(contract: Contract) -> None:
    sandbox = mockserver.create_app(DOCUMENT, seed=1)
    with (
        listening(ListenerSettings(wait=PATIENT)) as listener,
        Target.asgi(sandbox, (), base_url="http://orders") as target,
    ):
        outcomes = run_checks(contract, target, only=["delivery-sent", "delivery-content"], listener=listener).outcomes
    asyncio.run(sandbox.outbox.queue.close())

    assert {"passed"} == set(outcomes.values())
    assert {CREATE, "PATCH /orders/{id}", "DELETE /orders/{id}"} <= {operation for operation, _ in outcomes}


def test_several_callbacks_to_one_address_are_told_apart(tmp_path: Path) -> None:
    """By method and path; a callback adds its own query, and its body may be a form or have parts."""
    document = Path(__file__).parent / "jobs.yaml"
    jobs = stated(document, tmp_path)
    sandbox = mockserver.create_app(document, behaviour=[tmp_path / "behaviour.yaml"], seed=1)
    with (
        listening(ListenerSettings(wait=PATIENT)) as listener,
        Target.asgi(sandbox, (), base_url="http://jobs") as target,
    ):
        result = run_checks(jobs, target, only=NAMES, listener=listener)
    asyncio.run(sandbox.outbox.queue.close())

    assert (set(), "passed") == (failed(result), result.outcomes["POST /jobs", "delivery-retry"])


def test_callbacks_to_the_same_address_are_not_judged_for_each_other(tmp_path: Path) -> None:
    document = tmp_path / "hooks.yaml"
    document.write_text("""openapi: 3.0.3
info: {title: Hooks, version: '1'}
paths:
  /hooks:
    post:
      requestBody:
        required: true
        content: {application/json: {schema: {type: object, required: [url], properties: {url: {type: string}}}}}
      responses: {'201': {description: made}}
      callbacks:
        failed:
          '{$request.body#/url}': {post: {requestBody: {$ref: '#/components/requestBodies/Failed'}, responses: {}}}
        ready:
          '{$request.body#/url}': {post: {requestBody: {$ref: '#/components/requestBodies/Ready'}, responses: {}}}
components:
  requestBodies:
    Failed: {content: {application/json: {schema: {type: object, required: [error]}}}}
    Ready: {content: {application/json: {schema: {type: object, required: [at]}}}}
""")
    sandbox = mockserver.create_app(document, seed=1)
    with (
        listening(ListenerSettings(wait=PATIENT)) as listener,
        Target.asgi(sandbox, (), base_url="http://hooks") as target,
    ):
        result = run_checks(contracts.of(str(document)), target, only=["delivery-content"], listener=listener)
    asyncio.run(sandbox.outbox.queue.close())

    why = "skipped: POST /hooks has several callbacks to one address, and no request says which one it is"
    assert set() == failed(result)
    assert why in result.outcomes.values()


def test_without_a_listener_no_such_check_runs_unless_it_is_named(contract: Contract) -> None:
    with closing(OrderSender()) as service, Target.asgi(service, (), base_url="http://orders") as target:
        result = run_checks(contract, target, only=["delivery-sent"])

    assert {"skipped: nothing receives what the service sends; add --callbacks"} == set(result.outcomes.values())


def test_the_listener_tells_apart_what_comes_to_each_address_and_answers_as_wanted() -> None:
    with listening(ListenerSettings()) as listener:
        first, second = listener.inbox(500), listener.inbox()
        statuses = [httpx.request("PUT", f"{first.address}/a?b=1", content=b"{}").status_code for _ in range(2)]
        httpx.post(f"{listener.url}/else")
        httpx.post(second.address, content=b"x" * 5_000_000)

        assert [500, 204] == statuses
        assert [first.expected(f"{first.address}/a?b=1")] * 2 == [
            first.expected(each.target) for each in first.wait(2, PATIENT)
        ]
        assert [] == second.wait(1, 0.0)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (ListenerSettings(url="hooks"), "--callback-url 'hooks'"),
        (ListenerSettings(url="https://hooks.example.com"), "--callback-url needs --callback-port"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(settings: ListenerSettings, said: str) -> None:
    with pytest.raises(ListenerError, match=said), listening(settings):
        pass


def test_the_command_checks_the_mock_and_says_where_it_listens(tmp_path: Path) -> None:
    options = ["--callbacks", "--callback-wait", "60", "--only", "delivery-sent", "--report", str(tmp_path)]
    done = CliRunner().invoke(check, [str(DOCUMENT), *options])

    assert 0 == done.exit_code, done.output
    assert "listening for callbacks and webhooks on http://127.0.0.1:" in done.output
    assert "0 failures, 0 warnings, 0 skipped" in done.output


def test_what_a_service_sends_to_a_public_address_is_forwarded_to_the_listener(tmp_path: Path) -> None:
    """The address is that of another process, with a path before ours, and knows only the port."""
    program = [sys.executable, "-m", forwarding_address.__name__]
    with subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as forwarder:
        assert forwarder.stdin is not None
        assert forwarder.stdout is not None
        url = f"http://localhost:{forwarder.stdout.readline().strip()}{forwarding_address.PREFIX}"
        for port in FIXED_PORTS:
            forwarder.stdin.write(f"{port}\n")
            forwarder.stdin.flush()
            assert f"{port}\n" == forwarder.stdout.readline()
            options = ["--callback-wait", "60", "--callback-port", str(port), "--callback-url", url]
            only = ["--only", "delivery-sent", "--only", "delivery-address", "--report", str(tmp_path)]
            done = CliRunner().invoke(check, [str(DOCUMENT), *options, *only])
            if "cannot listen" not in done.output:  # else another program has the port
                break
        forwarded, _ = forwarder.communicate(timeout=60)

    assert 0 == done.exit_code, done.output
    assert "0 failures, 0 warnings, 0 skipped" in done.output
    assert any(line.startswith(f"{forwarding_address.PREFIX}/delivery-") for line in forwarded.splitlines())


def test_a_port_that_is_taken_ends_the_command_with_2(tmp_path: Path) -> None:
    with listening(ListenerSettings()) as listener:
        port = listener.url.rpartition(":")[2]
        done = CliRunner().invoke(check, [str(DOCUMENT), "--callback-port", port, "--report", str(tmp_path)])

    assert 2 == done.exit_code
    assert f"--callback-port {port}: cannot listen on 127.0.0.1:{port}" in done.output
