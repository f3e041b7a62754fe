"""Which failures are shown by their requests alone: tried on the built-in mock, which keeps the contract."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from contracts.client.target import Exhausted, ReadOnly, Target, Unreachable
from contracts.model.finding import Finding
from contracts.model.resources import name_of
from contracts.reproduce.script import NAME, ReplayedScript, Script, ScriptBroken, ScriptRefused, replay_script, script
from contracts.runner.settings import CheckSettings

CROWDED = frozenset(
    {
        "concurrent-creates",
        "concurrent-capacity",
        "concurrent-unique",
        "lost-update",
        "concurrent-deletes",
        "rate-limit",
    }
)
"""Checks of which the requests are sent at the same time, or are too many to be listed."""


def opaque(settings: CheckSettings, findings: Iterable[Finding], base: str) -> frozenset[str]:
    """The ids of findings whose exchanges go the same way on a service that is right, or need what they do not make.

    A test made of one of these would fail on every service, or on none.
    """
    findings = tuple(findings)
    if not findings:
        return frozenset()
    target, operations = settings.mock(), tuple(map(name_of, settings.contract.document.operations))
    try:
        alone = (found for found in findings if found.check not in CROWDED)
        telling = {found.id for found in alone if _tells(script(found, base, operations), target)}
        return frozenset(found.id for found in findings) - telling
    finally:
        target.close()


def _tells(talk: Script, target: Target) -> bool:
    """Does it go another way on a service that is right?"""
    if not talk.steps or not talk.whole:
        return False
    try:
        held = replay_script(talk, target)
    except ScriptRefused:
        return True
    except (ScriptBroken, Unreachable, Exhausted, ReadOnly):
        return False
    return not (held.same or _rough(held.told) == _rough(talk.told)) and not _lacks(talk, held)


def _rough(told: Sequence[Any]) -> list[Any]:
    """What was told, but for the words of refusals on the way: the mock's are not everybody's."""
    return [each[0] if each[0] >= 400 and index < len(told) - 1 else each for index, each in enumerate(told)]


def _lacks(talk: Script, held: ReplayedScript) -> bool:
    """Does it ask for an item that it did not make, and that was there only because others had made it?"""
    return any(
        200 <= step.status < 300 and reply.status == 404 and not NAME.search(step.url)
        for step, (_, reply) in zip(talk.steps, held.exchanges, strict=True)
    )
