"""`mockserver init`: what it writes works at once."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml

from mockserver.cli.requirement import FROM_HERE, requirement_lines
from tests.inner_pytest import run_pytest
from tests.process import READY, ROOT, Processes, address, run

pytest_plugins = ["pytester"]

OWN = ("docs/petstore.yaml", "docs/shop.yaml", "docs/bookings.yaml", "specs/basedash/openapi.yaml")
"""Documents of users: with and without credentials, tenants and operationIds."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str]]:
    """A project without a document and one for each of OWN: its folder, and what was printed."""
    folder = tmp_path_factory.mktemp("projects")
    options = {"tasks": (), **{Path(each).parent.name + Path(each).stem: ("--document", each) for each in OWN}}
    done = {name: run("init", str(folder / name), *given) for name, given in options.items()}
    assert [""] == sorted({each.stderr for each in done.values()})
    return {name: (folder / name, each.stdout) for name, each in done.items()}


def test_what_is_written_is_listed_as_on_the_page(tmp_path: Path) -> None:
    printed = run("init", "tasks", cwd=tmp_path).stdout
    named = [line.split()[1] for line in printed.splitlines() if line.startswith("wrote ")]
    folder = tmp_path / "tasks"

    written = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    schemas = {path for path in written if path.startswith(".mockserver/")}
    assert {*named} == written - schemas | {".mockserver/"}
    assert 4 == len(schemas)
    assert f"$ mockserver init tasks\n{printed}```" in (ROOT / "docs" / "first-steps.md").read_text(encoding="utf-8")


def test_the_tests_of_all_projects_pass(made: dict[str, tuple[Path, str]], pytester: pytest.Pytester) -> None:
    folders = [folder for folder, _ in made.values()]
    written = [(folder / "tests" / "test_mock.py").read_text().count("\ndef test_") for folder in folders]

    done = run_pytest(pytester, "--import-mode=importlib", *folders)

    assert min(written) >= 2
    done.assert_outcomes(passed=sum(written))


def test_the_check_of_the_project_is_green(made: dict[str, tuple[Path, str]]) -> None:
    folder, _ = made["tasks"]

    checked = run("check", "--only", "order", "--only", "unique", "--only", "GET /tasks", cwd=folder)

    assert 0 == checked.returncode, checked.stdout
    assert ", 0 failures, 0 warnings, " in checked.stdout
    assert "quick" == json.loads((folder / "reports" / "report.json").read_text())["mode"]


def test_the_document_stays_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_bytes((ROOT / "docs" / "petstore.yaml").read_bytes())

    made = run("init", "mock", "--document", "api.yaml", cwd=tmp_path)
    settings = yaml.safe_load((tmp_path / "mock" / "mockserver.yaml").read_text())
    used = run("infer", cwd=tmp_path / "mock")

    assert "../api.yaml" == settings["document"]
    assert "wrote openapi.yaml" not in made.stdout
    assert "Petstore" in used.stdout


def test_the_five_lines_of_the_readme_work_on_a_document_of_a_user(tmp_path: Path, pytester: pytest.Pytester) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("## On your own document")[2]
    lines = [shlex.split(line, comments=True) for line in re.findall(r"^    (.+)", text, re.MULTILINE)]
    (tmp_path / "my-api.yaml").write_bytes((ROOT / "docs" / "petstore.yaml").read_bytes())
    init, serve, infer, tests, check = lines

    made, inferred = (run(*words[1:], cwd=tmp_path) for words in (init, infer))
    tested = pytester.runpytest_subprocess("-p", "no:cacheprovider", "--rootdir", tmp_path, tmp_path / tests[1])
    with Processes() as processes:
        _, printed = processes.start(*serve[1:], "--port", "0", until=READY, cwd=tmp_path)
        here = [address(printed) if word.startswith("http:") else word for word in check[1:]]
        checked = run(*here, "--only", "paging", cwd=tmp_path)

    assert [0, 0, 0] == [each.returncode for each in (made, inferred, checked)], checked.stdout
    assert "paging: {style: offset" in inferred.stdout
    assert tested.ret == 0


@pytest.mark.parametrize("existing", ["behaviour.yaml", "tests/test_mock.py", ".github/workflows/contract.yml"])
def test_no_file_is_overwritten(tmp_path: Path, existing: str) -> None:
    file = tmp_path / existing
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("mine")

    done = run("init", cwd=tmp_path)

    message = f"Error: nothing was written, because there is already: {existing}\n"
    assert (2, message) == (done.returncode, done.stderr)
    assert [file] == [path for path in tmp_path.rglob("*") if path.is_file()]
    assert "mine" == file.read_text()


def test_a_document_that_is_there_already_can_be_used(tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_bytes((ROOT / "docs" / "petstore.yaml").read_bytes())

    refused = run("init", cwd=tmp_path)
    used = run("init", "--document", "openapi.yaml", cwd=tmp_path)

    assert "already: openapi.yaml; to use the document, add --document openapi.yaml\n" in refused.stderr
    assert 0 == used.returncode, used.stderr


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("openapi: 3.1.0\ninfo: {title: A, version: '1'}\npaths: {}\n", "api.yaml: has no operation to test"),
        ("openapi: 3.1.0\npaths: {}\n", "api.yaml"),
        ("a: [", "api.yaml: invalid YAML at line"),
    ],
)
def test_a_document_that_cannot_be_used_is_named_and_nothing_is_written(
    tmp_path: Path, document: str, expected: str
) -> None:
    (tmp_path / "api.yaml").write_text(document)

    done = run("init", "--document", "api.yaml", cwd=tmp_path)

    assert 0 != done.returncode
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert ["api.yaml"] == [path.name for path in tmp_path.iterdir()]


def test_the_workflow_runs_what_the_project_has(tmp_path: Path) -> None:
    run("init", cwd=tmp_path)
    workflow = yaml.safe_load((tmp_path / ".github" / "workflows" / "contract.yml").read_text())
    commands = [shlex.split(step["run"]) for step in workflow["jobs"]["contract"]["steps"] if "run" in step]

    assert [["pip", "install", "-r"], ["pytest"], ["mockserver", "check"]] == [
        [word for word in command if not (tmp_path / word).exists()] for command in commands
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (None, ["mockserver[check]==9.8.7"]),
        (
            {"url": "https://git.example.com/m.git", "vcs_info": {"vcs": "git", "commit_id": "0a1b"}},
            ["mockserver[check] @ git+https://git.example.com/m.git@0a1b"],
        ),
        (
            {"url": "file:///src/m", "dir_info": {}},
            [FROM_HERE, "mockserver[check]==9.8.7"],
        ),
    ],
)
def test_the_requirement_names_where_the_package_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: object, expected: list[str]
) -> None:
    installed = tmp_path / "mockserver-9.8.7.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: mockserver\nVersion: 9.8.7\n")
    if source is not None:
        (installed / "direct_url.json").write_text(json.dumps(source))
    monkeypatch.syspath_prepend(tmp_path)

    assert expected == list(requirement_lines("check"))
