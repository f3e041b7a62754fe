"""Builds the scenarios of one resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.differential.attribution import error_reference, operation_reference
from contracts.differential.scenario import Scenario, ScenarioStep
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Statement

MOST = 60
"""The largest number of items in one scenario."""


class ScenarioBuilder:
    """Builds scenarios for one resource."""

    def __init__(self, context: CheckContext, resource: CheckedResource) -> None:
        self.context, self.resource, self.contract = context, resource, context.contract

    def create(self, name: str, body: Mapping[str, Any] | None = None) -> ScenarioStep:
        """A step that creates an item with this name."""
        return ScenarioStep(
            self.resource.operations["create"],
            creates=name,
            body=self.context.body(self.resource) if body is None else dict(body),
        )

    def step(self, action: str, item: str, **more: Any) -> ScenarioStep:
        """A step that addresses an item."""
        return ScenarioStep(self.resource.operations[action], item=item, **more)

    def list(self, **more: Any) -> ScenarioStep:
        """A step that lists."""
        return ScenarioStep(self.resource.operations["list"], **more)

    def read(self, item: str) -> tuple[ScenarioStep, ...]:
        """A GET of the item, if the resource has one."""
        return (self.step("get", item),) if self.resource.can("get") else ()

    def read_and_list(self, item: str) -> tuple[ScenarioStep, ...]:
        """A GET of the item and the list, if the resource has them."""
        return (*self.read(item), *((self.list(),) if self.resource.can("list") else ()))

    def scenario(
        self,
        about: str,
        *steps: ScenarioStep,
        statement: StatementRef | None = None,
        error: str = "",
        detail: str = "",
    ) -> Scenario:
        """A scenario of this resource. Without a statement it refers to the operation of its last step."""
        op = steps[-1].op
        return Scenario(
            about,
            self.resource,
            steps,
            statement or self._error_reference(error, op) or operation_reference(op),
            error,
            detail,
        )

    def _error_reference(self, error: str, op: ResourceOperation) -> StatementRef | None:
        return error_reference(self.contract, op, error) if error else None

    def statement(self, kind: str, statement: Statement | None) -> StatementRef | None:
        """A statement about this resource."""
        return StatementRef.of(self.resource.name, kind, statement) if statement is not None else None

    def operation_reference(self, op: ResourceOperation, kind: str, statement: Statement | None) -> StatementRef | None:
        """A statement about an operation."""
        return StatementRef.of(op.name, kind, statement) if statement is not None else None

    def text_change(self, op: ResourceOperation, body: Mapping[str, Any], reason: str) -> dict[str, Any] | None:
        """Another value for the first text of a body that the operation can change; None if there is none."""
        bodies = self.context.bodies
        name = next((name for name in bodies.properties(op) if isinstance(body.get(name), str)), "")
        value = bodies.other(op, name, body[name], reason) if name else None
        return None if value is None else {name: value}
