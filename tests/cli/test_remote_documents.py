"""Commands that take a document take an address and standard input too."""

from __future__ import annotations

import subprocess
from pathlib import Path

import httpx
import pytest

from tests.process import COMMAND, ENVIRONMENT, READY, ROOT, Processes, address

DOCUMENT = ROOT / "docs" / "petstore.yaml"


def piped(*arguments: str, text: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], input=text, capture_output=True, text=True, timeout=120, check=False, cwd=cwd,
        env=ENVIRONMENT,
    )  # fmt: skip


@pytest.mark.parametrize(
    "command", [["infer", "-"], ["specs", "show", "-"], ["check", "-", "--quick", "--only", "filter", "--report"]]
)
def test_a_document_is_read_from_standard_input(command: list[str], tmp_path: Path) -> None:
    arguments = [*command, str(tmp_path / "reports")] if command[0] == "check" else command
    done = piped(*arguments, text=DOCUMENT.read_text(encoding="utf-8"), cwd=tmp_path)

    assert 0 == done.returncode, done.stderr
    assert "kind" in done.stdout or " passed, 0 failures" in done.stdout


def test_a_broken_document_on_standard_input_is_named() -> None:
    done = piped("serve", "-", "--port", "0", text="{")

    assert (1, "") == (done.returncode, done.stdout)
    assert done.stderr.startswith("Error: standard input: invalid JSON at line 1")


def test_a_mock_serves_the_document_of_another_mock() -> None:
    with Processes() as processes:
        _, first = processes.start("serve", str(DOCUMENT), "--port", "0", until=READY)
        url = f"{address(first)}/petstore/openapi.json"
        _, second = processes.start("serve", url, "--port", "0", until=READY)
        created = httpx.post(f"{address(second)}/petstore/pets", json={"name": "Rex", "kind": "dog"})
        named = httpx.get(f"{address(second)}/petstore/pets").json()

    assert 201 == created.status_code
    assert [created.json()] == named["pets"]
