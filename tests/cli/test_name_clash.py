"""Other products with packages of the same names are found before their files do harm."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from mockserver.cli.commands import main

pytest_plugins = ["pytester"]


@pytest.fixture(params=[("mockserver-client", "mockserver"), ("PyContracts", "contracts")], ids=lambda it: it[0])
def namesake(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """The other product and the folder that it shares, as if pip had installed it."""
    name, folder = request.param
    about = tmp_path / "site" / f"{name.replace('-', '_')}-9.2.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 9.2.0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(about.parent))
    monkeypatch.setenv("PYTHONPATH", str(about.parent), prepend=os.pathsep)
    return name, folder


def test_a_command_names_the_other_product_and_what_to_do(namesake: tuple[str, str]) -> None:
    name, folder = namesake

    done = CliRunner().invoke(main, ["specs"])

    assert 2 == done.exit_code
    assert f"{name} 9.2.0 is installed beside mockserver" in done.output
    assert f"a package named {folder}," in done.output
    assert f"pip uninstall {name}" in done.output


def test_the_help_still_answers(namesake: tuple[str, str]) -> None:
    assert 0 == CliRunner().invoke(main, ["--help"]).exit_code


def test_pytest_stops_with_the_same_words(namesake: tuple[str, str], pytester: pytest.Pytester) -> None:
    name, _ = namesake
    pytester.makepyfile("def test_nothing(): pass")

    done = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    assert pytest.ExitCode.USAGE_ERROR == done.ret
    done.stderr.fnmatch_lines([f"*{name} 9.2.0 is installed beside mockserver*"])
