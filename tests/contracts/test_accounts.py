"""Accounts of others, and fields that a client may not set."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.runner.runner import CheckResult
from tests.contracts.accounts import Accounts, checked_accounts


def found(result: CheckResult) -> list[tuple[str, str, str]]:
    return sorted((each.verdict, each.check, each.operation) for each in result.findings)


@pytest.mark.parametrize(
    ("flaw", "check", "operation"),
    [
        ("take-over", "ownership", "PUT /accounts/{username}/password"),
        ("delete", "ownership", "DELETE /accounts/{username}"),
        ("role", "mass-assignment", "POST /accounts"),
    ],
)
def test_a_flaw_is_a_failure(flaw: str, check: str, operation: str, tmp_path: Path) -> None:
    result = checked_accounts(tmp_path, Accounts(frozenset({flaw})), check)

    assert [("failure", check, operation)] == found(result)


@pytest.mark.parametrize("check", ["ownership", "mass-assignment"])
def test_a_correct_service_passes(check: str, tmp_path: Path) -> None:
    result = checked_accounts(tmp_path, Accounts(), check)

    assert [] == found(result)
    assert "passed" in [outcome for (_, name), outcome in result.outcomes.items() if name == check]
