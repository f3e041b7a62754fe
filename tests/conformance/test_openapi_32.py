"""The plain command of Schemathesis finds no failure in documents of OpenAPI 3.2, except in what it does not know."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.process import READY, ROOT, Processes, address

SETTINGS = ROOT / "tests" / "openapi_support" / "schemathesis.toml"
DOCUMENTS = {
    "16-oas32": ROOT / "tests" / "cases" / "documents" / "16-oas32.yaml",
    "parts": ROOT / "tests" / "openapi_support" / "parts.yaml",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_command_of_schemathesis_finds_no_failure(name: str) -> None:
    document = DOCUMENTS[name]
    with Processes() as processes:
        base = address(processes.start("serve", str(document), "--port", "0", until=READY)[1])
        result = run_command(document, base)

    assert 0 == result.returncode, result.stdout
    [(made, passed)] = re.findall(r"(\d+) generated, (\d+) passed", result.stdout)
    assert 50 < int(made) == int(passed)


def run_command(document: Path, base: str) -> subprocess.CompletedProcess[str]:
    """Run `st run` on what is served at `base`."""
    command = [sys.executable, "-W", "ignore", "-m", "schemathesis.cli", "--config-file", str(SETTINGS), "run"]
    options = ["--url", base, "--seed", "1", "--max-examples", "5", "--generation-database", "none", "--no-color"]
    return subprocess.run([*command, str(document), *options], capture_output=True, text=True, check=False, timeout=120)
