"""Finds the statement that a difference contradicts: one of the behaviour file, or a place in the document."""

from __future__ import annotations

from contracts.differential.differences import Difference
from contracts.differential.scenario import Scenario
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, is_special
from mockserver.contract import Contract
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.media_types import is_json


def contradicted_statement(
    contract: Contract, scenario: Scenario, found: Difference, *, is_valid: bool
) -> StatementRef:
    """The statement that a difference contradicts. `is_valid`: the service's response is valid by the document."""
    step = scenario.steps[found.step]
    op, behaviour, item = step.op, step.op.behaviour, found.field
    if found.error and found.how != "status":
        unsaid = StatementRef(
            "service", f"errors.{found.error}", "assumed", text="no statement describes the body of this error"
        )
        return error_reference(contract, op, found.error) or unsaid
    if found.how in ("order", "items", "page") or found.error:
        return scenario.statement
    if found.how == "header" and found.path == ("link",) and behaviour.paging is not None:
        return StatementRef.of(op.name, "paging", behaviour.paging)
    is_changed = any(is_special(each.op) for each in scenario.steps[: found.step + 1])
    statement = field_statement(scenario.resource, item[0], is_changed=is_changed) if item else None
    if statement is None and not item and behaviour.reply is not None:
        statement = StatementRef.of(op.name, "reply", behaviour.reply)
    if statement is None and found.how not in ("status", "header"):
        statement = schema_reference(contract, op, found, is_valid=is_valid)
    return statement or operation_reference(op)


def field_statement(resource: CheckedResource, field: str, *, is_changed: bool = False) -> StatementRef | None:
    """The statement about a field of a resource. None of the first value if the item `is_changed` since."""
    behaviour = resource.behaviour
    times = behaviour.timestamps
    if field == behaviour.identity.field:
        return StatementRef.of(resource.name, "identity", behaviour.identity)
    if times is not None and field in (times.created, times.updated):
        return StatementRef.of(resource.name, "timestamps", times)
    lists = (
        ("write-only", behaviour.write_only),
        ("server-set", behaviour.server_set),
        ("immutable", behaviour.immutable),
        ("derived", behaviour.derived),
        *(() if is_changed else (("initial", behaviour.initial), ("defaults", behaviour.defaults))),
    )
    for name, statements in lists:
        for statement in statements:
            if field in statement.fields:
                return StatementRef.of(resource.name, name, statement)
    return None


def error_reference(contract: Contract, op: ResourceOperation, kind: str) -> StatementRef | None:
    """The statement about the body of a kind of error."""
    for subject, errors in (
        (op.name, op.behaviour.errors.bodies),
        ("service", contract.behaviour.service.errors.bodies),
    ):
        for name in (kind, "default"):
            if name in errors:
                return StatementRef.of(subject, f"errors.{name}", errors[name], f"the body of a `{kind}` error")
    return None


def schema_reference(contract: Contract, op: ResourceOperation, found: Difference, *, is_valid: bool) -> StatementRef:
    """The place in the document that describes a value of a response.

    Only an invalid response breaks the document. Where it `is_valid`, the mock chose one of several allowed values.
    """
    response = op.operation.success()
    media = next((m for m in response.content if m.schema and is_json(m.name)), None) if response else None
    place = tuple(0 if part == "*" else part for part in found.path)
    at = contract.schemas.below(media.schema, place) if media and media.schema else None
    if at is None:
        return operation_reference(op)
    return StatementRef(op.name, "schema", "assumed" if is_valid else "documented", "the document", f"#{at}")


def operation_reference(op: ResourceOperation) -> StatementRef:
    """The operation in the document."""
    pointer = json_pointer.join("", "paths", op.operation.path, op.operation.method)
    return StatementRef(op.name, "schema", "inferred", "the document", f"#{pointer}")
