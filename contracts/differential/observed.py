"""A difference between a service and the mock, with what its statement is learned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.differential.differences import Difference
from contracts.differential.learned_overlay import LearnedStatement, Place, statement_at
from contracts.differential.observations import Observations
from contracts.differential.scenario import Scenario, ScenarioStep
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource
from contracts.runner.context import CheckContext
from mockserver.contract import Contract


@dataclass(frozen=True, slots=True)
class ObservedDifference:
    """A difference in the last of some exchanges of a scenario.

    `context` sends further requests where the difference is not enough. `source` says where it was observed, and
    `observations` what all responses of the service showed.
    """

    contract: Contract
    context: CheckContext
    source: str
    scenario: Scenario
    difference: Difference
    exchanges: tuple[RecordedExchange, ...]
    observations: Observations = field(default_factory=Observations)

    @property
    def about(self) -> str:
        """What the scenario is about, such as `unique`."""
        return self.scenario.about

    @property
    def how(self) -> str:
        """How the responses differ, such as `status`."""
        return self.difference.how

    @property
    def step(self) -> ScenarioStep:
        """The step whose responses differ."""
        return self.scenario.steps[self.difference.step]

    @property
    def resource(self) -> CheckedResource:
        """The resource of the scenario."""
        return self.scenario.resource

    @property
    def reply(self) -> RecordedExchange:
        """The exchange with the response of the service."""
        return self.exchanges[-1]

    def changed_statement(self, place: Place, summary: str, *without: str, **changes: Any) -> LearnedStatement:
        """The statement at a place with changed keys and the evidence `observed`."""
        before = statement_at(self.contract, place)
        kept = {key: value for key, value in (before or {}).items() if key not in without} if before else {}
        kept = kept if isinstance(before, Mapping) else {}
        earlier = kept.get("evidence")
        note = {"note": f"{summary} Before: {earlier}."} if earlier and earlier != "observed" else {"note": summary}
        renamed = {key.replace("_", "-"): value for key, value in changes.items()}
        return LearnedStatement(
            place, {**kept, **renamed, "evidence": "observed", "source": self.source, **note}, summary
        )

    def field_lesson(self, place: Place, name: str, summary: str, value: Any = None) -> LearnedStatement:
        """The lesson that a field belongs to the fields of the statement at a place, with this value."""
        return LearnedStatement(
            place, {"evidence": "observed", "source": self.source}, summary, part=name, part_value=value
        )

    def fields_statement(self, place: Place, summary: str, fields: tuple[str, ...]) -> LearnedStatement:
        """A statement about fields."""
        value = {"fields": list(fields), "evidence": "observed", "source": self.source, "note": summary}
        return LearnedStatement(place, value, summary)


def operation_place(step: ScenarioStep, key: str) -> Place:
    """The place of a statement about the operation of a step."""
    operation = step.op.operation
    return ("paths", operation.path, operation.method, "x-behaviour", key)


def resource_place(resource: CheckedResource, key: str) -> Place:
    """The place of a statement about a resource."""
    return ("x-resources", resource.name, key)
