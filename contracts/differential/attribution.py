"""Which statement a difference concerns: the one of the behaviour file, or the place in the document."""

from __future__ import annotations

from contracts.differential.differences import Difference
from contracts.differential.scenario import Scenario
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation
from mockserver.contract import Contract
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.media_types import is_json


def concerned(contract: Contract, scenario: Scenario, found: Difference, *, sound: bool) -> StatementRef:
    """What is said where the service does something else; `sound`: its reply is as the document says."""
    step = scenario.steps[found.step]
    op, behaviour, item = step.op, step.op.behaviour, found.field
    if found.refusal and found.how != "status":
        unsaid = StatementRef(
            "service", f"errors.{found.refusal}", "assumed", text="nothing is said of such a refusal's body"
        )
        return refusal_said(contract, op, found.refusal) or unsaid
    if found.how in ("order", "items", "page") or found.refusal:
        return scenario.statement
    if found.how == "header" and found.path == ("link",) and behaviour.paging is not None:
        return StatementRef.of(op.name, "paging", behaviour.paging)
    statement = field_said(scenario.resource, item[0]) if item else None
    if statement is None and not item and behaviour.reply is not None:
        statement = StatementRef.of(op.name, "reply", behaviour.reply)
    if statement is None and found.how not in ("status", "header"):
        statement = schema_said(contract, op, found, sound=sound)
    return statement or place_of(op)


def field_said(resource: CheckedResource, field: str) -> StatementRef | None:
    """The statement about a field of a resource."""
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
        ("initial", behaviour.initial),
        ("defaults", behaviour.defaults),
    )
    for name, statements in lists:
        for statement in statements:
            if field in statement.fields:
                return StatementRef.of(resource.name, name, statement)
    return None


def refusal_said(contract: Contract, op: ResourceOperation, kind: str) -> StatementRef | None:
    """The statement about the body of a kind of refusal."""
    for subject, errors in (
        (op.name, op.behaviour.errors.bodies),
        ("service", contract.behaviour.service.errors.bodies),
    ):
        for name in (kind, "default"):
            if name in errors:
                return StatementRef.of(
                    subject, f"errors.{name}", errors[name], f"the body of a refusal of the kind {kind}"
                )
    return None


def schema_said(contract: Contract, op: ResourceOperation, found: Difference, *, sound: bool) -> StatementRef:
    """The place in the document that describes a value of a reply.

    The document itself is broken only where the reply is not `sound`; otherwise the mock made one of several choices.
    """
    response = op.operation.success()
    media = next((m for m in response.content if m.schema and is_json(m.name)), None) if response else None
    place = tuple(0 if part == "*" else part for part in found.path)
    at = contract.schemas.below(media.schema, place) if media and media.schema else None
    if at is None:
        return place_of(op)
    return StatementRef(op.name, "schema", "assumed" if sound else "documented", "the document", f"#{at}")


def place_of(op: ResourceOperation) -> StatementRef:
    """The operation in the document."""
    pointer = json_pointer.join("", "paths", op.operation.path, op.operation.method)
    return StatementRef(op.name, "schema", "inferred", "the document", f"#{pointer}")
