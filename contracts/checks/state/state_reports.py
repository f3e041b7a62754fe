"""A check of reports about the items in one state: an item counts while it is in this state, and not after it left it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import as_json, documented
from contracts.checks.stored_fields import current
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.prepared_items import LONGEST_WAY, MOST_WAYS, Way
from mockserver.contract import Contract
from mockserver.inference.names import noun, plain, words
from mockserver.inference.sentences.refusal_sentences import operation_sentences
from mockserver.inference.sentences.state_rules import STATES
from mockserver.openapi import path_template

COUNTS = re.compile(
    r"\b(?:counts?|sums? up|adds? up|totals?|number of|sum of|how many)\b[^.;]*?\b(?:"
    r"(?P<noun>[a-z]+) (?:in (?:the )?(?:status|state)|with (?:the )?(?:status|state)|(?:that|which) are) "
    r"[`'\"]?(?P<state>[A-Za-z_]+)[`'\"]?)",
    re.IGNORECASE,
)
"""How a sentence says which items a report is about: "counts the invoices in status `issued`"."""


def state_report(
    context: CheckContext, op: ResourceOperation, resource: CheckedResource, field: str, state: str
) -> None:
    """A report about the items in one state changes when an item gets into it, and is as before when it leaves it."""
    before = _report(context, op)
    if _report(context, op).json != before.json:
        raise CannotBuildRequest(f"{op.name} shows something else each time")
    ways, counted = deque[tuple[Way, str]]([((), "")]), False
    reached, left = set[tuple[str, ...]](), list[tuple[str, Any, list[RecordedExchange]]]()
    for _ in range(MOST_WAYS):
        if not ways:
            break
        way, was = ways.popleft()
        base = _report(context, op)
        created = context.create(resource)
        path = [_report(context, op)]
        if not all(context.take(created, step).status < 300 for step in way):
            continue
        _, item, shown = current(context, created)
        # An item may count once more, or once less, only where it comes from a certain state.
        now = str(item.get(field))
        mark = (was, now, *(step.op.name for step in way if step.child is not None))
        if mark in reached:
            continue
        reached.add(mark)
        steps = context.steps_of(resource) if len(way) < LONGEST_WAY else []
        ways += [((*way, step), now) for step in steps if step not in way]
        path = [created.exchange, base, *shown, _report(context, op)]
        is_same = path[-1].json == base.json
        if now == state:
            counted = counted or not is_same
        elif not is_same:
            left.append((now, base.json, path))
    if not counted:
        raise CannotBuildRequest(f"no {resource.name} that is {state} changes what {op.name} shows")
    context.compared += 1
    for shown_state, was, path in left:
        context.report_violation(
            f"{op.name} counts no {resource.name} that is {shown_state}: it is about those that are {state}",
            f"it was {as_json(was)} and is {as_json(path[-1].json)}"[:300],
            *path,
            about=f"counts {shown_state}",
        )


def _report(context: CheckContext, op: ResourceOperation) -> RecordedExchange:
    exchange = context.send(op)
    if exchange.status != 200:
        raise CannotBuildRequest(f"{op.name} answers {exchange.status}")
    return exchange


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for op in resource_operations(contract):
        is_list = op.behaviour.action is not None and op.behaviour.action.does in ("list", "get")
        if op.operation.method != "get" or is_list or path_template.names(op.operation.path):
            continue
        for sentence in operation_sentences(contract.schemas, op.operation):
            found = COUNTS.search(sentence.text)
            for resource in known.values() if found is not None else ():
                named = (
                    resource.can("create", "get") and noun(resource.name)[-1] == noun(str(found and found["noun"]))[-1]
                )
                fields = documented(contract, resource.operations["get"]) if named else {}
                field, state = _state(contract, fields, str(found and found["state"]))
                if field:
                    text = f"{op.name} is about the {resource.name} items that are {state}."
                    stated = StatementRef(op.name, "counts", "described", sentence.source, text)
                    yield op.name, stated, (op, resource, field, state)


def _state(contract: Contract, fields: Mapping[str, str], said: str) -> tuple[str, str]:
    """The field that lists a state, and its value; empty if none does."""
    for name, pointer in fields.items():
        if words(name)[-1:] and plain(name).endswith(STATES):
            for value in contract.schemas.keyword(pointer, "enum") or ():
                if isinstance(value, str) and plain(value) == plain(said):
                    return name, value
    return "", ""


CHECKS = (Check("state-report", (), _places, state_report),)
