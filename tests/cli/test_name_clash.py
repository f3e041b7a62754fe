"""Other products with packages of the same names are found before their files do harm."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.process import ENVIRONMENT, ROOT

COMMAND = [sys.executable, "-c", "from mockserver_start.command import main; main()"]
PYTEST = [sys.executable, "-m", "pytest", "-p", "mockserver_start.pytest_plugin", "-p", "no:cacheprovider"]

Namesake = tuple[str, str, dict[str, str]]


@pytest.fixture(params=[("mockserver-client", "mockserver"), ("PyContracts", "contracts")], ids=lambda it: it[0])
def namesake(request: pytest.FixtureRequest, tmp_path: Path) -> Namesake:
    """The other product, the folder that it shares, and an environment in which pip installed it after this one."""
    name, folder = request.param
    about = tmp_path / "site" / f"{name.replace('-', '_')}-9.2.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 9.2.0\n", encoding="utf-8")
    (about.parent / folder).mkdir()
    (about.parent / folder / "__init__.py").write_text("from .no_file_of_ours import nothing\n")
    path = os.pathsep.join([str(about.parent), str(ROOT)])
    return name, folder, ENVIRONMENT | {"PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def run(command: list[str], environment: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "command", [[*COMMAND, "specs"], [*COMMAND, "--help"], PYTEST], ids=["specs", "help", "pytest"]
)
def test_the_other_product_is_named_with_what_to_do(command: list[str], namesake: Namesake, tmp_path: Path) -> None:
    name, folder, environment = namesake
    (tmp_path / "test_nothing.py").write_text("def test_nothing(): pass\n")

    done = run(command, environment, tmp_path)

    assert (2 if command is not PYTEST else pytest.ExitCode.USAGE_ERROR) == done.returncode, done
    assert f"{name} 9.2.0 is installed beside mockserver" in done.stderr
    assert f"a package named {folder}," in done.stderr
    assert f"pip uninstall {name}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("command", "status"), [(["-m", "mockserver", "--help"], 2), (["-c", "import mockserver"], 1)])
def test_files_of_the_other_product_over_ours_are_found(tmp_path: Path, command: list[str], status: int) -> None:
    site = tmp_path / "site"
    shutil.copytree(ROOT / "mockserver", site / "mockserver", ignore=shutil.ignore_patterns("*.yaml", "__pycache__"))
    (site / "mockserver" / "__init__.py").write_text("from mockserver.client import MockServerClient\n")
    about = site / "mockserver_client-9.2.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: mockserver-client\nVersion: 9.2.0\n", encoding="utf-8"
    )
    path = os.pathsep.join([str(site), str(ROOT)])

    done = run([sys.executable, *command], ENVIRONMENT | {"PYTHONPATH": path}, tmp_path)

    assert status == done.returncode, done
    assert "mockserver-client 9.2.0 is installed beside mockserver" in done.stderr
    assert "pip uninstall mockserver-client" in done.stderr
    assert ("Traceback" in done.stderr) is (status == 1)


def test_without_another_product_the_command_and_both_plugins_work(tmp_path: Path) -> None:
    (tmp_path / "test_mock.py").write_text(
        "import pytest\n\nEMPTY = {'openapi': '3.1.0', 'info': {'title': 'A', 'version': '1'}, 'paths': {}}\n\n\n"
        "@pytest.mark.mock_api(EMPTY)\ndef test_a_mock(mock_api, mock_app):\n    assert mock_api.url\n"
    )
    environment = ENVIRONMENT | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

    version = run([*COMMAND, "--version"], environment, tmp_path)
    tested = run([*PYTEST, "-q", "-W", "error"], environment, tmp_path)

    assert (0, "") == (version.returncode, version.stderr)
    assert (0, "1 passed") == (tested.returncode, tested.stdout.split("\n")[-2].partition(" in")[0])


def test_pip_and_pytest_start_what_looks_for_other_products() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert {"mockserver": "mockserver_start.command:main"} == project["scripts"]
    assert {"mockserver": "mockserver_start.pytest_plugin"} == project["entry-points"]["pytest11"]
