"""Mistakes in an Arazzo description that its fields alone do not show: what its ids, targets and expressions name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

import jsonschema_rs

from contracts.arazzo.conditions import BadCondition, simple_condition
from contracts.arazzo.criteria import compile_criterion
from contracts.arazzo.description import ArazzoDescription, Criterion, StepAction, StepBody, Workflow, WorkflowStep
from contracts.arazzo.expressions import NAMED, BadExpression, compiled, expressions_in
from contracts.arazzo.mistakes import Mistake
from mockserver.openapi import pointer as json_pointer

ELSEWHERE = "$sourceDescriptions."
"""How a reference to another document begins."""


def reference_mistakes(description: ArazzoDescription) -> Iterator[Mistake]:
    """The mistakes of a description whose fields are valid."""
    yield from _twice([each.name for each in description.sources], "source", "/sourceDescriptions")
    yield from _twice([each.id for each in description.workflows], "workflow", "/workflows")
    for workflow in description.workflows:
        yield from _of_workflow(workflow, description)
    yield from _circle(description)


def _twice(names: Iterable[str], what: str, at: str) -> Iterator[Mistake]:
    for name, number in Counter(names).items():
        if number > 1:
            yield Mistake(at, f"{number} {what}s are called {name!r}; each needs a name of its own")


def _of_workflow(workflow: Workflow, description: ArazzoDescription) -> Iterator[Mistake]:
    yield from _twice([each.id for each in workflow.steps], "step", f"{workflow.pointer}/steps")
    for index, id in enumerate(workflow.depends_on):
        yield from _no_workflow(id, f"{workflow.pointer}/dependsOn/{index}", description)
    if workflow.inputs is not None:
        yield from _no_schema(workflow, description)
    for step in workflow.steps:
        yield from _of_step(step, workflow, description)
    yield from _wrong_expressions(workflow.outputs, f"{workflow.pointer}/outputs", workflow, description)


def _no_schema(workflow: Workflow, description: ArazzoDescription) -> Iterator[Mistake]:
    try:
        input_validator(workflow, description)
    except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as fault:
        yield Mistake(f"{workflow.pointer}/inputs", f"is no JSON Schema: {str(fault).splitlines()[0]}")


def input_validator(workflow: Workflow, description: ArazzoDescription) -> Any:
    """The validator of the inputs of a workflow; references lead into the description. Raises ValueError."""
    root = {"components": description.raw.get("components", {}), "workflows": description.raw["workflows"]}
    return jsonschema_rs.Draft202012Validator({**root, "$ref": f"#{workflow.pointer}/inputs"})


def _of_step(step: WorkflowStep, workflow: Workflow, description: ArazzoDescription) -> Iterator[Mistake]:
    given = [name for name in ("operation_id", "operation_path", "workflow_id") if getattr(step, name)]
    if len(given) != 1:
        yield Mistake(step.pointer, "a step needs exactly one of operationId, operationPath and workflowId")
    if step.workflow_id:
        yield from _no_workflow(step.workflow_id, f"{step.pointer}/workflowId", description)
        if step.body is not None:
            yield Mistake(step.body.pointer, "a step with a workflowId sends no request, so it has no requestBody")
    for parameter in step.parameters:
        if not parameter.location and not step.workflow_id:
            yield Mistake(
                parameter.pointer, f"`in` is missing: where does {parameter.name} go? path, query, header or cookie"
            )
        yield from _wrong_expressions(parameter.value, parameter.pointer, workflow, description)
    if step.body is not None:
        yield from _of_body(step.body, workflow, description)
    yield from _of_criteria(step.criteria, workflow, description)
    for action in (*step.on_success, *step.on_failure):
        yield from _of_action(action, workflow, description)
    yield from _wrong_expressions(step.outputs, f"{step.pointer}/outputs", workflow, description)
    yield from _no_operation(step, description)


def _of_body(body: StepBody, workflow: Workflow, description: ArazzoDescription) -> Iterator[Mistake]:
    yield from _wrong_expressions(body.payload, f"{body.pointer}/payload", workflow, description)
    for index, (target, value) in enumerate(body.replacements):
        at = f"{body.pointer}/replacements/{index}"
        if target and (not target.startswith("/") or "xml" in body.content_type):
            yield Mistake(f"{at}/target", f"{target!r} must be a JSON pointer, such as /pet/id; XPath is not supported")
        yield from _wrong_expressions(value, f"{at}/value", workflow, description)


def _of_action(action: StepAction, workflow: Workflow, description: ArazzoDescription) -> Iterator[Mistake]:
    named = [each for each in (action.step_id, action.workflow_id) if each]
    if action.kind == "goto" and len(named) != 1:
        yield Mistake(action.pointer, "goto needs exactly one of stepId and workflowId")
    if action.kind == "retry" and len(named) > 1:
        yield Mistake(action.pointer, "retry takes one of stepId and workflowId, not both")
    if action.retry_after < 0 or action.retry_limit < 0:
        yield Mistake(action.pointer, "retryAfter and retryLimit must not be negative")
    if action.step_id and action.step_id not in [step.id for step in workflow.steps]:
        yield Mistake(action.pointer, _unknown("step", action.step_id, (step.id for step in workflow.steps)))
    if action.workflow_id:
        yield from _no_workflow(action.workflow_id, action.pointer, description)
    yield from _of_criteria(action.criteria, workflow, description)
    for each in action.parameters:
        yield from _wrong_expressions(each.value, each.pointer, workflow, description)


def _of_criteria(
    criteria: Iterable[Criterion], workflow: Workflow, description: ArazzoDescription
) -> Iterator[Mistake]:
    for each in criteria:
        try:
            compile_criterion(each)
        except (BadCondition, BadExpression) as fault:
            yield Mistake(each.pointer, str(fault))
            continue
        named = [each.context] if each.context else []
        named += simple_condition(each.condition).operands if each.kind == "simple" else expressions_in(each.condition)
        yield from _wrong_expressions(named, each.pointer, workflow, description, inside=False)


def _wrong_expressions(
    value: Any, at: str, workflow: Workflow, description: ArazzoDescription, *, inside: bool = True
) -> Iterator[Mistake]:
    """Expressions that cannot be read, or that name a step, workflow or source that is not there."""
    for text in expressions_in(value):
        pointer = _place(value, text, at) if inside else at
        try:
            compiled(text)
        except BadExpression as fault:
            yield Mistake(pointer, str(fault))
            continue
        for check in (_unknown_step, _unknown_workflow, _unknown_source):
            if told := check(text, workflow, description):
                yield Mistake(pointer, told)


def _place(value: Any, text: str, at: str) -> str:
    """The pointer of the part of a value that contains an expression."""
    for key, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if text in expressions_in(each):
            return _place(each, text, json_pointer.join(at, key))
    return at


def _unknown_step(text: str, workflow: Workflow, description: ArazzoDescription) -> str:
    found = NAMED.match(text)
    if not found or not found["step"]:
        return ""
    step = next((each for each in workflow.steps if each.id == found["step"]), None)
    if step is None:
        return _unknown("step", found["step"], (each.id for each in workflow.steps))
    name = text[found.end() :].removeprefix(".")
    is_known = step.workflow_id or any(
        name == each or name.startswith((f"{each}.", f"{each}[", f"{each}#")) for each in step.outputs
    )
    return "" if is_known else _unknown("output", name, step.outputs, f" of step {step.id}")


def _unknown_workflow(text: str, workflow: Workflow, description: ArazzoDescription) -> str:
    found = NAMED.match(text)
    if not found or not found["workflow"] or description.workflow(found["workflow"]):
        return ""
    return _unknown("workflow", found["workflow"], (each.id for each in description.workflows))


def _unknown_source(text: str, workflow: Workflow, description: ArazzoDescription) -> str:
    if not text.startswith(ELSEWHERE):
        return ""
    name = text.removeprefix(ELSEWHERE).partition("#")[0].partition(".")[0]  # some leave out `.url`
    return "" if description.source(name) else _unknown("source", name, (each.name for each in description.sources))


def _unknown(what: str, name: str, known: Iterable[str], of: str = "") -> str:
    return f"there is no {what} {name!r}{of}; there are: {', '.join(known) or 'none'}"


def _no_workflow(reference: str, at: str, description: ArazzoDescription) -> Iterator[Mistake]:
    if reference.startswith(ELSEWHERE):
        if told := _unknown_source(reference, description.workflows[0], description):
            yield Mistake(at, told)
    elif description.workflow(reference) is None:
        yield Mistake(at, _unknown("workflow", reference, (each.id for each in description.workflows)))


def _no_operation(step: WorkflowStep, description: ArazzoDescription) -> Iterator[Mistake]:
    """An operation whose source is not named, or unknown."""
    named = step.operation_id or step.operation_path
    if ELSEWHERE in named:
        if told := _unknown_source(named[named.index(ELSEWHERE) :], description.workflows[0], description):
            yield Mistake(step.pointer, told)
    elif step.operation_path:
        form = "{$sourceDescriptions.NAME.url}#/paths/~1pets/get"
        yield Mistake(f"{step.pointer}/operationPath", f"must name a source and an operation: {form}")


def _circle(description: ArazzoDescription) -> Iterator[Mistake]:
    known = {each.id for each in description.workflows}
    graph = {each.id: known.intersection(each.depends_on) for each in description.workflows}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as fault:
        yield Mistake("/workflows", f"dependsOn goes in a circle: {' -> '.join(reversed(fault.args[1]))}")
