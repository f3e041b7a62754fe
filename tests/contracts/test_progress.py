"""How far a check is, which requests it sends by default, and what it says to a name that matches nothing."""

from __future__ import annotations

import io
from importlib.metadata import version
from pathlib import Path

import pytest

from contracts.cli.options import rate_of
from contracts.cli.progress import Progress
from contracts.client.target import Request, Target
from contracts.client.users import default_rate
from contracts.pytest_plugin.plugin import _served
from tests.contracts.things import Things, checked


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that goes on by some seconds each time it is read."""

    def __init__(self, seconds: float) -> None:
        self.now, self._seconds = 0.0, seconds

    def __call__(self) -> float:
        self.now += self._seconds
        return self.now


def test_a_terminal_shows_a_line_with_bar_rate_and_time_left() -> None:
    out, sent = Terminal(), iter(range(0, 1_000, 30))
    shown = Progress("checks", 4, lambda: next(sent), stream=out, clock=Clock(1.0))

    shown("GET /x", "paging", "passed")
    shown("GET /x", "order", "failed")
    shown.close()

    first = "\r\x1b[K[#####---------------] 1 of 4 checks, 30 requests, 30/s, about 3 s left"
    second = "\r\x1b[K[##########----------] 2 of 4 checks, 60 requests, 30/s, 1 failed, about 2 s left"
    assert f"{first}\r\x1b[K✗ GET /x  order\n{second}\r\x1b[K" == out.getvalue()


def test_warnings_are_counted_and_have_no_line_of_their_own() -> None:
    out = io.StringIO()
    shown = Progress("checks", 9, lambda: 0, stream=out, clock=Clock(11.0))

    shown("GET /x", "paging", "warning")
    shown("GET /x", "order", "failed")

    first, second, third = out.getvalue().splitlines()
    assert ", 1 with warnings," in first
    assert "✗ GET /x  order" == second
    assert ", 1 failed, 1 with warnings," in third


def test_an_accepted_failure_is_no_failure_while_the_check_runs() -> None:
    out = io.StringIO()
    accepts = {("GET /x", "order")}
    shown = Progress(
        "checks", 9, lambda: 0, verbose=True, stream=out, clock=Clock(11.0), accepts=lambda *key: key in accepts
    )

    shown("GET /x", "order", "failed")
    shown("GET /y", "order", "failed")

    assert "– GET /x  order  (accepted failure)" == out.getvalue().splitlines()[0]
    assert "✗ GET /y  order" == out.getvalue().splitlines()[2]
    assert ", 1 failed," in out.getvalue().splitlines()[3]


def test_without_a_terminal_there_is_a_line_every_ten_seconds() -> None:
    out = io.StringIO()
    shown = Progress("checks", 40, lambda: 0, stream=out, clock=Clock(4.0))

    for number in range(9):
        shown(f"GET /{number}", "paging", "passed")
    shown.close()

    assert 3 == out.getvalue().count("\n")
    assert "[#-------------------] 3 of 40 checks, 0 requests, 0/s, about 2 min left\n" in out.getvalue()


def test_a_line_for_each_check_is_printed_on_request(tmp_path: Path) -> None:
    with _served(Things()) as url:
        quiet = checked(url, tmp_path, "--only", "create")
        full = checked(url, tmp_path, "--only", "create", "-v")

    assert "✓" not in quiet.output
    assert "✓ POST /things  create\n" in full.output


def test_every_request_names_the_check_as_its_user_agent(tmp_path: Path) -> None:
    service = Things()

    with _served(service) as url:
        checked(url, tmp_path, "--only", "create", "--only", "not_a_server_error")

    assert {f"mockserver-check/{version('mockserver')}"} == {each.headers["user-agent"] for each in service.requests}


def test_an_app_in_this_process_gets_the_user_agent_too() -> None:
    service = Things()

    with Target.asgi(service) as target:
        target.send(Request("GET", "/things"))

    assert f"mockserver-check/{version('mockserver')}" == service.requests[0].headers["user-agent"]


@pytest.mark.parametrize(("url", "rate"), [
    (None, None), ("http://127.0.0.1:8080", None), ("http://localhost/api", None), ("http://[::1]:1", None),
    ("https://api.example.test", 20.0), ("http://192.168.0.7", 20.0),
])  # fmt: skip
def test_other_machines_get_twenty_requests_per_second(url: str | None, rate: float | None) -> None:
    assert rate == default_rate(url)


def test_the_rate_can_be_taken_off() -> None:
    assert float("inf") == rate_of("none")


@pytest.mark.parametrize(("pattern", "similar"), [
    ("pagin", "similar: paging"),
    ("GET /thing", "similar: GET /things"),
    ("nosuch", "all checks are in docs/contract-checks/checks.md"),
])  # fmt: skip
def test_a_pattern_that_matches_nothing_is_refused_with_similar_names(
    pattern: str, similar: str, tmp_path: Path
) -> None:
    done = checked("http://127.0.0.1:9", tmp_path, "--only", pattern)

    assert 2 == done.exit_code
    assert f"--only {pattern!r} matches no check and no operation; {similar}" in done.output
