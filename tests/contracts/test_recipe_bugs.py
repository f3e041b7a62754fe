"""Checks of stored data on a server with an ordinary document: each bug is a failure, the correct server has none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts.recipe_bugs import RECIPE_BUGS
from tests.contracts.recipe_server import Recipes


def checked(server: Any, folder: Path, **options: Any) -> CheckResult:
    """The result of the checks of a server of recipes."""
    (folder / "recipes.json").write_text(json.dumps(server.document()), encoding="utf-8")
    with Target.asgi(server, (), base_url="http://recipes.local") as target:
        return run_checks(contracts.of(folder / "recipes.json"), target, **options)


@pytest.mark.parametrize(
    ("check", "server"), [(check, server) for check, servers in RECIPE_BUGS.items() for server in servers]
)
def test_a_bug_of_stored_data_is_a_failure(check: str, server: type[Recipes], tmp_path: Path) -> None:
    result = checked(server(), tmp_path, only=[check])

    assert {(check, "failure")} == {(one.check, one.verdict) for one in result.findings if one.check != "document"}


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_correct_server_of_recipes_has_no_findings(seed: int, tmp_path: Path) -> None:
    result = checked(Recipes(), tmp_path, seed=seed)

    assert [] == [(one.check, one.operation, one.expected, one.seen) for one in result.findings]
