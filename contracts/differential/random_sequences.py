"""Random scenarios: creates, reads, updates and deletes in random order."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from contracts.client.request_builder import CannotBuildRequest
from contracts.differential.attribution import operation_reference
from contracts.differential.scenario import Scenario, ScenarioStep
from contracts.model.resources import CheckedResource
from contracts.runner.context import CheckContext
from contracts.runner.request_sender import Mode

COUNT: dict[Mode, int] = {"quick": 2, "default": 8, "campaign": 200}
"""Scenarios per resource."""

LENGTH = 10
"""Requests per scenario."""


def random_sequences(context: CheckContext, mode: Mode, seed: int) -> Iterator[Scenario]:
    """Random scenarios; the same seed gives the same scenarios."""
    for resource in context.shared.resources.values():
        if resource.can("create"):
            chance = Random(f"{seed}/{resource.name}")
            for _ in range(COUNT[mode]):
                try:
                    steps = tuple(_steps(context, resource, chance))
                except CannotBuildRequest:
                    break
                yield Scenario("sequence", resource, steps, operation_reference(steps[-1].op))


def _steps(context: CheckContext, resource: CheckedResource, chance: Random) -> Iterator[ScenarioStep]:
    items: list[str] = []
    for number in range(LENGTH):
        action = chance.choice([name for name in ("create", "get", "update", "delete", "list") if resource.can(name)])
        if action == "create" or (not items and action != "list"):
            items.append(f"item {number}")
            body = context.body(resource, full=chance.random() < 0.5)
            yield ScenarioStep(resource.operations["create"], creates=items[-1], body=body)
        elif action == "list":
            yield ScenarioStep(resource.operations["list"])
        elif action == "update":
            yield from _change(context, resource, chance.choice(items), chance)
        else:
            yield ScenarioStep(resource.operations[action], item=chance.choice(items))


def _change(context: CheckContext, resource: CheckedResource, item: str, chance: Random) -> Iterator[ScenarioStep]:
    op = resource.operations["update"]
    body = context.body(resource, full=True)
    names = [name for name in context.bodies.properties(op) if name in body]
    if names:
        name = chance.choice(names)
        yield ScenarioStep(op, item=item, body={name: body[name]})
