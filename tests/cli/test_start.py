"""`--help` and `--version`: they import little, and work without the extras."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Sequence

import pytest

from tests.process import ENVIRONMENT, ROOT

HEAVY = (
    "connexion", "starlette", "uvicorn", "jsonschema_rs", "yaml", "orjson", "httpx", "mcp", "pydantic", "pytest",
    "schemathesis", "hypothesis", "openapi_core", "contracts.cli.check", "contracts.checks", "mockserver.web",
    "mockserver.contract", "mockserver.openapi",
)  # fmt: skip
"""What neither `--help` nor `--version` may import."""

CHECK_EXTRA = ("schemathesis", "hypothesis", "openapi_core", "pytest")
LIVE_EXTRA = ("mcp", "mcp_types", "httpx2", "httpcore2")

EVERY_COMMAND = [
    "init", "serve", "infer", "specs", "schema", "demo-mcp",
    "requests", "verify", "why", "deliveries", "state", "fault", "reset", "snapshot", "checkpoint", "clock",
    "namespaces", "mcp",
    "check", "run", "replay", "cleanup", "merge", "diff", "trend", "mutate",
]  # fmt: skip

PROGRAM = """
import sys
for name in {blocked!r}:
    sys.modules[name] = None
from mockserver.cli.commands import main
try:
    main({arguments!r}, prog_name="mockserver")
finally:
    print("imported:", *(name for name in {watched!r} if sys.modules.get(name)), file=sys.stderr)
"""


def run(*arguments: str, blocked: Sequence[str] = (), watched: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """The command in a fresh interpreter that cannot import `blocked`; standard error ends with what it imported."""
    program = PROGRAM.format(blocked=tuple(blocked), arguments=list(arguments), watched=tuple(watched))
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
        env=ENVIRONMENT,
    )


def _listed(help_page: str) -> list[str]:
    """The lines of the groups of commands."""
    return help_page.partition("Mocks:\n")[2].splitlines()


def commands(help_page: str) -> list[str]:
    """The names that the list of commands shows."""
    listed = _listed(help_page)
    return [line.split()[0] for line in listed if line[:2] == "  " and line[2:3] != " "]


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["-h"], []])
def test_help_and_version_import_neither_connexion_nor_the_contract_check(arguments: list[str]) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = run(*arguments, watched=HEAVY)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    print(f"mockserver {' '.join(arguments)}: {spent:.2f} s of processor time")

    assert "imported:" == done.stderr.splitlines()[-1].strip()
    assert "mockserver" in done.stdout or "mockserver" in done.stderr


IMPORTED = """
import gc
from mockserver.cli.lazy_command import resolve
looked_through = []
gc.callbacks.append(lambda phase, facts: looked_through.append(len(gc.get_objects())))
command = resolve("mockserver.cli.serve:serve", "")
made = [[] for _ in range(2000)]
is_left = any(each is command.__dict__ for each in gc.get_objects())
print(max(looked_through, default=0) < 20_000, is_left, gc.isenabled())
"""


def test_garbage_collection_does_not_look_through_what_a_command_imports() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT
    )

    assert "True False True\n" == done.stdout


def test_every_command_is_listed_with_a_line_of_help() -> None:
    listed = run("--help").stdout

    assert EVERY_COMMAND == commands(listed)
    assert all(len(line.split()) > 3 for line in _listed(listed) if line.startswith("  "))


def test_the_list_names_the_commands_whose_extra_is_missing_and_how_to_install_it() -> None:
    listed = run("--help", blocked=CHECK_EXTRA + LIVE_EXTRA)
    text = " ".join(listed.stdout.split())

    assert 0 == listed.returncode
    assert EVERY_COMMAND == commands(listed.stdout)
    assert 8 == text.count("Needs: pip install 'mockserver[check]'")
    assert 2 == text.count("Needs: pip install 'mockserver[live]'")  # demo-mcp and mcp


@pytest.mark.parametrize(
    ("command", "blocked", "line"),
    [
        (["check", "basedash"], CHECK_EXTRA, "pip install 'mockserver[check]'"),
        (["cleanup", "basedash"], CHECK_EXTRA, "pip install 'mockserver[check]'"),
        (["merge", "reports"], CHECK_EXTRA, "pip install 'mockserver[check]'"),
        (["diff", "old", "new"], CHECK_EXTRA, "pip install 'mockserver[check]'"),
        (["mutate", "basedash"], CHECK_EXTRA, "pip install 'mockserver[check]'"),
        (["trend", "reports"], CHECK_EXTRA, "pip install 'mockserver[check]'"),
        (["replay", "reports", "1"], CHECK_EXTRA, "pip install 'mockserver[check]'"),
        (["demo-mcp"], LIVE_EXTRA, "pip install 'mockserver[live]'"),
        (["mcp", "basedash"], LIVE_EXTRA, "pip install 'mockserver[live]'"),
        (["serve", "basedash", "--sync", "live", "--port", "0"], LIVE_EXTRA, "pip install 'mockserver[live]'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_command_whose_extra_is_missing_says_how_to_install_it_and_exits_with_2(
    command: list[str], blocked: tuple[str, ...], line: str
) -> None:
    done = run(*command, blocked=blocked)

    assert 2 == done.returncode
    assert f"Error: this needs {next(name for name in blocked if name in done.stderr)}: {line}" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_mock_commands_work_without_the_extras() -> None:
    done = run("specs", "show", "basedash", blocked=CHECK_EXTRA + LIVE_EXTRA)

    assert 0 == done.returncode
    assert done.stdout.startswith("Basedash")
