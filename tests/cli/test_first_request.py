"""The first request that is printed at start works as it is printed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.process import READY, ROOT, Processes

DOCUMENTS = sorted(
    path
    for folder in ("docs", "tests/cases/documents", "tests/cases/documents/examples", "tests/web", "tests/replies")
    for path in (ROOT / folder).glob("*.yaml")
    if path.name != "contradictions.yaml"
    and ".arazzo." not in path.name  # no request of the first can be valid
    and ("openapi" in (text := path.read_text(encoding="utf-8"))[:2000] or "swagger" in text[:2000])
)


@pytest.mark.parametrize("group", [DOCUMENTS[start::4] for start in range(4)], ids=range(4))
def test_the_first_request_works_for_every_document(group: list[Path]) -> None:
    failed = []
    for document in group:
        with Processes() as processes:
            _, lines = processes.start("serve", str(document), "--lenient", "--port", "0", until=READY)
            [command] = [line for line in lines if line.startswith("curl ") and "/_mock/" not in line]
            done = subprocess.run(
                f"{command} -sS -o /dev/null -w '%{{http_code}}'", shell=True, capture_output=True, text=True,
                timeout=30, check=False,
            )  # fmt: skip
        if not done.stdout.startswith(("2", "3")):
            failed.append((document.name, command, done.stdout, done.stderr))

    assert [] == failed
