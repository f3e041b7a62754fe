"""Shells complete what is typed after `mockserver`, by the lines of docs/how-to/editors.md."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.process import ENVIRONMENT, PATIENCE, ROOT

PAGE = (ROOT / "docs" / "how-to" / "editors.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\w+) \| `~.*?` \| `(.*)` \|$", re.MULTILINE)
LINES = {shell: line.replace("\\|", "|") for shell, line in ROW.findall(PAGE)}
PROGRAM = Path(sys.executable).parent / "mockserver"
PATH = {**ENVIRONMENT, "PATH": f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}"}


def completed(shell: str, typed: str) -> list[str]:
    """What the program answers to the script of a shell, for words whose last one is not complete."""
    *before, last = typed.split(" ")
    words = {"COMP_WORDS": " ".join(before), "COMP_CWORD": last} if shell == "fish" else {"COMP_WORDS": typed}
    asked = {"COMP_CWORD": str(len(before)), **words, "_MOCKSERVER_COMPLETE": f"{shell}_complete"}
    done = subprocess.run(
        [PROGRAM], env={**PATH, **asked}, cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    assert "" == done.stderr
    return done.stdout.split("\n")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("mockserver ser", ["plain,serve"]),
        ("mockserver serve --ite", ["plain,--items"]),
        ("mockserver serve --sync s", ["plain,simulated"]),
        ("mockserver serve ./docs/p", ["file,./docs/p"]),
        ("mockserver check base", ["file,base", "plain,basedash"]),
        ("mockserver schema st", ["plain,state"]),
    ],
)
def test_commands_options_values_and_documents_are_completed(typed: str, expected: list[str]) -> None:
    assert expected == list(filter(None, completed("bash", typed)))


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_answered_too(shell: str) -> None:
    assert any("Serve stateful mocks" in line for line in completed(shell, "mockserver ser"))


def test_broken_settings_do_not_disturb(tmp_path: Path) -> None:
    (tmp_path / "mockserver.yaml").write_text("serve: [")
    asked = {"COMP_WORDS": "mockserver serve --ite", "COMP_CWORD": "2", "_MOCKSERVER_COMPLETE": "bash_complete"}

    done = subprocess.run(
        [PROGRAM], env={**PATH, **asked}, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=PATIENCE
    )

    assert ("plain,--items\n", "") == (done.stdout, done.stderr)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_line_of_the_page_sets_a_shell_up(shell: str) -> None:
    program = shutil.which(shell)
    if program is None and shell == "bash":
        pytest.skip("there is no bash")
    shown = {"bash": "complete -p mockserver", "zsh": "echo $_comps[mockserver]", "fish": "complete -c mockserver"}
    if program is None:  # the script is there, and names the program
        done = subprocess.run([PROGRAM], env={**PATH, "_MOCKSERVER_COMPLETE": f"{shell}_source"}, capture_output=True,
                              text=True, check=True, timeout=PATIENCE)  # fmt: skip
    else:
        setup = "autoload -U compinit; compinit -u -D; " if shell == "zsh" else ""
        done = subprocess.run([program, "-c", f"{setup}{LINES[shell]}\n{shown[shell]}"], env=PATH, capture_output=True,
                              text=True, check=True, timeout=PATIENCE)  # fmt: skip

    assert f"_MOCKSERVER_COMPLETE={shell}_source mockserver" in LINES[shell]
    assert "_mockserver_completion" in done.stdout


def test_fish_shows_the_whole_help_of_a_command() -> None:
    fish = shutil.which("fish")
    if fish is None:
        pytest.skip("there is no fish")

    done = subprocess.run(
        [fish, "-c", f"{LINES['fish']}\ncomplete -C 'mockserver cloc'"],
        env=PATH, capture_output=True, text=True, check=True, timeout=PATIENCE,
    )  # fmt: skip

    assert "clock\tShow, freeze, advance or set the time.\n" == done.stdout
