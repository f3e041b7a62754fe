"""docs/handlers.md shows what its commands and programs really print."""

from __future__ import annotations

import doctest
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import mockserver
from tests.cli.test_readme import masked, sessions
from tests.process import ENVIRONMENT, READY, ROOT, Processes, address, run

DOCS = ROOT / "docs"
PAGE = (DOCS / "handlers.md").read_text(encoding="utf-8")
SERVE = ("serve", "todo.yaml", "--handlers", "task_handlers", "--port", "0")
HERE = {**ENVIRONMENT, "PYTHONPATH": f"{ROOT}:{DOCS}"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files of the page, where the commands are run."""
    for name in ("todo.yaml", "task_handlers.py", "connexion_app.py"):
        shutil.copy(DOCS / name, tmp_path)
    return tmp_path


def test_the_programs_of_the_page_are_the_files_that_it_links() -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)

    assert [(DOCS / name).read_text(encoding="utf-8") for name in ("task_handlers.py", "connexion_app.py")] == blocks


def test_two_implemented_operations_and_three_mocked_ones_answer_as_the_page_shows(folder: Path) -> None:
    with Processes() as processes:
        _, lines = processes.start(*SERVE, until=READY, cwd=folder)
        printed = [
            subprocess.run(
                [*shlex.split(line.replace("http://127.0.0.1:8080", address(lines))), "-s"],
                capture_output=True, text=True, timeout=30, check=True,
            ).stdout.strip()
            for line, _ in sessions(PAGE)
        ]  # fmt: skip

    code = "code:   task_handlers.create_task, task_handlers.complete_task; the other operations are mocked"
    assert code in lines
    assert 7 == len(printed)
    assert [masked(output.strip()) for _, output in sessions(PAGE)] == [masked(output) for output in printed]


def test_a_stock_connexion_app_answers_as_the_page_shows(folder: Path) -> None:
    (block,) = re.findall(r"```pycon\n(.*?)```", PAGE, re.DOTALL)
    (folder / "page.txt").write_text(block)
    program = [sys.executable, "-W", "ignore", "-m", "doctest", "page.txt"]

    done = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False, cwd=folder, env=HERE)

    assert 5 < len(doctest.DocTestParser().get_examples(block))
    assert (0, "") == (done.returncode, done.stdout)


def shown(begin: str) -> str:
    return next(line.strip() for line in PAGE.splitlines() if line.strip().startswith(begin))


@pytest.mark.parametrize(
    ("begin", "source"),
    [
        ("Error: handlers: the module", "import requets"),
        ("Error: task_handlers.get_task cannot answer", "def get_task(id): ..."),
    ],
    ids=["import", "parameter"],
)
def test_handlers_that_cannot_work_stop_the_start_as_the_page_shows(folder: Path, begin: str, source: str) -> None:
    (folder / "task_handlers.py").write_text(source)

    printed = run(*SERVE, cwd=folder)

    assert (1, shown(begin)) == (printed.returncode, printed.stderr.strip())


def test_an_operation_id_that_no_operation_has_is_told_as_the_page_shows() -> None:
    with pytest.raises(mockserver.HandlerError) as caught:
        mockserver.create_app(DOCS / "todo.yaml", handlers={"getTaks": print})

    assert shown("Error: handlers: no operation") == f"Error: {caught.value}"


def test_mistakes_that_do_not_stop_the_start_are_logged_as_the_page_shows(
    folder: Path,
) -> None:
    wrong = 'def get_taks(id): ...\n\n\ndef complete_task(task_id): return {"id": 1, "title": "a", "done": "yes"}\n'
    (folder / "task_handlers.py").write_text(wrong)
    with Processes() as processes:
        process, lines = processes.start(*SERVE, until=READY, cwd=folder)
        subprocess.run(["curl", "-sX", "PUT", f"{address(lines)}/tasks/1/completion"], check=True, timeout=30)
        process.terminate()
        logged = process.communicate(timeout=30)[0].splitlines()

    assert shown("WARNING").removeprefix("WARNING ") in " ".join(lines)
    assert shown("ERROR") in logged


def test_a_changed_module_is_served_from_the_next_request_on(folder: Path) -> None:
    module = folder / "task_handlers.py"
    with Processes() as processes:
        process, lines = processes.start(*SERVE, "--watch", until=READY, cwd=folder)
        assert process.stdout is not None
        create = ["curl", "-s", f"{address(lines)}/tasks", "--json", '{"title": "Rest"}']
        subprocess.run(create, check=True, timeout=30, capture_output=True)
        module.write_text("def get_task(task_id): return {'id': task_id, 'title': 'Changed', 'done': True}\n")
        after = [next(process.stdout).strip()]
        got = subprocess.run(["curl", "-s", f"{address(lines)}/tasks/1"], check=True, timeout=30, capture_output=True)
        module.write_text("def get_task(id): ...\n")
        after.append(next(process.stdout).strip())
        again = subprocess.run(["curl", "-s", f"{address(lines)}/tasks/1"], check=True, timeout=30, capture_output=True)

    assert "reloaded todo: 5 operations, 1 item kept" == after[0]
    assert "task_handlers.get_task cannot answer getTask" in after[1]
    assert b'"Changed"' in got.stdout
    assert got.stdout == again.stdout


def test_the_page_lists_the_resources_by_the_names_that_the_command_prints() -> None:
    document = yaml.safe_load((DOCS / "todo.yaml").read_text(encoding="utf-8"))

    assert 5 == sum(len(set(item) - {"parameters"}) for item in document["paths"].values())
    assert "\ntask\n" in run("specs", "show", str(DOCS / "todo.yaml")).stdout
