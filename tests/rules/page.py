"""The files and commands of docs/rules.md."""

from __future__ import annotations

import re
from pathlib import Path

TEXT = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
FILES: dict[str, str] = dict(re.findall(r"```(?:yaml|python) (\S+)\n(.*?)```", TEXT, re.DOTALL))
"""Name of each file that the page shows, and its text."""

STEPS = re.findall(r"```sh\n(curl .*?)\n```\n\n```json (\d+)\n(.*?)\n```", TEXT, re.DOTALL)
"""Each curl command with the status and the body that the page prints."""

COMMANDS = re.findall(r"^mockserver .*$", TEXT, re.MULTILINE)
"""The commands of the page."""

OUTPUT = re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)
"""What commands print, in the order of the page."""


def write_rule_example(folder: Path) -> None:
    """Write the files of the first example."""
    for name in ("tasks.yaml", "behaviour.yaml", "my_rules.py"):
        (folder / name).write_text(FILES[name], encoding="utf-8")


def write_vendor(folder: Path, *, checks: bool = True) -> Path:
    """Write the files of the vendor example to a folder; gives the folder."""
    folder.mkdir(parents=True)
    files = {"openapi.yaml": "tasks.yaml", "behaviour.yaml": "behaviour.yaml", "rules.py": "my_rules.py"}
    for name, source in (files | ({"checks.py": "acme/checks.py"} if checks else {})).items():
        (folder / name).write_text(FILES[source], encoding="utf-8")
    return folder
