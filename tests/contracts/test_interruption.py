"""Checks that are interrupted, with real processes: they exit with 2, report what they found, and know what is left."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from contracts.cleanup.journal import Journal
from tests.process import Processes, run

KEY = "bd_key_SandboxAdmin00000000000000000000"
SERVERS = "/api/public/organizations/org_abc123/mcp-servers"
SLOW = ("--rate", "100/s", "--timeout", "2")
CONFORMANCE = ("--only", "not_a_server_error")


@dataclass
class Scene:
    """A mock in one process, and a contract check of it in another."""

    mock: subprocess.Popen[str]
    base: str
    folder: Path
    processes: Processes

    @property
    def journal(self) -> Journal:
        """What the check has recorded so far."""
        return Journal(self.folder / "journal.jsonl")

    def check(self, *options: str) -> subprocess.Popen[str]:
        """A check that has just created its first item."""
        arguments = (
            "check",
            "basedash",
            "--url",
            self.base,
            "--report",
            str(self.folder),
            *SLOW,
            *options,
            "--verbose",
        )
        process, _ = self.processes.start(*arguments, until="✓ POST")
        until(lambda: bool(self.journal.open()))
        return process

    def there(self) -> list[dict[str, Any]]:
        """The items of the check that still exist in the mock."""
        asked = httpx.get(self.base + SERVERS, headers={"Authorization": f"Bearer {KEY}"}, timeout=10)
        found: list[dict[str, Any]] = asked.json()["data"]
        return found

    def cleanup(self) -> subprocess.CompletedProcess[str]:
        return run("cleanup", "basedash", "--report", str(self.folder))

    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "report.json").read_text("utf-8"))
        return found


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Processes() as processes:
        mock, _ = processes.start("serve", "basedash", "--port", str(port), until="basedash")
        scene = Scene(mock, f"http://127.0.0.1:{port}/basedash", tmp_path, processes)
        until(lambda: answers(scene.base))
        yield scene


def answers(base: str) -> bool:
    try:
        return httpx.get(base + SERVERS).status_code == 401
    except httpx.TransportError:
        return False


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until a condition is true."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "the condition never became true"
        time.sleep(0.01)


def ended(process: subprocess.Popen[str]) -> int:
    """The exit code of a process, after reading its remaining output."""
    process.communicate(timeout=60)
    return process.returncode


@pytest.mark.parametrize("options", [(), CONFORMANCE], ids=["checks", "conformance"])
def test_an_interrupted_check_deletes_its_items_and_writes_a_report(scene: Scene, options: tuple[str, ...]) -> None:
    process = scene.check(*options)
    process.send_signal(signal.SIGINT)

    assert 2 == ended(process)
    assert "interrupted" == scene.report()["stopped"]
    assert [] == scene.there()


def test_cleanup_deletes_the_items_of_a_killed_check(scene: Scene) -> None:
    process = scene.check()
    process.kill()
    ended(process)
    assert [] != scene.there()

    done = scene.cleanup()

    assert (0, []) == (done.returncode, scene.there()), done.stdout
    assert ((), {}) == (scene.journal.open(), scene.journal.pending())


def test_cleanup_deletes_or_lists_the_items_of_a_killed_conformance_check(scene: Scene) -> None:
    process = scene.check(*CONFORMANCE)
    process.kill()
    ended(process)

    done = scene.cleanup()

    assert {item["id"] for item in scene.there()} <= set(done.stdout.split()), done.stdout
    assert () == scene.journal.open()


def test_a_target_that_dies_ends_the_check_with_a_partial_report(scene: Scene) -> None:
    process = scene.check()
    scene.mock.kill()

    assert 2 == ended(process)
    assert scene.report()["stopped"]
    assert "passed" in {entry["outcome"] for entry in scene.report()["outcomes"]}


def test_a_target_that_hangs_ends_the_check_and_can_be_cleaned_up_later(scene: Scene) -> None:
    process = scene.check()
    scene.mock.send_signal(signal.SIGSTOP)
    code = ended(process)
    scene.mock.send_signal(signal.SIGCONT)

    done = scene.cleanup()

    assert 2 == code
    assert scene.report()["stopped"]
    assert (0, []) == (done.returncode, scene.there()), done.stdout
