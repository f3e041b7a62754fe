"""Finds the failures that their requests alone cannot show, by playing them against the built-in mock."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from contracts.checks import CHECKS
from contracts.client.target import Exhausted, ReadOnly, Target, Unreachable
from contracts.model.finding import Finding
from contracts.model.resources import name_of
from contracts.reproduce.script import NAME, ReplayedScript, Script, ScriptBroken, ScriptRefused, replay_script, script
from contracts.runner.settings import CheckSettings

AGAIN = 5.0
"""At most this many seconds are spent on sending the requests of findings again."""

NOT_SCRIPTABLE = frozenset(
    {
        "concurrent-creates",
        "concurrent-capacity",
        "concurrent-owner-capacity",
        "concurrent-unique",
        "lost-update",
        "concurrent-deletes",
        "rate-limit",
        *(check.name for check in CHECKS if check.listens),
    }
)
"""Checks with concurrent requests, with too many requests for a script, or of what the service sends."""


def opaque(settings: CheckSettings, findings: Iterable[Finding], base: str) -> frozenset[str]:
    """The ids of findings whose requests get the same responses from a correct service, or need items of others.

    A generated test for such a finding would fail for every service, or for none. Without a mock, it is not known.
    """
    findings = tuple(findings)
    if not findings:
        return frozenset()
    try:
        target = settings.mock()
    except Exception:  # noqa: BLE001  the document is read again, perhaps from a service that has ended: keep the report
        return frozenset()
    operations = tuple(map(name_of, settings.contract.document.operations))
    try:
        scriptable = (found for found in findings if found.check not in NOT_SCRIPTABLE)
        shown = {found.id for found in scriptable if _shows_failure(script(found, base, operations), target)}
        return frozenset(found.id for found in findings) - shown
    finally:
        target.close()


def not_again(settings: CheckSettings, findings: Iterable[Finding], base: str, spent: int) -> frozenset[str]:
    """The ids of findings whose requests, sent to the service once more, get other responses than those that were seen.

    `spent` requests of the budget are used already. What does not fit into the budget, the deadline and AGAIN seconds
    is not tried, and not returned. An interrupt ends the trial.
    """
    operations, end = tuple(map(name_of, settings.contract.document.operations)), time.monotonic() + AGAIN
    other: set[str] = set()
    with settings.target(spent) as target, suppress(Exhausted, ReadOnly, Unreachable, KeyboardInterrupt):
        target.deadline = min(end, target.deadline or end)
        for found in findings:
            recorded = script(found, base, operations)
            if recorded.steps and all(step.status for step in recorded.steps) and not _occurs(recorded, target):
                other.add(found.id)
    return frozenset(other)


def _occurs(recorded: Script, target: Target) -> bool:
    """Does the service respond as it did?"""
    try:
        return replay_script(recorded, target).same
    except ScriptBroken:
        return False


def _shows_failure(recorded: Script, target: Target) -> bool:
    """Does a correct service, the mock, respond differently?"""
    if not recorded.steps or not recorded.is_complete:
        return False
    try:
        replayed = replay_script(recorded, target)
    except ScriptRefused:
        return True
    except (ScriptBroken, Unreachable, Exhausted, ReadOnly):
        return False
    old, new = (_without_error_bodies(each.stable_responses) for each in (recorded, replayed))
    return not (replayed.same or new == old) and not _needs_other_items(recorded, replayed)


def _without_error_bodies(responses: Sequence[Any]) -> list[Any]:
    """Stable responses without the bodies of errors before the last one, since services word them differently."""
    return [each[0] if each[0] >= 400 and index < len(responses) - 1 else each for index, each in enumerate(responses)]


def _needs_other_items(recorded: Script, replayed: ReplayedScript) -> bool:
    """Does a script request an item that it did not create?"""
    return any(
        200 <= step.status < 300 and reply.status == 404 and not NAME.search(step.url)
        for step, (_, reply) in zip(recorded.steps, replayed.exchanges, strict=True)
    )
