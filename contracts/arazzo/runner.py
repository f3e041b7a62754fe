"""Runs workflows step by step, with their actions, within bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from contracts.arazzo.criteria import all_met
from contracts.arazzo.description import StepAction, StepParameter, Workflow, WorkflowStep
from contracts.arazzo.expressions import ExpressionScope, evaluated
from contracts.arazzo.inputs import InputError, complete_inputs
from contracts.arazzo.loaded import LoadedDescription
from contracts.arazzo.outcomes import Outcome, StepOutcome, WorkflowOutcome
from contracts.arazzo.step_runner import StepRunner, wait_before_retry
from mockserver.openapi.runtime_expressions import ExpressionValues

DEEPEST = 20
"""How deeply workflows may call each other."""

MOST_RETRIES = 1000
"""How often a step is tried again at most, whatever its `retryLimit`."""


class RunStopped(Exception):
    """The bounds of the run are reached; the text says which."""


@dataclass(slots=True)
class _RunningWorkflow:
    """A workflow that runs, with the steps that have run."""

    owner: LoadedDescription
    workflow: Workflow
    scope: ExpressionScope
    depth: int
    steps: list[StepOutcome] = field(default_factory=list)

    def ended(self, *, passed: bool, reason: str = "") -> WorkflowOutcome:
        outputs = {name: evaluated(text, self.scope) for name, text in self.workflow.outputs.items()}
        outcome: Outcome = "passed" if passed else "failed"
        return WorkflowOutcome(self.workflow.id, outcome, tuple(self.steps), outputs, reason, self.workflow.summary)


class WorkflowRunner:
    """Runs workflows of one loaded description and of those that it names.

    `given` are the inputs of the user, `usual` values for inputs that have these names. At most `most_steps` steps run
    in all. With `strict`, a response that breaks the document fails its step.
    """

    def __init__(
        self,
        loaded: LoadedDescription,
        given: Mapping[str, Any],
        usual: Mapping[str, Any],
        *,
        most_steps: int = 1000,
        strict: bool = False,
    ) -> None:
        self._loaded, self._given, self._usual = loaded, given, usual
        self._left, self._most, self._strict = most_steps, most_steps, strict
        self._finished: dict[int, dict[str, Mapping[str, Any]]] = {}
        self._last: ExpressionValues | None = None
        self._outcomes: dict[tuple[int, str], WorkflowOutcome] = {}

    def run(self, id: str) -> Iterator[WorkflowOutcome]:
        """Run a workflow, after those that it depends on; one that has run already is not run again.

        Raises InputError, RunStopped, Exhausted or Unreachable.
        """
        owner, workflow = self._loaded.workflow(id)
        yield from self._with_dependencies(owner, workflow)

    def inputs(self, owner: LoadedDescription, workflow: Workflow) -> dict[str, Any]:
        """The inputs of a workflow that the user starts. Raises InputError."""
        return complete_inputs(workflow, owner.description, self._given, self._usual)

    def _with_dependencies(self, owner: LoadedDescription, workflow: Workflow) -> Iterator[WorkflowOutcome]:
        key = (id(owner), workflow.id)
        if key in self._outcomes:
            return
        for reference in workflow.depends_on:
            other, needed = owner.workflow(reference)
            yield from self._with_dependencies(other, needed)
            if self._outcomes[id(other), needed.id].outcome != "passed":
                reason = f"it depends on {needed.id}, which did not pass"
                self._outcomes[key] = WorkflowOutcome(workflow.id, "skipped", reason=reason, summary=workflow.summary)
                yield self._outcomes[key]
                return
        self._outcomes[key] = self._run(owner, workflow, self.inputs(owner, workflow), 0)
        yield self._outcomes[key]

    def _run(
        self, owner: LoadedDescription, workflow: Workflow, inputs: Mapping[str, Any], depth: int
    ) -> WorkflowOutcome:
        if depth > DEEPEST:
            raise RunStopped(f"workflows call each other more than {DEEPEST} levels deep")
        finished = self._finished.setdefault(id(owner), {})
        raw = owner.description.raw
        sources = {each["name"]: each for each in raw["sourceDescriptions"]}
        parameters = {
            name: each.get("value") for name, each in (raw.get("components", {}).get("parameters") or {}).items()
        }
        scope = ExpressionScope(inputs, finished, sources, {"parameters": parameters})
        finished[workflow.id] = {"inputs": inputs, "outputs": {}}
        outcome = self._steps(_RunningWorkflow(owner, workflow, scope, depth))
        self._last = scope.exchange
        finished[workflow.id] = {"inputs": inputs, "outputs": outcome.outputs}
        return outcome

    def _steps(self, running: _RunningWorkflow) -> WorkflowOutcome:
        at, steps = 0, running.workflow.steps
        while at < len(steps):
            done, action = self._tried(running, steps[at])
            running.steps.append(replace(done, then=_told(action)))
            if action is None or action.kind == "end":
                if not done.passed or action is not None:
                    return running.ended(passed=done.passed)
                at += 1
            elif action.step_id:
                at = running.workflow.position(action.step_id)
            else:
                return self._transferred(running, action)
        return running.ended(passed=True)

    def _transferred(self, running: _RunningWorkflow, action: StepAction) -> WorkflowOutcome:
        """Another workflow runs to the end in place of the rest of this one."""
        other = self._called(running, action.workflow_id, action.parameters)
        running.steps.append(StepOutcome(action.name, other.id, other.outcome == "passed", called=other))
        return replace(running.ended(passed=other.outcome == "passed"), outputs=other.outputs)

    def _tried(self, running: _RunningWorkflow, step: WorkflowStep) -> tuple[StepOutcome, StepAction | None]:
        """The last attempt at a step, and the action that follows. Earlier attempts are added to the steps."""
        retries: dict[str, int] = {}
        for attempt in range(1, MOST_RETRIES + 2):
            done = replace(self._once(running, step), attempt=attempt)
            actions = step.on_success if done.passed else step.on_failure
            left = (each for each in actions if each.kind != "retry" or retries.get(each.name, 0) < each.retry_limit)
            action = next((each for each in left if all_met(each.criteria, running.scope)), None)
            if action is None or action.kind != "retry":
                return done, action
            retries[action.name] = retries.get(action.name, 0) + 1
            running.steps.append(replace(done, then=_told(action)))
            self._before_retry(running, step, action, done)
        return done, None

    def _before_retry(
        self, running: _RunningWorkflow, step: WorkflowStep, action: StepAction, done: StepOutcome
    ) -> None:
        """Do what a retry wants first, and wait. The response still says how long."""
        if action.step_id:
            other = running.workflow.steps[running.workflow.position(action.step_id)]
            running.steps.append(self._once(running, other))
        elif action.workflow_id:
            called = self._called(running, action.workflow_id, action.parameters)
            running.steps.append(StepOutcome(action.name, called.id, called.outcome == "passed", called=called))
        if not step.workflow_id:
            service, _ = running.owner.operation(step)
            wait_before_retry(action, done.exchange, service.target)

    def _once(self, running: _RunningWorkflow, step: WorkflowStep) -> StepOutcome:
        if self._left <= 0:
            raise RunStopped(f"more than {self._most} steps: does a goto go in a circle? (--max-steps)")
        self._left -= 1
        if step.workflow_id:
            called = self._called(running, step.workflow_id, step.parameters)
            running.scope.exchange, running.scope.outputs = self._last, called.outputs
            done = StepRunner(running.owner, running.scope, strict=self._strict).after_workflow(step, called)
        else:
            done = StepRunner(running.owner, running.scope, strict=self._strict).sent(step)
        running.scope.steps[step.id] = done.outputs
        return done

    def _called(
        self, running: _RunningWorkflow, reference: str, parameters: tuple[StepParameter, ...]
    ) -> WorkflowOutcome:
        """Another workflow, with the parameters as its inputs."""
        owner, workflow = running.owner.workflow(reference)
        given = {each.name: evaluated(each.value, running.scope) for each in parameters}
        given = {name: value for name, value in given.items() if value is not None}
        try:
            inputs = complete_inputs(workflow, owner.description, given, self._usual)
        except InputError as fault:
            return WorkflowOutcome(workflow.id, "failed", reason=str(fault), summary=workflow.summary)
        return self._run(owner, workflow, inputs, running.depth + 1)


def _told(action: StepAction | None) -> str:
    """What follows, in words."""
    if action is None:
        return ""
    to = f" {action.step_id or action.workflow_id}" if action.kind == "goto" else ""
    return f"{'go to' if action.kind == 'goto' else action.kind}{to} ({action.name})"
