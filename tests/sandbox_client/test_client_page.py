"""The programs of docs/client.md run as they are written, one after the other."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.process import ENVIRONMENT, ROOT

PAGE = ROOT / "docs/client.md"


def program(url: str) -> str:
    """All programs of the page as one; those after the first are in the block of its `with`."""
    first, *others = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    body = "".join(
        "    " + line if line.strip() else line for code in others for line in code.splitlines(keepends=True)
    )
    return first.replace("http://127.0.0.1:8080", url).replace("httpx.Client(", "httpx.Client(trust_env=False, ") + body


def test_the_programs_of_the_page_run(url: str, tmp_path: Path) -> None:
    file = tmp_path / "page.py"
    file.write_text(program(url), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, file], capture_output=True, text=True, env=ENVIRONMENT, timeout=120, check=False
    )

    assert (0, "") == (done.returncode, done.stderr)
    assert "[503, 503, 201]" in done.stdout
