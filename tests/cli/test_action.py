"""The steps of action.yml do what they say, with the commands of this checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from tests.process import READY, ROOT, Processes, address, free_port

ACTION = ROOT / "action.yml"
PETSTORE = "docs/petstore.yaml"


def step(name: str, folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run a script of the action in `folder`, which also has the files that the runner gives to steps."""
    files = {name: str(folder / name.lower()) for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    given = {f"INPUT_{key.upper()}": value for key, value in inputs.items()}
    runner = {"GITHUB_ACTION_PATH": str(ROOT), "RUNNER_TEMP": str(folder), "PATH": path, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [ROOT / ".github" / "action" / f"{name}.sh"],
        cwd=folder,
        env={**os.environ, **files, **runner, **given},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def lines_of(folder: Path, name: str) -> dict[str, str]:
    """The values that a step left for later ones."""
    return dict(line.split("=", 1) for line in (folder / name.lower()).read_text(encoding="utf-8").splitlines())


@pytest.fixture(scope="module")
def pets() -> Iterator[str]:
    """The address of a correct service."""
    with Processes() as processes:
        _, lines = processes.start("serve", PETSTORE, "--port", "0", until=READY)
        yield address(lines)


@pytest.mark.parametrize(
    ("url", "code", "outcome"),
    [("here", 0, "success"), ("wrong", 1, "failures"), ("nowhere", 2, "error"), ("", 2, "error")],
)
def test_a_check_says_how_it_ended(tmp_path: Path, pets: str, url: str, code: int, outcome: str) -> None:
    document = ROOT / PETSTORE
    if url == "wrong":
        document = tmp_path / "other.yaml"
        document.write_text((ROOT / PETSTORE).read_text().replace("maxLength: 40", "maxLength: 3"), encoding="utf-8")
    target = {"here": pets, "wrong": pets, "nowhere": f"http://127.0.0.1:{free_port()}", "": ""}[url]
    options = "--only validation --only 'no such check'" if url == "nowhere" else "--only validation"

    done = step("check", tmp_path, document=str(document), url=target, arguments=options, report="out put")

    assert (code, outcome) == (done.returncode, lines_of(tmp_path, "GITHUB_OUTPUT")["outcome"]), (
        done.stdout + done.stderr
    )
    assert (code < 2) == (tmp_path / "out put" / "report.sarif").is_file()


def test_a_mock_serves_when_its_step_has_ended(tmp_path: Path) -> None:
    port = free_port()
    options = "--items 2 --no-access-log"

    done = step("serve", tmp_path, document=str(ROOT / PETSTORE), port=str(port), arguments=options)
    left = lines_of(tmp_path, "GITHUB_ENV")
    try:
        assert 0 == done.returncode, done.stdout
        assert 2 == httpx.get(f"{left['MOCKSERVER_URL']}/pets").json()["total"]
    finally:
        os.kill(int(left["MOCKSERVER_PID"]), 15)


def test_without_a_document_the_settings_of_the_project_say_which(tmp_path: Path, pets: str) -> None:
    (tmp_path / "mockserver.yaml").write_text(f"document: {ROOT / PETSTORE}\n", encoding="utf-8")

    done = step("check", tmp_path, document="", url=pets, arguments="--only not-found", report="reports")

    assert 0 == done.returncode, done.stdout + done.stderr
    assert "settings: mockserver.yaml" in done.stderr


def test_a_mock_that_cannot_start_shows_why(tmp_path: Path) -> None:
    done = step("serve", tmp_path, document="no-such.yaml", port="8080", arguments="")

    assert 2 == done.returncode
    assert "no-such.yaml" in done.stdout
    assert "::error::the mock did not start" in done.stdout


def test_the_installation_is_of_this_repository_with_the_extra_that_the_command_needs(tmp_path: Path) -> None:
    pip = tmp_path / "mockserver" / "bin" / "pip"
    python = tmp_path / "python"  # its `-m venv` makes a pip that only says how it was called
    python.write_text(
        f"#!/bin/sh\nmkdir -p {pip.parent}\nprintf '#!/bin/sh\\necho \"$@\"\\n' > {pip}\nchmod +x {pip}\n"
    )
    python.chmod(0o755)

    done = {name: step("install", tmp_path, command=name, python=str(python)) for name in ("check", "serve", "mock")}

    assert done["check"].stdout.endswith(f" {ROOT}[check]\n")
    assert done["serve"].stdout.endswith(f" {ROOT}\n")
    assert (2, "::error::command must be check or serve, not 'mock'\n") == (
        done["mock"].returncode,
        done["mock"].stdout,
    )
    assert str(pip.parent) in (tmp_path / "github_path").read_text()


def test_every_step_gets_the_inputs_that_its_script_reads() -> None:
    action = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    scripts = 0
    for each in action["runs"]["steps"]:
        if "run" in each:
            script = ROOT / re.sub(r'.*PATH/|"', "", each["run"])
            scripts += 1

            assert set(re.findall(r"\$\{?(INPUT_\w+)", script.read_text(encoding="utf-8"))) == set(each["env"])
            assert set(re.findall(r"inputs\.(\w+)", str(each["env"]))) <= set(action["inputs"])

    assert 3 == scripts
