"""The settings of a project: mockserver.yaml, and [tool.mockserver] of pyproject.toml. See docs/configuration.md."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from mockserver.cli.commands import main
from mockserver.cli.configuration_page import page
from mockserver.cli.setting_keys import commands
from mockserver.project_settings import TABLES
from tests.process import READY, ROOT, Processes, address, run

PAGE = ROOT / "docs" / "configuration.md"
BEHAVIOUR = """\
overlay: 1.0.0
info: {title: Order, version: "1"}
actions:
- target: $
  update: {x-resources: {pet: {order: {direction: descending, evidence: assumed}}}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a document and a behaviour file, and below it an empty one."""
    (tmp_path / "openapi.yaml").write_bytes((ROOT / "docs" / "petstore.yaml").read_bytes())
    (tmp_path / "behaviour.yaml").write_text(BEHAVIOUR)
    (tmp_path / "below").mkdir()
    return tmp_path


def block(language: str) -> str:
    """The example of the page in YAML or in TOML."""
    found = re.search(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(("file", "language"), [("mockserver.yaml", "yaml"), ("pyproject.toml", "toml")])
def test_a_mock_is_served_as_the_settings_of_the_page_say(project: Path, file: str, language: str) -> None:
    (project / file).write_text(block(language))
    with Processes() as processes:
        _, lines = processes.start("serve", "--port", "0", until=READY, cwd=project / "below")
        cross = httpx.get(f"{address(lines)}/pets", headers={"Origin": "http://localhost:3000"})
        other = httpx.get(f"{address(lines)}/pets", headers={"Origin": "http://localhost:4000"})

    assert f"settings: {project / file}" in lines
    assert [5, 4, 3, 2, 1] == [each["id"] for each in cross.json()["pets"]]
    assert "http://localhost:3000" == cross.headers["access-control-allow-origin"]
    assert "access-control-allow-origin" not in other.headers


def test_the_command_line_comes_before_the_settings(project: Path) -> None:
    (project / "mockserver.yaml").write_text("document: openapi.yaml\ncheck: {seed: 4, only: [filter], report: out}\n")
    done = [run("check", *options, cwd=project) for options in ((), ("--seed", "5"), ("--only", "not-found"))]

    assert [0, 0, 0] == [each.returncode for each in done]
    assert [True, False, True] == ["seed 4" in each.stdout for each in done]
    assert "seed 5" in done[1].stdout
    assert "settings: mockserver.yaml\n" in done[0].stderr
    assert (project / "out" / "report.json").is_file()


def test_workflows_run_as_the_settings_say(project: Path) -> None:
    for name in ("orders.arazzo.yaml", "shop.yaml"):
        (project / name).write_bytes((ROOT / "docs" / name).read_bytes())
    (project / "elsewhere").mkdir()
    (project / "shop.yaml").rename(project / "elsewhere" / "shop.yaml")
    (project / "mockserver.yaml").write_text(
        "document: openapi.yaml\nrun:\n  description: orders.arazzo.yaml\n  source: [shop=elsewhere/shop.yaml]\n"
        "  input: [name=Ada]\n  report: out\n"
    )
    alone = run("run", cwd=project / "below")
    other = run("run", "orders.arazzo.yaml", "--input", "nome=Ada", cwd=project)

    assert (0, f"settings: {project / 'mockserver.yaml'}\n") == (alone.returncode, alone.stderr)
    assert "1 workflow: 1 passed" in alone.stdout
    assert (project / "out" / "workflows.json").is_file()
    assert (2, True) == (other.returncode, "nome" in other.stderr)


def test_a_run_without_settings_needs_a_description(tmp_path: Path) -> None:
    done = run("run", cwd=tmp_path)

    assert 2 == done.returncode
    assert "name one, or set `description` of `run` in mockserver.yaml or [tool.mockserver]" in done.stderr


def test_a_project_without_settings_needs_a_document(tmp_path: Path) -> None:
    done = run("check", cwd=tmp_path)

    assert 2 == done.returncode
    assert "name a document, or set `document` in mockserver.yaml or [tool.mockserver]" in done.stderr


def test_another_document_is_read_without_the_behaviour_of_the_settings(project: Path) -> None:
    (project / "mockserver.yaml").write_text("document: openapi.yaml\nbehaviour: [behaviour.yaml]\n")
    shop = str(ROOT / "docs" / "shop.yaml")

    # `pet` is no resource of the shop, so that its behaviour file would be refused.
    other = run("check", shop, "--quick", "--only", "not-found", cwd=project)
    asked_for = run("check", shop, "--behaviour", "behaviour.yaml", cwd=project)
    same = run("check", "./openapi.yaml", "--only", "order", cwd=project)

    assert 0 == other.returncode, other.stderr
    assert 2 == asked_for.returncode
    assert "behaviour.yaml" in asked_for.stderr
    assert 0 == same.returncode, same.stderr
    assert "0 passed" not in same.stdout  # without the behaviour file, no order is known


@pytest.mark.parametrize(
    ("text", "command", "expected"),
    [
        ("serve: {prot: 1}", "serve", "mockserver.yaml: serve.prot: there is no such option; did you mean port?"),
        ("port: 1", "serve", "mockserver.yaml: port: there is no such key; it is an option, so write it in serve"),
        ("documents: [a.yaml]", "serve", "mockserver.yaml: documents: there is no such key; did you mean document?"),
        ("serve: {port: 99999}", "serve", "mockserver.yaml: serve.port: 99999 is not in the range 0<=x<=65535."),
        ("serve: {port: true}", "serve", "mockserver.yaml: serve.port: write a whole number"),
        ("serve: {items: 1.5}", "serve", "mockserver.yaml: serve.items: write a whole number"),
        ("serve: {watch: often}", "serve", "mockserver.yaml: serve.watch: write true or false"),
        ("serve: {host: 1}", "serve", "mockserver.yaml: serve.host: write a text"),
        ("serve: {stream-interval: [1]}", "serve", "mockserver.yaml: serve.stream-interval: write a number"),
        ("serve: {cors: [a]}", "serve", "mockserver.yaml: serve.cors: 'a' is no origin; write it without a path"),
        ("serve: {sync: alive}", "serve", "mockserver.yaml: serve.sync: 'alive' is not one of 'live', 'off'"),
        ("serve: {state: no.json}", "serve", "mockserver.yaml: serve.state: File 'no.json' does not exist."),
        ("run: {document: a.yaml}", "run", "mockserver.yaml: run.document: there is no such option; there are: auth,"),
        ("run: {description: no.yaml}", "run", "mockserver.yaml: run.description: File 'no.yaml' does not exist."),
        ("run: {source: shop.yaml}", "run", "mockserver.yaml: run.source: write a list of texts"),
        ("serve: 8080", "serve", "mockserver.yaml: serve: write a table of options"),
        ("document: 5", "serve", "mockserver.yaml: document: write a text, or a list of texts"),
        ("behaviour: b.yaml", "serve", "mockserver.yaml: behaviour: write a list of texts"),
        ("document: no.yaml", "infer", "no.yaml"),
        ("document: [a.yaml, b.yaml]", "check", "the settings have several documents; name one of a.yaml, b.yaml"),
        ("serve: [", "serve", "mockserver.yaml: invalid YAML at line"),
        ("serve: {port: 1, port: 2}", "serve", "mockserver.yaml: "),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_file_and_key(
    tmp_path: Path, text: str, command: str, expected: str
) -> None:
    (tmp_path / "mockserver.yaml").write_text(text)

    done = run(command, cwd=tmp_path)

    assert 0 != done.returncode
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


def test_two_files_with_settings_in_one_folder_are_refused(project: Path) -> None:
    (project / "mockserver.yaml").write_text("document: openapi.yaml\n")
    (project / "pyproject.toml").write_text('[tool.mockserver]\ndocument = "openapi.yaml"\n')

    done = run("infer", cwd=project)

    assert (2, "Error: mockserver.yaml: pyproject.toml beside it has [tool.mockserver]; keep one of the two\n") == (
        done.returncode,
        done.stderr,
    )


def test_a_document_may_be_called_like_the_settings(project: Path) -> None:
    (project / "openapi.yaml").rename(project / "mockserver.yaml")

    assert 0 == run("infer", "mockserver.yaml", cwd=project).returncode


def test_the_file_that_the_command_line_names_is_used(project: Path) -> None:
    (project / "mockserver.yaml").write_text("document: nothing.yaml\n")
    (project / "below" / "other.toml").write_text('[tool.mockserver]\ndocument = "../openapi.yaml"\n')
    (project / "empty.toml").write_text("[tool.ruff]\n")

    used = run("infer", "--config", "below/other.toml", cwd=project)
    empty = run("infer", "--config", "empty.toml", cwd=project)

    assert 0 == used.returncode, used.stderr
    assert (2, "Error: empty.toml: has no table [tool.mockserver]\n") == (empty.returncode, empty.stderr)


def test_modules_and_stores_are_beside_the_settings(project: Path) -> None:
    (project / "pets.py").write_text("def listPets():\n    return {'pets': [], 'total': 77}\n")
    (project / "mockserver.yaml").write_text("document: openapi.yaml\nserve: {handlers: pets, store: kept.db}\n")
    with Processes() as processes:
        _, lines = processes.start("serve", "--port", "0", until=READY, cwd=project / "below")

        assert 77 == httpx.get(f"{address(lines)}/pets").json()["total"]
        assert (project / "kept.db").is_file()


def test_the_error_on_the_page_is_the_one_that_is_printed(tmp_path: Path) -> None:
    (tmp_path / "mockserver.yaml").write_text("serve: {prot: 9000}\n")

    assert f"$ mockserver serve\n{run('serve', cwd=tmp_path).stderr}```" in PAGE.read_text(encoding="utf-8")


def test_the_page_lists_the_options_as_they_are() -> None:
    assert list(page()) == PAGE.read_text(encoding="utf-8").splitlines(), "run `make docs`"
    assert list(TABLES) == [name for name, _ in commands(main)]
