"""The journal: it knows the created items, even after a crash."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from contracts.cleanup.journal import Journal, Pending

ROOT = Path(__file__).parents[2]


def test_the_journal_has_the_items_of_a_killed_run(tmp_path: Path) -> None:
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


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until a condition is true."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "the condition never became true"
        time.sleep(0.01)


def test_an_incomplete_line_is_ignored(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    journal = Journal(file)
    journal.creating("1", Pending("http://here", "POST /things", "admin", path={"a": 1}, shows={"name": "x"}))
    with file.open("a", encoding="utf-8") as handle:
        handle.write('{"created": "contract-che')

    assert {"1": Pending("http://here", "POST /things", "admin", "", {"a": 1}, {"name": "x"})} == Journal(
        file
    ).pending()
    assert () == Journal(file).open()
