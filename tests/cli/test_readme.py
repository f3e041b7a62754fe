"""README.md, docs/first-steps.md and the pages they lead to show what the commands really print."""

from __future__ import annotations

import ast
import asyncio
import json
import re
import shlex
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import mockserver
from mockserver import contract as contracts
from mockserver.client import Sandbox
from tests.process import READY, ROOT, Processes, address, free_port, run

README = (ROOT / "README.md").read_text(encoding="utf-8")
FIRST_STEPS = (ROOT / "docs" / "first-steps.md").read_text(encoding="utf-8")
RESTART = FIRST_STEPS[FIRST_STEPS.index("## Keep the state") : FIRST_STEPS.index("## Check a server")]
VENDORS = (ROOT / "docs" / "vendors" / "README.md").read_text(encoding="utf-8")

Serve = Callable[..., tuple["subprocess.Popen[str]", list[str]]]


def sessions(text: str) -> Iterator[tuple[str, str]]:
    """The commands in the `console` blocks, each with the output that the page shows below it."""
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for entry in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = entry.partition("\n")
            yield command, output


def shown(command: str) -> str:
    """The output that the page shows for the command that begins so."""
    return next(output for line, output in sessions(FIRST_STEPS) if line.startswith(command))


def masked(text: str) -> str:
    """The text without what differs between runs: times, and how fast a check was."""
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "TIME", text)
    return re.sub(r"in [\d.]+ s \(\d+/s\)", "in TIME", text)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start `mockserver serve` on a free port; gives the process and the lines that it printed."""
    with Processes() as processes:
        yield lambda *arguments: processes.start("serve", *arguments, "--port", "0", until=READY)


def test_the_session_with_a_document_of_your_own_prints_what_the_page_shows(serve: Serve) -> None:
    command = re.search(r"^    mockserver (serve \S+)", FIRST_STEPS, re.MULTILINE)
    assert command is not None
    _, lines = serve(*command[1].split()[1:])
    expected = [
        (line, output) for line, output in sessions(FIRST_STEPS.replace(RESTART, "")) if line.startswith("curl ")
    ]

    printed = [
        subprocess.run(
            [*shlex.split(line.replace("http://127.0.0.1:8080", address(lines))), "-s"],
            capture_output=True, text=True, timeout=30, check=True,
        ).stdout
        for line, _ in expected
    ]  # fmt: skip

    explained = run("why", "4", "--url", address(lines)).stdout.replace(address(lines), "http://127.0.0.1:8080")

    assert len(expected) >= 6
    assert [masked(output.strip()) for _, output in expected] == [masked(output.strip()) for output in printed]
    assert shown("mockserver why 4") == explained


def test_what_was_created_is_there_after_a_restart_as_the_page_shows(tmp_path: Path) -> None:
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    shown = list(sessions(RESTART))
    printed = []
    for (serving, _), (curl, _) in zip(shown[::2], shown[1::2], strict=True):
        with Processes() as processes:
            arguments = (*shlex.split(serving)[1:], "--port", "0")
            process, lines = processes.start(*arguments, until=READY, cwd=tmp_path)
            command = [*shlex.split(curl.replace("http://127.0.0.1:8080", address(lines))), "-s"]
            printed.append(subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout)
            process.send_signal(signal.SIGINT)
            process.wait(30)

    assert 2 == len(printed)
    assert [masked(output.strip()) for _, output in shown[1::2]] == [masked(output) for output in printed]


def test_what_is_inferred_is_what_the_page_shows() -> None:
    block = re.search(r"```yaml\n(.*?)```", FIRST_STEPS, re.DOTALL)
    assert block is not None

    assert block[1] in run("infer", "docs/petstore.yaml").stdout


def test_the_page_about_inference_shows_what_is_inferred_and_corrections_that_work(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "inference.md").read_text(encoding="utf-8")
    identity, paging, corrections = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "corrections.yaml").write_text(corrections)
    printed = run("infer", "docs/petstore.yaml").stdout
    sandbox = mockserver.create_app(ROOT / "docs" / "petstore.yaml", behaviour=[tmp_path / "corrections.yaml"])
    behaviour = sandbox.services["petstore"].contract.behaviour
    operation = behaviour.operations["/pets", "get"]

    assert identity in printed
    assert paging in printed
    assert "descending" == behaviour.resources["pet"].order.direction
    assert (50, 100) == (operation.paging.default, operation.paging.maximum)
    assert [] == list(operation.filter)


def test_a_document_with_errors_is_refused_as_the_page_shows(tmp_path: Path) -> None:
    operation = {
        "parameters": [{"name": "kind", "in": "url", "schema": {"type": "string"}}],
        "responses": {"200": {"$ref": "#/components/responses/Pets"}},
    }
    document = {"openapi": "3.1.0", "info": {"title": "Broken", "version": "1"}, "paths": {"/pets": {"get": operation}}}
    (tmp_path / "broken.yaml").write_text(json.dumps(document))

    assert shown("mockserver serve broken.yaml") == run("serve", "broken.yaml", cwd=tmp_path).stderr


def test_the_check_of_a_server_finds_what_the_page_shows(tmp_path: Path) -> None:
    port = free_port()
    program = [
        sys.executable,
        "-m",
        *shlex.split(next(line for line, _ in sessions(FIRST_STEPS) if "uvicorn" in line))[:-3],
    ]
    arguments = ("--port", str(port), "--log-level", "info")
    command = next(line for line, _ in sessions(FIRST_STEPS) if line.startswith("mockserver check"))
    here = command.replace("http://127.0.0.1:3000", f"http://127.0.0.1:{port}").split()[1:]
    with Processes() as processes:
        processes.start(*arguments, program=program, until="INFO:     Uvicorn running")
        printed = run(*here, "--report", str(tmp_path / "reports")).stdout

    printed = printed.replace(f":{port}", ":3000").replace(str(tmp_path / "reports"), "reports")
    assert masked(shown("mockserver check").strip()) == masked(printed.strip())


def test_the_python_example_of_the_page_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    block = next(each for each in re.findall(r"```python\n(.*?)```", FIRST_STEPS, re.DOTALL) if "create_app" in each)
    source = "async def example():\n" + textwrap.indent(block, "    ") + "    return response\n"
    names: dict[str, Callable[..., object]] = {}
    exec(compile(ast.parse(source), "first-steps.md", "exec"), names)  # the block uses `await`

    response = asyncio.run(names["example"]())  # type: ignore[arg-type]

    assert "Rex" in response.text


def test_the_python_example_that_steers_a_mock_works(serve: Serve) -> None:
    _, lines = serve("docs/petstore.yaml")
    block = next(each for each in re.findall(r"```python\n(.*?)```", FIRST_STEPS, re.DOTALL) if "namespace()" in each)
    names: dict[str, object] = {"Sandbox": Sandbox}

    exec(compile(block.replace("http://127.0.0.1:8080", address(lines)), "first-steps.md", "exec"), names)

    assert [503, 503, 201] == [answer.status_code for answer in names["answers"]]  # type: ignore[attr-defined]


def test_the_vendors_are_served_where_the_pages_say(serve: Serve) -> None:
    _, lines = serve()
    printed = [line.replace(address(lines), "http://127.0.0.1:8080").split() for line in lines]

    for text in (FIRST_STEPS, VENDORS):
        rows = re.findall(r"^(?:basedash|datagrid|gaia|piper)  .*", text, re.MULTILINE)
        assert 4 == len(rows)
        assert all(row.split() in printed for row in rows)


def test_every_registration_of_the_page_about_the_vendors_works(serve: Serve) -> None:
    _, lines = serve()
    block = re.search(r"```sh\n(.*?)```", VENDORS, re.DOTALL)
    assert block is not None
    text = block.group(1).replace("\\\n", " ").replace("http://127.0.0.1:8080", address(lines))

    statuses = [
        subprocess.run([*shlex.split(command), "-s", "-o", "/dev/null", "-w", "%{http_code}"], capture_output=True,
                       text=True, timeout=30, check=True).stdout
        for command in text.split("\n\n")
    ]  # fmt: skip

    assert ["201", "201", "200", "201"] == statuses


def test_the_table_lists_exactly_the_credentials_of_the_vendors_on_the_page() -> None:
    vendors = re.findall(r"^(\w+) +http://", VENDORS, re.MULTILINE)
    listed = re.findall(r"^\| (\w+) \| `([^`]+)` \|", VENDORS, re.MULTILINE)
    in_files = [
        (contract.name, entry.value)
        for contract in contracts.all_of(vendors)
        for entry in contract.behaviour.service.credentials
    ]

    assert in_files == listed


def test_every_page_that_the_readme_links_exists() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)

    assert len(links) > 10
    assert [] == [link for link in links if not (ROOT / link).exists()]


def test_the_readme_shows_what_its_commands_print_one_after_the_other(serve: Serve) -> None:
    _, lines = serve("docs/petstore.yaml")
    shown = list(sessions(README))

    printed = [printed_by(command, address(lines)) for command, _ in shown]

    assert len(shown) > 4
    assert [masked(output.strip()) for _, output in shown] == [masked(output.strip()) for output in printed]


def printed_by(command: str, address: str) -> str:
    """What a command prints, with this address in place of the usual one."""
    name, *arguments = shlex.split(command.replace("http://127.0.0.1:8080", address))
    if name == "mockserver":
        return run(*arguments, "--url", address).stdout.replace(address, "http://127.0.0.1:8080")
    done = subprocess.run([name, *arguments, "-s"], capture_output=True, text=True, timeout=30, check=True)
    return done.stdout
