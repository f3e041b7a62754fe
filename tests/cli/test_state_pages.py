"""docs/state.md and docs/namespaces.md show what their commands really print."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.test_readme import sessions
from tests.process import READY, ROOT, Processes, address

BASE = "http://127.0.0.1:8080"


def run_in(folder: Path, command: str, base: str) -> str:
    """What a command of a page prints; curl tells nothing about its progress."""
    line = command.replace(BASE, base).replace("curl ", "curl -s ")
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60, check=True, cwd=folder)
    return done.stdout.strip()


def masked(text: str) -> str:
    """The text without how long a namespace was idle, and without revisions, which need a journal."""
    return re.sub(r'"(idle_seconds|revision)":[\d.]+', r'"\1":0', text)


@pytest.mark.parametrize("page", ["state.md", "namespaces.md"])
def test_the_commands_of_a_page_print_what_it_shows(tmp_path: Path, page: str) -> None:
    shown = list(sessions((ROOT / "docs" / page).read_text(encoding="utf-8")))
    with Processes() as processes:
        _, lines = processes.start("serve", "docs/shop.yaml", "--seed", "1", "--port", "0", until=READY)
        printed = [run_in(tmp_path, command, address(lines)) for command, _ in shown]

    assert len(shown) > 8
    assert [(command, masked(output.strip())) for command, output in shown] == [
        (command, masked(output)) for (command, _), output in zip(shown, printed, strict=True)
    ]


def test_a_snapshot_of_the_page_is_a_state_file(tmp_path: Path) -> None:
    snapshot = tmp_path / "snapshot.json"
    with Processes() as processes:
        _, lines = processes.start("serve", "docs/shop.yaml", "--seed", "1", "--port", "0", until=READY)
        base = address(lines)
        run_in(tmp_path, f'curl {base}/customers --json \'{{"name": "Ann"}}\'', base)
        run_in(tmp_path, f"curl {base}/_mock/snapshot -o snapshot.json", base)
        arguments = ("serve", "docs/shop.yaml", "--seed", "1", "--state", str(snapshot), "--port", "0")
        _, again = processes.start(*arguments, until=READY)
        other = address(again)
        run_in(tmp_path, f'curl {other}/customers --json \'{{"name": "Bo"}}\'', other)
        run_in(tmp_path, f"curl -X POST {other}/_mock/reset", other)
        lists = [run_in(tmp_path, f"curl {each}/customers", each) for each in (base, other)]
        replies = [run_in(tmp_path, f'curl {base}/customers --json \'{{"name": "Cy"}}\'', base)]

    assert "loaded: 1 item of the state file" in again
    assert lists[0] == lists[1]
    assert "Cy" in replies[0]
