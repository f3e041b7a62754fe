"""Runs one step: sends its request, judges the response, and takes its outputs."""

from __future__ import annotations

from typing import Any

from contracts.arazzo.criteria import JudgedCriterion, judged
from contracts.arazzo.description import StepAction, WorkflowStep
from contracts.arazzo.expressions import ExpressionScope, compiled
from contracts.arazzo.loaded import LoadedDescription, SteppedService
from contracts.arazzo.outcomes import StepOutcome, WorkflowOutcome
from contracts.arazzo.step_request import CannotSend, StepRequest, step_request
from contracts.client.retry_after import retry_after
from contracts.client.target import NoResponse, Target
from contracts.conformance.response_validation import response_violations
from contracts.model.finding import RecordedExchange
from contracts.model.resources import name_of
from mockserver.openapi import json_codec
from mockserver.openapi.media_types import is_json
from mockserver.openapi.runtime_expressions import ExpressionValues

LONGEST_WAIT = 300.0
"""The longest pause before a retry, in seconds."""


class StepRunner:
    """Runs the steps of one workflow; `scope` gets the exchange of each."""

    def __init__(self, owner: LoadedDescription, scope: ExpressionScope, *, strict: bool) -> None:
        self._owner, self._scope, self._strict = owner, scope, strict

    def sent(self, step: WorkflowStep) -> StepOutcome:
        """A step that sends a request. Raises Unreachable if the service accepts no connection, and Exhausted."""
        service, operation = self._owner.operation(step)
        name, self._scope.exchange = name_of(operation), None
        try:
            made = step_request(step, service, operation, self._scope, is_exact=self._owner.description.is_exact)
            exchange, self._scope.exchange = _exchanged(service, made)
        except (CannotSend, NoResponse) as fault:
            return StepOutcome(step.id, name, False, reason=str(fault))
        broken = tuple(
            f"{each.about}: expected {each.expected}; seen {each.seen}"
            for each in response_violations(operation, exchange, service.contract)
        )
        criteria = self._judged(step) or (_usual_criterion(exchange.status),)
        passed = all(each.is_met for each in criteria) and not (self._strict and broken)
        return StepOutcome(
            step.id, name, passed, criteria=criteria, exchange=exchange, outputs=self._outputs(step), breaks=broken
        )

    def after_workflow(self, step: WorkflowStep, called: WorkflowOutcome) -> StepOutcome:
        """A step that has called a workflow: without outputs of its own, it has those of the workflow."""
        outputs = self._outputs(step) if step.outputs else called.outputs
        criteria, passed = self._judged(step), called.outcome == "passed"
        reason = "" if passed else called.reason or f"the workflow {called.id} failed"
        passed = all(each.is_met for each in criteria) if criteria else passed
        return StepOutcome(
            step.id,
            called.id,
            passed,
            criteria=criteria,
            outputs=outputs,
            reason="" if passed else reason,
            called=called,
        )

    def _judged(self, step: WorkflowStep) -> tuple[JudgedCriterion, ...]:
        return tuple(judged(each, self._scope) for each in step.criteria)

    def _outputs(self, step: WorkflowStep) -> dict[str, Any]:
        return {name: compiled(text)(self._scope) for name, text in step.outputs.items()}


def _usual_criterion(status: int) -> JudgedCriterion:
    """What is expected of a step without criteria."""
    return JudgedCriterion("$statusCode < 400 (a step without criteria)", status < 400, f"$statusCode is {status}")


def _exchanged(service: SteppedService, made: StepRequest) -> tuple[RecordedExchange, ExpressionValues]:
    """Send a request: the exchange with placeholders for secrets, and the values for expressions without."""
    exchange, received = service.target.send_with_response(made.request)
    headers = {name.lower(): value for name, value in received.headers}
    return exchange, ExpressionValues(
        url=service.target.address(made.request),
        method=made.request.method,
        status=received.status,
        path=made.path,
        query=made.query,
        headers=made.headers,
        body=made.body,
        response_headers=headers,
        response_body=_body(received.body, headers.get("content-type", "")),
    )


def _body(body: bytes, content_type: str) -> Any:
    """The body of a response as a value: JSON, else a text; nothing if it is empty."""
    try:
        return json_codec.read(body) if body and is_json(content_type or "application/json") else _text(body)
    except ValueError:
        return _text(body)


def _text(body: bytes) -> str | None:
    return body.decode("utf-8", "replace") or None


def wait_before_retry(action: StepAction, exchange: RecordedExchange | None, target: Target) -> None:
    """Wait as `Retry-After` of the response says, else as the action says. Raises Exhausted at the deadline."""
    named = retry_after(exchange.status, exchange.reply_headers) if exchange is not None else None
    target.pause(min(action.retry_after if named is None else named, LONGEST_WAIT))
