"""docs/rules.md keeps what it prints: its files are written, its commands run, and their output is compared."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest

import mockserver
from mockserver import BehaviourError
from tests.client import Client
from tests.process import READY, Processes, address, run
from tests.rules.page import COMMANDS, OUTPUT, STEPS, TEXT, write_rule_example, write_vendor


def arguments(command: str) -> list[str]:
    """The arguments of a command of the page, for a free port if it serves."""
    words = shlex.split(command)[1:]
    return [*words, "--port", "0"] if words[0] == "serve" else words


def test_the_rule_of_the_page_answers_what_the_page_prints(tmp_path: Path) -> None:
    write_rule_example(tmp_path)
    with Processes() as processes:
        _, lines = processes.start(*arguments(COMMANDS[0]), until=READY, cwd=tmp_path)
        for command, status, body in STEPS:
            line = command.replace("http://127.0.0.1:8080", address(lines))
            done = subprocess.run(
                [*shlex.split(line), "-s", "-w", "\n%{http_code}"], capture_output=True, text=True, check=True
            )
            seen, _, code = done.stdout.rpartition("\n")
            assert (status, json.loads(body)) == (code, json.loads(seen))
    assert 2 == len(STEPS)


def test_the_vendor_of_the_page_is_served_and_checked_as_the_page_says(tmp_path: Path) -> None:
    write_vendor(tmp_path / "acme")
    serve, check = (command for command in COMMANDS if "./acme" in command)
    with Processes() as processes:
        _, lines = processes.start(*arguments(serve), until=READY, cwd=tmp_path)
    done = run(*arguments(check), cwd=tmp_path)

    assert any(line.startswith("acme ") for line in lines)
    assert (0, OUTPUT[-1].strip()) == (done.returncode, done.stderr.strip())


def test_the_errors_of_the_page_are_those_of_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_rule_example(tmp_path)
    monkeypatch.chdir(tmp_path)
    missing, unknown_field = OUTPUT[0].strip().splitlines()

    with pytest.raises(BehaviourError, match=re.escape(missing)):
        mockserver.create_app("tasks.yaml", behaviour=["behaviour.yaml"])
    stamp = mockserver.rule("stamp", governs=("updatedby",))(print)
    with pytest.raises(BehaviourError, match=re.escape(unknown_field)):
        mockserver.create_app("tasks.yaml", behaviour=["behaviour.yaml"], rules={"stamp": stamp})


def test_the_program_of_the_page_serves_the_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_rule_example(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    [program] = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    names: dict[str, object] = {}
    exec(program, names)

    with Client(names["app"], headers={"X-User": "ada"}) as client:
        assert "ada" == client.post("/tasks", json={"title": "Paint"}).json()["updatedBy"]
