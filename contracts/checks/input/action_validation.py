"""Check of the bodies of actions: what the schema of a vote or a decision forbids is refused, as in the item itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.input.invalid_values import UNCERTAIN, is_valid_trimmed, place_of
from contracts.checks.state.repeated_requests import send_least
from contracts.cleanup.created_items import CreatedItem
from contracts.client.boundary_values import BoundaryCase, cases
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place, schema_reference
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.openapi import path_template

SOURCE = "JSON Schema Validation section 6"

MOST_ACCEPTED = 3
"""So many values that are accepted are enough: each needs a new item, since it may have changed its state."""


def action_validation(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """The body schema of an action on an item is enforced: values that it forbids are refused."""
    base, accepted = dict(_accepted(context, resource, op)), 0
    item = _ready(context, resource, op)
    for what, about, body, is_certain in _invalid(context, op, base):
        user = context.acting_user(op, item)
        exchange = context.send(op, user=user, path=item.path, body=body)
        if not _expect_refused(context, op, item, exchange, what, about, is_certain=is_certain):
            accepted += 1
            item = _ready(context, resource, op)
        if accepted == MOST_ACCEPTED:
            return


def _accepted(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> Mapping[str, Any]:
    """A body that the service accepts for an item in the right state. Raises CannotBuildRequest if there is none."""
    item = _ready(context, resource, op)
    user = context.acting_user(op, item)
    exchange = send_least(context, op, item.path, user)
    if exchange.status >= 300 and context.bring_to(op, item):
        exchange = send_least(context, op, item.path, user)
    if exchange.status >= 300 or not isinstance(exchange.sent, dict):
        raise CannotBuildRequest(f"{op.name} answers {exchange.status} for a new {resource.name}")
    return exchange.sent


def _ready(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> CreatedItem:
    """A new item in the state that the action needs, as far as that is known."""
    item = context.create(resource)
    context.go(item, context.shared.ways.get(op.name, ()))
    return item


def _invalid(
    context: CheckContext, op: ResourceOperation, base: dict[str, Any]
) -> Iterator[tuple[str, str, dict[str, Any], bool]]:
    """Each body with one fault: what it is, its short name, the body, and whether every service must refuse it."""
    accepts = context.bodies.accepts
    for name in base:
        body = {key: value for key, value in base.items() if key != name}
        if not accepts(op, body):
            yield f"without the required field {name}", f"{name} required", body, True
    for name, pointer in context.bodies.properties(op).items():
        present = base[name] if name in base else context.bodies.value(op, name, context.check)
        for case in cases(context.contract.schemas, pointer, present):
            body = base | {name: case.value}
            if case.valid or accepts(op, body):
                continue
            keyword = case.keyword.rpartition("/")[2]
            what = f"with {place_of(name, case)}, which `{keyword}` forbids,"
            yield what, f"{name} {case.keyword}", body, _is_certain(context, op, base, name, case)


def _is_certain(
    context: CheckContext, op: ResourceOperation, base: Mapping[str, Any], name: str, case: BoundaryCase
) -> bool:
    """Is it no value that a service may read otherwise, by its format or without the spaces around it?"""
    is_trimmed = is_valid_trimmed(case.value, lambda value: context.bodies.accepts(op, {**base, name: value}))
    return not is_trimmed and case.keyword.rpartition("/")[2] not in UNCERTAIN


def _expect_refused(
    context: CheckContext,
    op: ResourceOperation,
    item: CreatedItem,
    exchange: RecordedExchange,
    what: str,
    about: str,
    *,
    is_certain: bool,
) -> bool:
    evidence: Any = "documented" if is_certain else "inferred"
    return context.expect_status(
        exchange.status >= 300,
        f"a request {what} is refused",
        item.exchange,
        exchange,
        about=about,
        statement=StatementRef(op.name, "schema", evidence, SOURCE, about),
    )


def _places(contract: Contract) -> Iterator[Place]:
    """Operations with a JSON body directly below an item, which `validation` does not look at."""
    known = checked_resources(contract)
    for resource in known.values():
        paths = {op.operation.path for op in resource.operations.values() if resource.is_of_item(op)}
        for op in resource_operations(contract) if resource.can("create") else ():
            action = op.behaviour.action
            is_own = action is not None and action.of in known
            is_below = path_template.is_step_below(op.operation.path, paths)
            is_action = op.operation.method in ("post", "put", "patch") and is_below
            if is_action and not is_own and op.media_type is not None:
                yield op.name, schema_reference(op), (resource, op)


CHECKS = (Check("action-validation", (), _places, action_validation, exclusive=False),)
