"""Which differences are the same one: each is reported once."""

from __future__ import annotations

from contracts.differential.differences import Difference
from contracts.differential.scenario import Scenario, does
from contracts.model.resources import is_special

AIMED = frozenset({"update", "replace", "timestamps", "no-access", "unknown-fields"})
"""Scenarios whose later responses are reported separately from the same differences in other scenarios."""

SELECTING = frozenset({"filter", "sort", "tenant-header", "default-page-size"})
"""Scenarios in which the items of a list are reported separately from those in other scenarios."""

CHANGING = frozenset({"update", "replace"})
"""What an operation does that changes an item."""


def key_of(scenario: Scenario, found: Difference) -> str:
    """A key for the difference. The body of a kind of error is one difference for all resources."""
    if found.error and found.how == "value":
        return found.signature
    return f"{scenario.resource.name} {_aim(scenario, found)} {found.signature}"


def plain_key(scenario: Scenario, found: Difference) -> str:
    """The key that a difference has in a scenario that aims at nothing."""
    return f"{scenario.resource.name}  {found.signature}"


def _aim(scenario: Scenario, found: Difference) -> str:
    """What a difference is about: what the scenario tests, or else the operation that changed the item before."""
    if not _is_aimed(scenario, found):
        return ""
    if not found.field or found.field[0] == scenario.detail or scenario.about == "timestamps":
        return scenario.about
    changing = (step.op.name for step in reversed(scenario.steps[: found.step + 1]) if does(step) in CHANGING)
    return next(changing, scenario.about)


def _is_aimed(scenario: Scenario, found: Difference) -> bool:
    """Is the difference about what the scenario tests, and not one that other scenarios show too?"""
    if found.how in ("items", "order"):
        return scenario.about in SELECTING
    changed = any(
        (is_special(step.op) or does(step) in CHANGING) and not step.path for step in scenario.steps[: found.step + 1]
    )
    return changed or (scenario.about in AIMED and found.step > 0)


def repeats(scenario: Scenario, found: Difference, known: Difference | None) -> bool:
    """Is a difference of an aimed scenario the `known` one of other scenarios, at a field that it does not test?"""
    if known is None or not found.field or found.field[0] == scenario.detail:
        return False
    same = (known.expected, known.seen) == (found.expected, found.seen)
    return same or found.how not in ("value", "further") or (_is_case(known) and _is_case(found))


def _is_case(found: Difference) -> bool:
    """Do two texts differ in upper and lower case only?"""
    return str(found.expected).casefold() == str(found.seen).casefold()
