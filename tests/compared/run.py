"""Try twenty tasks with this mock, WireMock, Prism and Mockoon, and print the table of docs/compared-control.md.

Usage: python -m tests.compared.run [--packages FOLDER] [--only TEXT] [--tool TEXT]
It takes ten minutes, and needs npm, Java, curl and jq.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.bench import PACKAGES
from tests.benchmarks.servers import install_packages
from tests.compared.attempt import Attempt
from tests.compared.tasks import TASKS, Task
from tests.compared.tools import TOOLS, Tool, running


def main() -> None:
    """Print a line for each trial, then the table. Exit code 1 when one does not end as it is written here."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=Path, default=PACKAGES, help="where npm packages are installed")
    parser.add_argument("--only", default="", help="only tasks with this text in their name")
    parser.add_argument("--tool", default="", help="only tools with this text in their name")
    given = parser.parse_args()
    if install_packages(given.packages.resolve()) is None:
        sys.exit("npm is missing or cannot install WireMock, Prism and Mockoon")
    # The commands of attempts are found first where this interpreter is installed.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    tasks = [each for each in TASKS if given.only in each.name]
    tools = [each for each in TOOLS if given.tool.lower() in each.name.lower()]
    wrong = [f"{task.name}, {tool.name}" for task in tasks for tool in tools if not _told(task, tool, given.packages)]
    print("", *page_lines(tasks, tools), "", sep="\n")
    if wrong:
        sys.exit("not as written: " + "; ".join(wrong))


def _told(task: Task, tool: Tool, packages: Path) -> bool:
    """Print the line of a trial; did it end as its attempt says?"""
    attempt = tool.attempts[task.name]
    done, reason = _tried(task, tool, attempt, packages)
    print(f"{'pass' if done else 'not '}  {task.name:<42} {tool.name:<18} {reason}", flush=True)
    return done is attempt.works


def _tried(task: Task, tool: Tool, attempt: Attempt, packages: Path) -> tuple[bool, str]:
    """Is the task done, and what stopped it?"""
    with TemporaryDirectory(prefix="compared-") as folder:
        try:
            with running(tool, attempt, packages, Path(folder)) as trial:
                return task.is_done(trial), ""
        except Exception as error:  # noqa: BLE001 - a tool that cannot do a task fails in its own way
            return False, f"{type(error).__name__}: {error}"[:300]


def page_lines(tasks: Sequence[Task] = TASKS, tools: Sequence[Tool] = TOOLS) -> list[str]:
    """The table, and the notes below it. A cell has the steps and the lines that a task needs."""
    head = ["task", *(each.name for each in tools)]
    rows = [[task.name, *(_cell(each.attempts[task.name]) for each in tools)] for task in tasks]
    done = ["tasks done", *(str(sum(each.attempts[task.name].works for task in tasks)) for each in tools)]
    table = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows, done)]
    notes = [(task.name, tool.name, tool.attempts[task.name].note) for task in tasks for tool in tools]
    return [*table, "", *(f"* {task}, {tool}: {note}." for task, tool, note in notes if note)]


def _cell(attempt: Attempt) -> str:
    return f"{attempt.steps} / {attempt.lines}" if attempt.works else "no"


if __name__ == "__main__":
    main()
