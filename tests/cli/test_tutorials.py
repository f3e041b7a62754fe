"""The tutorials work as they are written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_readme import sessions
from tests.process import READY, ROOT, Processes, address

TUTORIALS = ROOT / "docs" / "tutorials"
BASE = "http://127.0.0.1:8080"


def test_the_commands_of_the_tutorial_for_front_ends_print_what_it_shows() -> None:
    page = (TUTORIALS / "front-end.md").read_text(encoding="utf-8")
    command = re.search(r"^    mockserver (serve .*)", page, re.MULTILINE)
    assert command is not None
    shown = [(line, output.strip()) for line, output in sessions(page)]
    with Processes() as processes:
        _, lines = processes.start(*command[1].split(), "--port", "0", until=READY)
        where = {
            **os.environ,
            "MOCKSERVER_URL": address(lines),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        printed = [
            (
                line,
                subprocess.run(
                    ["bash", "-c", line.replace(BASE, address(lines)).replace("curl ", "curl -s ")],
                    capture_output=True, text=True, timeout=60, check=True, env=where,
                ).stdout.replace(address(lines), BASE).strip(),
            )
            for line, _ in shown
        ]  # fmt: skip

    assert len(shown) > 10
    assert shown == printed


def test_the_tests_of_the_tutorial_for_a_vendors_client_pass(tmp_path: Path) -> None:
    pytest.importorskip("datagrid_ai", reason="the official SDK datagrid-ai is not installed")
    page = (TUTORIALS / "vendor-client.md").read_text(encoding="utf-8")
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        (tmp_path / block.splitlines()[0].removeprefix("# ")).write_text(block, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT) if (ROOT / "mockserver").is_dir() else ""},
    )  # fmt: skip

    assert "3 passed" in done.stdout, done.stdout
