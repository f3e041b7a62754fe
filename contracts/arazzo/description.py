"""An Arazzo description as values: what was written, with reusable objects put in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class WorkflowSource:
    """A document that the steps are about; `kind` is `openapi` or `arazzo`."""

    name: str
    url: str
    kind: str
    pointer: str


@dataclass(frozen=True, slots=True)
class StepParameter:
    """A parameter; without a `location` it is an input of a workflow. `value` may contain runtime expressions."""

    name: str
    location: str
    value: Any
    pointer: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """A condition that must be met; `kind` is `simple`, `regex`, `jsonpath` or `xpath`."""

    condition: str
    kind: str
    context: str
    pointer: str


@dataclass(frozen=True, slots=True)
class StepAction:
    """What to do after a step; `kind` is `end`, `goto` or `retry`. `retry_after` is in seconds."""

    name: str
    kind: str
    workflow_id: str
    step_id: str
    retry_after: float
    retry_limit: int
    criteria: tuple[Criterion, ...]
    parameters: tuple[StepParameter, ...]
    pointer: str


@dataclass(frozen=True, slots=True)
class StepBody:
    """A request body. `replacements` are pairs of a JSON pointer into the payload, and a value."""

    content_type: str
    payload: Any
    replacements: tuple[tuple[str, Any], ...]
    pointer: str


@dataclass(frozen=True, slots=True)
class WorkflowStep:
    """A step. Its parameters and actions include those of the workflow that it does not override."""

    id: str
    description: str
    operation_id: str
    operation_path: str
    workflow_id: str
    parameters: tuple[StepParameter, ...]
    body: StepBody | None
    criteria: tuple[Criterion, ...]
    on_success: tuple[StepAction, ...]
    on_failure: tuple[StepAction, ...]
    outputs: Mapping[str, str]
    pointer: str


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow. `inputs` is the JSON Schema of its inputs; None if it has none."""

    id: str
    summary: str
    inputs: Any
    depends_on: tuple[str, ...]
    steps: tuple[WorkflowStep, ...]
    outputs: Mapping[str, str]
    pointer: str

    def position(self, step_id: str) -> int:
        """The place of a step among the steps."""
        return [step.id for step in self.steps].index(step_id)


@dataclass(frozen=True, slots=True)
class ArazzoDescription:
    """An Arazzo description. `raw` is the document, `file` what messages call it.

    With `is_exact`, requests are sent as they are written, without the credentials of the user.
    """

    file: str
    title: str
    sources: tuple[WorkflowSource, ...]
    workflows: tuple[Workflow, ...]
    is_exact: bool
    raw: Mapping[str, Any] = field(repr=False)

    def workflow(self, id: str) -> Workflow | None:
        """The workflow with this id, or None."""
        return next((each for each in self.workflows if each.id == id), None)

    def source(self, name: str) -> WorkflowSource | None:
        """The source with this name, or None."""
        return next((each for each in self.sources if each.name == name), None)
