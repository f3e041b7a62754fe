"""Checks of the states of an item: what the document forbids in a state is refused in it, and what leads to one does."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contracts.checks.item_view import as_json, documented
from contracts.checks.stored_fields import current
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import (
    CheckedResource,
    ResourceOperation,
    checked_resources,
    resource_operations,
)
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.prepared_items import Step
from mockserver.contract import Contract
from mockserver.inference.names import plain
from mockserver.inference.sentences.state_rules import STATES, StateRule, state_rule
from mockserver.inference.sentences.target_states import TargetState, target_state
from mockserver.openapi import path_template

MOST_WAYS = 16
"""So many ways to bring an item into a state are tried at most."""


def forbidden_state(context: CheckContext, resource: CheckedResource, op: ResourceOperation, rule: StateRule) -> None:
    """What the document forbids in a state of an item is refused in it: only an open order can be cancelled."""
    tried = set[str]()
    for created, item, history in _in_each_state(context, resource, rule.field):
        state = str(item.get(rule.field))
        if not rule.forbids(item) or state in tried:
            continue
        tried.add(state)
        exchange = _try(context, op, created)
        context.expect_status(
            400 <= exchange.status < 500,
            f"{op.name} is refused while {rule.field} is {state}",
            *history,
            exchange,
            about=f"while {state}",
        )
    if not tried:
        raise CannotBuildRequest(f"no request brought a {resource.name} into a state in which {op.name} is refused")


def led_to_state(context: CheckContext, resource: CheckedResource, op: ResourceOperation, target: TargetState) -> None:
    """A request leads to the state that the document names, from each state in which it succeeds."""
    tried = set[str]()
    for created, item, history in _in_each_state(context, resource, target.field):
        state = str(item.get(target.field))
        if state in tried:
            continue
        tried.add(state)
        exchange = _try(context, op, created)
        if exchange.status >= 300:
            continue
        _, after, shown = current(context, created)
        context.expect(
            after.get(target.field) == target.value,
            f"{target.field} is {as_json(target.value)} after {op.name}, also where it was {as_json(item.get(target.field))}",
            as_json(after.get(target.field)),
            *history,
            exchange,
            *shown,
            about=f"from {state}",
        )


Reached = tuple[CreatedItem, Mapping[str, Any], tuple[RecordedExchange, ...]]
"""An item in a state, how it looks, and the requests that brought it there."""


def _in_each_state(context: CheckContext, resource: CheckedResource, field: str) -> Iterator[Reached]:
    """New items in the different states into which requests bring them, the nearest state first."""
    steps, reached = _steps(context, resource, field), set[frozenset[tuple[str, Any]]]()
    ways = deque[tuple[Step, ...]]([()])
    for _ in range(MOST_WAYS):
        if not ways:
            break
        way = ways.popleft()
        created = context.create(resource)
        done = _go(context, created, way)
        _, item, shown = current(context, created) if done is not None else (None, {}, ())
        below = {("below", step.op.name) for step in way if step.child is not None}
        if done is None or (states := _states(item, field) | below) in reached:
            continue
        reached.add(states)
        ways += [(*way, step) for step in steps if step not in way]
        yield created, item, (created.exchange, *done, *shown)


def _steps(context: CheckContext, resource: CheckedResource, field: str) -> list[Step]:
    """What may bring an item into another state: each action, and an update of the state."""
    steps = [each for each in context.steps_of(resource) if each.op != resource.operations.get("update")]
    update = resource.operations.get("update") or resource.operations.get("replace")
    pointer = context.bodies.properties(update).get(field) if update is not None else None
    if update is not None and pointer is not None:
        values = context.contract.schemas.keyword(pointer, "enum") or (True, False)
        steps += [Step(update, {field: value}) for value in values]
    return steps


def _states(item: Mapping[str, Any], field: str) -> frozenset[tuple[str, Any]]:
    """The fields of an item that say in which state it is. Ways that lead to the same ones lead no further."""
    return frozenset(
        (name, str(value))
        for name, value in item.items()
        if name == field or isinstance(value, bool) or plain(name).endswith(STATES)
    )


def _go(context: CheckContext, created: CreatedItem, way: Sequence[Step]) -> list[RecordedExchange] | None:
    """Send the steps. Returns the exchanges; None if one does not succeed."""
    done = []
    for step in way:
        if step.child is not None:
            done.append(context.try_create(step.child, path=created.path_below(step.child), may_conflict=True)[0])
            if done[-1].status >= 300:
                return None
            continue
        is_whole = step.op == created.resource.operations.get("replace")
        body = {**created.sent, **step.body} if is_whole else step.body
        user = context.acting_user(step.op, created)
        done.append(context.send(step.op, user=user, path=created.path, body=body))
        if done[-1].status >= 300:
            return None
    return done


def _body(context: CheckContext, op: ResourceOperation) -> Any:
    body = context.bodies.minimal(op, context.check) if op.media_type else None
    return MISSING if body is None else body


def _try(context: CheckContext, op: ResourceOperation, created: CreatedItem) -> RecordedExchange:
    """Send the request that is forbidden."""
    child = context.shared.created_by.get(op.name)
    if child is not None and child is not created.resource:
        return context.try_create(child, path=created.path_below(child), may_conflict=True)[0]
    body = dict(created.sent) if op == created.resource.operations.get("replace") else _body(context, op)
    return context.send(op, user=context.acting_user(op, created), path=created.path, body=body)


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for resource in known.values():
        shows = resource.operations.get("get") or resource.operations.get("list")
        if shows is None or not resource.can("create"):
            continue
        fields = documented(contract, shows)
        for op in _about(contract, resource):
            said = state_rule(contract.schemas, op.operation, fields, resource.name)
            rules = [(said, StatementRef(op.name, "http", "described", said.source, said.text))] if said else []
            rules += [(rule, ref) for rule, ref in _stated(op, resource) if said is None or rule.field != said.field]
            for rule, ref in rules:
                yield op.name, ref, (resource, op, rule)


def _led_places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        shows = resource.operations.get("get") or resource.operations.get("list")
        if shows is None or not resource.can("create"):
            continue
        fields = documented(contract, shows)
        for op in _about(contract, resource):
            said = target_state(contract.schemas, op.operation, fields) if op.operation.method != "delete" else None
            if said is not None and not _creates(op):
                text = f"{said.field} becomes {said.value}."
                yield op.name, StatementRef(op.name, "http", "described", said.source, text), (resource, op, said)


def _stated(op: ResourceOperation, resource: CheckedResource) -> Iterator[tuple[StateRule, StatementRef]]:
    """The rules that a behaviour file states about an operation, as far as they are no guess."""
    action = op.behaviour.action
    for each in op.behaviour.refused:
        of = each.of or (action.of if action is not None else resource.name)
        if of == resource.name and each.evidence not in ("inferred", "assumed"):
            states = frozenset((each.field, value) for value in each.when or each.unless)
            rule = StateRule(states, not each.when, each.source)
            yield rule, StatementRef.of(op.name, "refused", each, rule.text)


def _creates(op: ResourceOperation) -> bool:
    return op.behaviour.action is not None and op.behaviour.action.does == "create"


def _about(contract: Contract, resource: CheckedResource) -> Iterator[ResourceOperation]:
    """The operations that change an item, or do something directly below it."""
    paths = {op.operation.path for op in resource.operations.values() if resource.is_of_item(op)}
    for op in resource_operations(contract):
        is_below = path_template.is_step_below(op.operation.path, paths)
        if op.operation.method in ("post", "put", "patch", "delete") and (op.operation.path in paths or is_below):
            yield op


CHECKS = (
    Check("forbidden-state", ("refused",), _places, forbidden_state, exclusive=False),
    Check("led-to-state", (), _led_places, led_to_state, exclusive=False),
)
