"""Sequences that nobody thought of: creates, reads, changes and removals in any order, as chance has it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from contracts.client.request_builder import CannotBuildRequest
from contracts.differential.attribution import place_of
from contracts.differential.scenario import Scenario, ScenarioStep
from contracts.model.resources import CheckedResource
from contracts.runner.context import CheckContext, Mode

COUNT: dict[Mode, int] = {"quick": 2, "default": 8, "campaign": 200}
"""How many for each resource."""

LENGTH = 10
"""How many requests each of them has."""


def random_sequences(context: CheckContext, mode: Mode, seed: int) -> Iterator[Scenario]:
    """Random scenarios, the same for the same seed."""
    for kind in context.tools.kinds.values():
        if kind.can("create"):
            chance = Random(f"{seed}/{kind.name}")
            for _ in range(COUNT[mode]):
                try:
                    steps = tuple(_steps(context, kind, chance))
                except CannotBuildRequest:
                    break
                yield Scenario("sequence", kind, steps, place_of(steps[-1].act))


def _steps(context: CheckContext, kind: CheckedResource, chance: Random) -> Iterator[ScenarioStep]:
    items: list[str] = []
    for number in range(LENGTH):
        action = chance.choice([name for name in ("create", "get", "update", "delete", "list") if kind.can(name)])
        if action == "create" or (not items and action != "list"):
            items.append(f"item {number}")
            body = context.body(kind, full=chance.random() < 0.5)
            yield ScenarioStep(kind.acts["create"], makes=items[-1], body=body)
        elif action == "list":
            yield ScenarioStep(kind.acts["list"])
        elif action == "update":
            yield from _change(context, kind, chance.choice(items), chance)
        else:
            yield ScenarioStep(kind.acts[action], item=chance.choice(items))


def _change(context: CheckContext, kind: CheckedResource, item: str, chance: Random) -> Iterator[ScenarioStep]:
    act = kind.acts["update"]
    body = context.body(kind, full=True)
    names = [name for name in context.bodies.properties(act) if name in body]
    if names:
        name = chance.choice(names)
        yield ScenarioStep(act, item=item, body={name: body[name]})
