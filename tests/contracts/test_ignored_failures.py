"""Failures that a project ignores, and its table in pyproject.toml."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.pytest_plugin.plugin import _served
from tests.inner_pytest import run_pytest
from tests.planted_bugs.basedash import Basedash
from tests.process import run

pytest_plugins = ["pytester"]

TABLE = "[tool.mockserver.check]\n"


def test_what_is_ignored_does_not_count_and_is_in_the_summary(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(TABLE + 'only = ["order"]\nreport = "found"\nquick = true\n')
    with _served(Basedash("oldest-first")) as address:
        before = run("check", "basedash", "--url", address, cwd=tmp_path)
        with (tmp_path / "pyproject.toml").open("a") as file:
            file.write('ignore = ["order:GET *"]\n')
        (tmp_path / "below").mkdir()
        after = run("check", "basedash", "--url", address, cwd=tmp_path / "below")
    kept = json.loads((tmp_path / "found/report.json").read_text())

    assert (1, 0) == (before.returncode, after.returncode)
    assert "1 failure," in before.stdout
    assert "✗ GET " in before.stderr
    assert "✗" not in after.stderr
    assert ", 0 failures, 0 warnings, 0 skipped, 1 ignored" in after.stdout
    assert "FAILURE" not in after.stdout
    assert ["order"] == [each["check"] for each in kept["findings"]]


def test_pytest_ignores_what_the_project_ignores(pytester: pytest.Pytester) -> None:
    pytester.makepyprojecttoml(TABLE + 'ignore = ["ord*"]\n')
    with _served(Basedash("oldest-first")) as address:
        options = ("--contract", "basedash", "--target", address, "--contract-quick", "-k", "order[")
        done = run_pytest(pytester, *options)

    assert 0 == done.ret
    assert 1 == done.parseoutcomes()["passed"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('ignor = ["order"]', "tool.mockserver.check.ignor: there is no such option; did you mean ignore?"),
        ('seed = "soon"', "tool.mockserver.check.seed: 'soon' is not a valid integer."),
        ('ignore = "order"', "tool.mockserver.check.ignore: write a list of texts"),
        ('ignore = ["oder"]', "--ignore oder: no check is called 'oder'; is it order?"),
        ("ignore = [", "pyproject.toml: "),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_its_file(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "pyproject.toml").write_text(TABLE + text)
    done = run("check", "basedash", cwd=tmp_path)

    assert 2 == done.returncode
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
