"""What the tests of the contract check share."""

from __future__ import annotations

import pytest
from hypothesis import Phase

from contracts.checks.state import state_machine
from contracts.runner import runner


@pytest.fixture(autouse=True)
def _faults_of_ours_are_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of a check ends a test, and not only the check."""
    monkeypatch.setattr(runner, "BROKEN_OFF", ())


@pytest.fixture(autouse=True)
def _few_sequences_of_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check in this process tries as many as a quick one: it has the same kinds of requests.

    It does not shorten one that fails, which takes a thousand requests. Those that are started by a command do.
    """
    monkeypatch.setitem(state_machine.EXAMPLES, "default", state_machine.EXAMPLES["quick"])
    monkeypatch.setattr(state_machine, "PHASES", [Phase.reuse, Phase.generate])
