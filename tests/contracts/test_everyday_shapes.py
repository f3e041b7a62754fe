"""Correct servers of everyday shapes pass."""

from __future__ import annotations

from contracts.runner.in_process import check_app, load_contract
from tests.contracts.everyday_shapes import DOCUMENT, Workshop

STATEFUL = ("create", "read-back", "validation")


def test_a_correct_server_of_everyday_shapes_passes() -> None:
    result = check_app(Workshop(), load_contract(DOCUMENT), mode="quick")
    failures = [each for each in result.findings if each.verdict == "failure"]
    stateful = {key: outcome for key, outcome in result.outcomes.items() if key[1] in STATEFUL}

    assert [] == [(each.check, each.operation, each.expected, each.seen) for each in failures]
    assert {"passed"} == set(stateful.values())
    assert {"POST /machines", "POST /volumes", "POST /members"} <= {operation for operation, _ in stateful}
