"""Scenarios that test a contract: each statement once, by the shortest sequence of requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from contracts.client.request_builder import CannotBuildRequest
from contracts.differential.item_scenarios import (
    belonging,
    changing,
    creating,
    limits,
    missing,
    naming_owners,
    removing,
    sub_actions,
    times,
)
from contracts.differential.list_scenarios import narrowing, ordering, paging, separating, switching
from contracts.differential.refusal_scenarios import access, http, refusing
from contracts.differential.scenario import Scenario
from contracts.differential.scenario_builder import ScenarioBuilder
from contracts.runner.context import CheckContext

PARTS: tuple[Callable[[ScenarioBuilder], Iterator[Scenario]], ...] = (
    creating, changing, removing, times, ordering, paging, narrowing, switching, separating, limits, missing,
    naming_owners, sub_actions, refusing, http, access, belonging,
)  # fmt: skip
"""The groups of scenarios, in order."""


def scenarios(context: CheckContext) -> Iterator[Scenario]:
    """Every scenario for the contract of `context`, which makes the bodies and sends nothing."""
    for resource in context.shared.resources.values():
        if not resource.can("create"):
            continue
        for part in PARTS:
            try:
                yield from part(ScenarioBuilder(context, resource))
            except CannotBuildRequest:
                continue
