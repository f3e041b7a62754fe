"""The pages about contract checks: the tutorial works as it is written, and its output is what is printed."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

import httpx
import pytest
import yaml

from tests.process import ENVIRONMENT, free_port, run

PAGES = Path(__file__).parents[2] / "docs/contract-checks"
TUTORIAL = (PAGES / "tutorial.md").read_text(encoding="utf-8")
HOW_TO = (PAGES / "how-to.md").read_text(encoding="utf-8")
BUG = ("[offset : offset + limit]", "[:limit]")


def blocks(text: str, kind: str) -> list[str]:
    """The code blocks of a page in one language."""
    return re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)


def commands() -> list[str]:
    """The lines of the tutorial's shell blocks."""
    return [line for block in blocks(TUTORIAL, "sh") for line in block.splitlines()]


def expected(number: int) -> list[str]:
    """The lines of an output that the tutorial shows, as patterns: ids of findings and times may change."""
    lines = blocks(TUTORIAL, "text")[number].splitlines()
    return [re.sub(r"-[0-9a-f]{10}\b", "-*", line).replace("[", "[[]") for line in lines]


@contextmanager
def started(folder: Path, port: int) -> Iterator[None]:
    """The app, started as the tutorial says, but on a port that is free."""
    program = [sys.executable, "-m", *commands_with("uvicorn")[0].split()]
    command = [word.replace("8000", str(port)) for word in program]
    process = subprocess.Popen([*command, "--log-level", "critical"], cwd=folder, env=ENVIRONMENT)
    try:
        for _ in range(200):
            try:
                httpx.get(f"http://127.0.0.1:{port}/notes", trust_env=False)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(20)


def commands_with(word: str) -> list[str]:
    """The commands of the tutorial that begin with a word, without the one that installs."""
    return [line for line in commands() if line.startswith(f"{word} ")]


def checked(folder: Path, port: int, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the tutorial in its folder, against the port."""
    words = command.removeprefix("mockserver ").replace(":8000", f":{port}").split()
    return run(*words, cwd=folder, seconds=200)


def shown(output: str, patterns: list[str]) -> bool:
    """Does an output have these lines, in this order?"""
    lines = iter(output.splitlines())
    return all(any(fnmatch(line, pattern) for line in lines) for pattern in patterns)


def test_the_app_of_the_tutorial_is_the_one_that_is_checked() -> None:
    [program] = blocks(TUTORIAL, "python")

    assert (PAGES / "notes_app.py").read_text(encoding="utf-8") == program


@pytest.mark.slow
def test_the_tutorial_works_as_it_is_written(tmp_path: Path) -> None:
    port, source = free_port(), blocks(TUTORIAL, "python")[0]
    (tmp_path / "notes_app.py").write_text(source, encoding="utf-8")
    _, written = commands_with("python")[0].split(" > ")
    made = subprocess.run(
        [sys.executable, "-c", commands_with("python")[0].split('"')[1]],
        cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    (tmp_path / written).write_text(made.stdout, encoding="utf-8")
    first = commands_with("mockserver")[0]

    with started(tmp_path, port):
        stock = checked(tmp_path, port, first)
        (tmp_path / "pyproject.toml").write_text(blocks(TUTORIAL, "toml")[0], encoding="utf-8")
        ignored = checked(tmp_path, port, first)
    (tmp_path / "notes_app.py").write_text(source.replace(*BUG), encoding="utf-8")
    with started(tmp_path, port):
        broken = checked(tmp_path, port, first)

    assert 1 == stock.returncode
    assert shown(stock.stdout, expected(0)), stock.stdout
    assert 0 == ignored.returncode, ignored.stdout
    assert re.search(r" passed, 0 failures, 4 warnings, \d skipped, 2 ignored", ignored.stdout), ignored.stdout
    assert 1 == broken.returncode
    assert shown(broken.stdout, expected(2)), broken.stdout


def test_the_inferred_behaviour_of_the_tutorial_loads_again(tmp_path: Path) -> None:
    (tmp_path / "notes_app.py").write_text(blocks(TUTORIAL, "python")[0], encoding="utf-8")
    made = subprocess.run(
        [sys.executable, "-c", commands_with("python")[0].split('"')[1]],
        cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    (tmp_path / "notes.json").write_text(made.stdout, encoding="utf-8")
    inferred = run("infer", "notes.json", cwd=tmp_path)
    (tmp_path / "notes-behaviour.yaml").write_text(inferred.stdout, encoding="utf-8")

    again = run(
        "check", "notes.json", "--behaviour", "notes-behaviour.yaml", "--quick", "--only", "create", cwd=tmp_path
    )

    assert 0 == again.returncode, again.stdout + again.stderr


@pytest.mark.parametrize("number", range(len(blocks(HOW_TO, "yaml"))))
def test_the_files_of_the_how_to_are_valid_yaml(number: int) -> None:
    assert isinstance(yaml.safe_load(blocks(HOW_TO, "yaml")[number]), dict)


def test_the_commands_of_the_pages_have_options_that_exist() -> None:
    known = run("check", "--help").stdout
    texts = [page.read_text(encoding="utf-8") for page in PAGES.glob("*.md")]
    lines = [line for text in texts for line in text.splitlines() if line.strip().startswith("mockserver check ")]
    options = {word for line in lines for word in re.findall(r"(?<=\s)--[a-z-]+", line)}

    assert len(options) > 10
    assert [] == sorted(option for option in options if option not in known)
    assert "ignore" in tomllib.loads(blocks(TUTORIAL, "toml")[0])["tool"]["mockserver"]["check"]
