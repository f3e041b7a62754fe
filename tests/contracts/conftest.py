"""What the tests of the contract check share."""

from __future__ import annotations

import pytest

from contracts.runner import runner


@pytest.fixture(autouse=True)
def _faults_of_ours_are_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of a check ends a test, and not only the check."""
    monkeypatch.setattr(runner, "BROKEN_OFF", ())
