"""Concurrent histories: a race is a failure, over ASGI and over HTTP; a slow server is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts.racing_recipes import (
    LostUpdates,
    RevivingReplacements,
    SlowRecipes,
    TornReplacements,
    over_threads,
)
from tests.contracts.recipe_server import Recipes


def raced(target: Target, folder: Path) -> CheckResult:
    """The result of `linearizability` on a server of recipes."""
    (folder / "recipes.json").write_text(json.dumps(Recipes().document()), encoding="utf-8")
    return run_checks(contracts.of(folder / "recipes.json"), target, only=["linearizability"])


def seen(result: CheckResult) -> set[tuple[str, str]]:
    return {(one.check, one.verdict) for one in result.findings}


@pytest.mark.parametrize("server", [LostUpdates, TornReplacements, RevivingReplacements])
def test_a_race_is_a_failure(server: type[Recipes], tmp_path: Path) -> None:
    with Target.asgi(server(), (), base_url="http://recipes.local") as target:
        result = raced(target, tmp_path)

    assert {("linearizability", "failure")} == seen(result)


def test_a_race_is_shrunk_to_two_concurrent_requests(tmp_path: Path) -> None:
    with Target.asgi(RevivingReplacements(), (), base_url="http://recipes.local") as target:
        (found,) = raced(target, tmp_path).findings

    assert ["POST", "PUT", "DELETE", "GET"] == [each.method for each in found.exchanges]


def test_a_race_between_threads_is_a_failure_over_http(tmp_path: Path) -> None:
    with over_threads(LostUpdates(), locked=False) as url, Target.http(url) as target:
        result = raced(target, tmp_path)

    assert {("linearizability", "failure")} == seen(result)


def test_a_slow_server_that_does_one_request_after_the_other_has_no_findings(tmp_path: Path) -> None:
    with over_threads(SlowRecipes(), locked=True) as url, Target.http(url) as target:
        result = raced(target, tmp_path)

    assert (set(), {"passed"}) == (seen(result), set(result.outcomes.values()))


def test_a_slow_server_has_no_findings(tmp_path: Path) -> None:
    with Target.asgi(SlowRecipes(), (), base_url="http://recipes.local") as target:
        result = raced(target, tmp_path)

    assert (set(), {"passed"}) == (seen(result), set(result.outcomes.values()))
