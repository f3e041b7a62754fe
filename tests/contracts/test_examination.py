"""An examination as a whole: it can be repeated, it leaves nothing behind, and it survives a target that does not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from contracts.cleanup.journal import Journal, Pending
from contracts.client.target import ANONYMOUS, Exhausted, ReadOnly, Request, Target, User
from contracts.client.transport import AsgiTransport, HttpTransport, ReceivedResponse, SentRequest, Unreachable
from contracts.model.finding import RecordedExchange
from contracts.pytest_plugin.plugin import _served
from contracts.runner.runner import CheckResult, run_checks
from tests.contracts.unresponsive_server import Deaf
from tests.planted_bugs.basedash import Basedash
from tests.planted_bugs.run import subject, subjects
from tests.planted_bugs.server import Server

ROOT = Path(__file__).parents[2]


def run(bug: str = "", **settings: Any) -> tuple[CheckResult, Target]:
    """Examine the planted Basedash server."""
    about = subject("basedash")
    with about.target(bug) as target:
        return run_checks(about.contract, target, **settings), target


class Dying:
    """A wire to a server that is gone after so many requests."""

    def __init__(self, server: Server, lives: int) -> None:
        self._inner, self._lives = AsgiTransport(server), lives

    def send(self, sent: SentRequest) -> ReceivedResponse:
        self._lives -= 1
        if self._lives < 0:
            raise Unreachable("connection refused")
        return self._inner.send(sent)

    def together(self, requests: Sequence[SentRequest]) -> list[ReceivedResponse]:
        return [self.send(sent) for sent in requests]

    def close(self) -> None:
        self._inner.close()


def deafly(lives: int) -> CheckResult:
    about = subject("basedash")
    base, only = "http://deaf.local", ["update", "update-several-fields", "read-only-fields", "order", "listed"]
    with Target.asgi(Deaf(lives), about.users, base_url=base, timeout=0.2) as target:
        return run_checks(about.contract, target, only=only)


def test_a_request_without_an_answer_is_a_failure_and_the_examination_goes_on() -> None:
    result = deafly(lives=9)

    silent = [found for found in result.findings if found.expected == "a response"]
    assert {"update", "update-several-fields"} <= {found.check for found in silent}
    assert {"failure"} == {found.verdict for found in silent}
    assert {"PATCH"} == {found.exchanges[-1].method for found in silent}
    assert "passed" in {outcome for (_, check), outcome in result.outcomes.items() if check == "listed"}
    assert not result.stopped


def test_a_target_that_answers_nothing_more_ends_the_examination() -> None:
    assert "no response in 0.2 s" in deafly(lives=1).stopped


def test_the_same_seed_sends_the_same_requests_to_the_same_server() -> None:
    def asked(seed: int) -> list[tuple[str, bytes | None]]:
        _, target = run(seed=seed, only=["create", "validation", "paging"])
        return [(exchange.method, exchange.body) for exchange in target.log]

    assert asked(5) == asked(5)
    assert asked(5) != asked(6)


def test_what_is_found_has_the_same_name_in_every_run() -> None:
    first, second = (run("delete-kept", seed=seed, only=["delete"])[0] for seed in (1, 2))

    assert [found.id for found in first.findings] == [found.id for found in second.findings] != []


def test_a_guess_that_does_not_hold_is_news_unless_the_examination_is_strict() -> None:
    lenient, _ = run("label-moves", only=["initial-values"])
    strict, _ = run("label-moves", only=["initial-values"], strict=True)

    assert ({"warning"}, {"failure"}) == ({f.verdict for f in lenient.findings}, {f.verdict for f in strict.findings})


def test_a_law_of_http_that_does_not_hold_is_a_failure() -> None:
    result, _ = run("delete-kept", only=["delete"])

    assert {"failure"} == {found.verdict for found in result.findings}
    assert all(found.statement and "RFC 9110" in found.statement.source for found in result.findings)


def test_every_exchange_of_a_finding_leads_to_it() -> None:
    result, _ = run("delete-kept", only=["delete"])
    [found] = [found for found in result.findings if found.expected.startswith("GET ")]

    assert ["POST", "DELETE", "GET"] == [exchange.method for exchange in found.exchanges]
    assert "${ADMIN}" in found.exchanges[-1].curl()


def test_nothing_is_left_behind() -> None:
    about = subject("basedash")
    server = about.server()
    with Target.asgi(server, about.users, base_url="http://planted.local", sleep=server.advance) as target:
        result = run_checks(about.contract, target)

    assert () == result.left_behind
    assert [] == [item["id"] for item in server.items if item["id"] not in server.gone]  # type: ignore[attr-defined]


def test_a_read_only_examination_changes_nothing() -> None:
    result, target = run(read_only=True)

    assert {"GET"} == {exchange.method for exchange in target.log}
    assert "passed" in result.outcomes.values()


def test_only_what_is_asked_for_is_examined() -> None:
    result, _ = run(only=["paging", "GET /nowhere"])

    assert {"paging", "document", "openapi-core"} == {check for _, check in result.outcomes}


def test_what_is_left_out_is_not_examined() -> None:
    result, _ = run(skip=["POST *", "lifecycle", "paging*"])

    assert not [
        key for key in result.outcomes if key[0].startswith("POST") and key[1] not in ("document", "openapi-core")
    ]
    assert not [check for _, check in result.outcomes if check.startswith("paging")]


def test_a_quick_examination_sends_fewer_requests() -> None:
    assert run(mode="quick")[0].requests < run()[0].requests


@pytest.mark.parametrize("lives", [0, 1, 7, 100])
def test_a_target_that_dies_ends_the_examination_and_what_it_holds_is_named(lives: int) -> None:
    about = subject("basedash")
    with Target(Dying(about.server(), lives), "http://planted.local", about.users) as target:
        result = run_checks(about.contract, target)

    assert "connection refused" == result.stopped
    assert any(outcome == "skipped: connection refused" for outcome in result.outcomes.values())
    assert all(address.startswith("http://planted.local/") for address in result.left_behind)


def test_a_spent_budget_ends_the_examination_with_what_was_found_so_far() -> None:
    about = subject("basedash")
    with about.target("create-200") as target:
        target.budget = 60
        result = run_checks(about.contract, target)

    assert 60 >= target.requests
    assert "the budget of 60 requests is spent" == result.stopped
    assert result.findings


def test_progress_is_told_as_it_is_made() -> None:
    told: list[tuple[str, str, str]] = []
    result, _ = run(only=["create", "delete"], on_progress=lambda *each: told.append(each))

    assert {(operation, check) for operation, check, _ in told} <= result.outcomes.keys()
    assert {"passed"} == {outcome for *_, outcome in told}


def test_a_journal_knows_what_a_killed_examination_left(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom contracts.runner.runner import run_checks\n"
        "from contracts.cleanup.journal import Journal\nfrom tests.planted_bugs.run import subject\n"
        "about = subject('basedash')\ntarget = about.target()\n"
        "target.on_exchange.append(lambda exchange: time.sleep(0.02))\n"
        f"run_checks(about.contract, target, only=['paging'], journal=Journal(Path({str(file)!r})))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, env=os.environ | {"PYTHONPATH": "."}
    )
    until(lambda: file.exists() and len(Journal(file).open()) >= 3)
    process.send_signal(signal.SIGKILL)
    process.wait()

    left = Journal(file).open()

    assert 3 <= len(left) <= 5
    assert {"DELETE"} == {entry.method for entry in left}
    assert {"admin"} == {entry.identity for entry in left}
    assert "bd_key_" not in file.read_text("utf-8")


def until(holds: Callable[[], bool], patience: float = 60) -> None:
    """Wait until something holds; fail when it never does."""
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.01)


def test_a_half_written_line_of_a_journal_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    journal = Journal(file)
    journal.creating("1", Pending("http://here", "POST /things", "admin", path={"a": 1}, shows={"name": "x"}))
    with file.open("a", encoding="utf-8") as handle:
        handle.write('{"created": "contract-che')

    assert {"1": Pending("http://here", "POST /things", "admin", "", {"a": 1}, {"name": "x"})} == Journal(
        file
    ).pending()
    assert () == Journal(file).open()


def test_a_read_only_target_refuses_to_send_a_change() -> None:
    with subject("basedash").target() as target:
        target.read_only = True
        with pytest.raises(ReadOnly, match="read-only"):
            target.send(Request("DELETE", "/x"))


def test_secrets_are_written_as_the_name_of_their_variable() -> None:
    async def echo(scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        text = dict(scope["headers"]).get(b"x-key", b"") + b" " + message["body"] + scope["query_string"]
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-seen", text)]})
        await send({"type": "http.response.body", "body": text})

    user = User("head gardener", headers=(("X-Key", "s3cr3t"),), query=(("k", "s3cr3t"),), secret="s3cr3t")
    with Target.asgi(lambda *asgi: _http(echo, *asgi), [user]) as target:
        exchange = target.send(Request("POST", "/", body={"again": "s3cr3t"}, media_type="application/json"), user)

    assert "s3cr3t" not in repr(exchange) + repr(exchange.reply_body) + exchange.curl()
    assert 3 == exchange.reply_body.count(b"${HEAD_GARDENER}")


def test_a_refusal_that_says_when_to_come_again_is_waited_out() -> None:
    waited: list[float] = []
    replies = [(429, b"7"), (200, b"")]

    async def busy(scope: Any, receive: Any, send: Any) -> None:
        status, wait = replies.pop(0)
        await send({"type": "http.response.start", "status": status, "headers": [(b"retry-after", wait)]})
        await send({"type": "http.response.body", "body": b""})

    with Target.asgi(lambda *asgi: _http(busy, *asgi), sleep=waited.append) as target:
        exchange = target.send(Request("GET", "/"))

    assert (200, [7.0]) == (exchange.status, waited)


async def _http(app: Any, scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http":
        await app(scope, receive, send)


def test_requests_keep_to_the_rate_that_is_given() -> None:
    waited: list[float] = []
    with Target.asgi(subject("basedash").server(), rate=4, sleep=waited.append) as target:
        for _ in range(3):
            target.send(Request("GET", "/"))

    assert 2 == len(waited)
    assert all(0 < each <= 0.5 for each in waited)


def test_a_budget_is_never_exceeded() -> None:
    with Target.asgi(subject("basedash").server(), budget=2) as target:
        for _ in range(2):
            target.send(Request("GET", "/"))
        with pytest.raises(Exhausted, match="budget of 2"):
            target.send(Request("GET", "/"), ANONYMOUS)

    assert 2 == target.requests


def test_nobody_at_the_address_is_said_in_words() -> None:
    with (
        Target(HttpTransport(timeout=2), "http://127.0.0.1:9") as target,
        pytest.raises(Unreachable, match="ConnectError"),
    ):
        target.send(Request("GET", "/"))


def test_a_curl_line_expands_its_secret_and_nothing_else() -> None:
    exchange = RecordedExchange(
        "POST", "http://127.0.0.1:9/it's", (("x-key", "${ADMIN} $HOME `id`"),), b"$(id) '", 200, ()
    )
    shown = subprocess.run(["sh", "-c", exchange.curl().replace("curl", "printf '%s\\n'", 1)], capture_output=True,
                           text=True, check=True, env=os.environ | {"ADMIN": "key"})  # fmt: skip

    assert ["x-key: key $HOME `id`", "$(id) '"] == [line for line in shown.stdout.split("\n") if "$" in line]


def test_several_workers_find_what_one_finds_and_leave_nothing_behind() -> None:
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
