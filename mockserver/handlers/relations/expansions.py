"""Shows the items behind references where a request asks for them: `?expand[]=customer`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.handlers.relations.shown_values import places
from mockserver.handlers.request_context import RequestContext
from mockserver.inference.relations.references import steps_of
from mockserver.inference.relations.relationships import HOLDER
from mockserver.state.record import Record

MOST = 20
"""How many names of one request are read."""

DEEPEST = 4
"""How many items may be inside of each other."""

Tree = Mapping[str, Any]
"""Names of references, each with those to expand in the item behind it."""


def expanded(context: RequestContext, record: Record) -> Record:
    """The item with the items that the request asks for; itself if it asks for none."""
    plan, found = context.bound.expand, dict[str, Any]()
    if plan is None:
        return record
    for name, inner in _asked(context, plan.parameter).items():
        validator, value = plan.validators.get(name), record.fields.get(name)
        shown = _shown(context, context.bound.resource, name, value, inner, DEEPEST) if validator is not None else None
        if shown is not None and validator is not None and validator.is_valid(shown):
            found[name] = shown
    if not found:
        return record
    copy = record.copy()
    copy.fields |= found
    return copy


def included(context: RequestContext, records: Iterable[Record]) -> list[dict[str, Any]] | None:
    """The items behind the references that a request names, each once; None if it names none (JSON:API)."""
    plan = context.bound.expand
    asked = _asked(context, plan.parameter) if plan is not None and plan.into else {}
    if not asked:
        return None
    found: dict[tuple[str, Any], dict[str, Any]] = {}
    for record in records:
        _include(context, context.bound.resource, record, asked, found)
    return list(found.values())


def _include(
    context: RequestContext,
    plan: ResourcePlan,
    record: Record,
    asked: Tree,
    found: dict[tuple[str, Any], dict[str, Any]],
    depth: int = DEEPEST,
) -> None:
    """Add the items behind the references of one item."""
    for reference in plan.statements.references if depth else ():
        steps = steps_of(reference.field)
        if len(steps) < 2 or steps[0] != HOLDER or steps[1] not in asked or not reference.key:
            continue
        other = context.bound.plans[reference.resource]
        if other.parent_parameters:
            continue
        held = context.collection(other.name)
        for holder, last, _ in places(record.fields, steps, ()):
            one = held.get(holder[last])
            if one is None:
                continue
            shown = {key: each for key, each in one.fields.items() if key not in other.secrets}
            found.setdefault((other.name, one.id), shown)
            _include(context, other, one, asked[steps[1]], found, depth - 1)


def _asked(context: RequestContext, parameter: str) -> Tree:
    """The names in a request as a tree; `data.` in front of one is the list of a reply."""
    sent = context.call.query.get(parameter)
    if sent is None and isinstance(context.call.body, Mapping):
        sent = context.call.body.get(parameter)
    texts = [
        part.strip() for each in (sent if isinstance(sent, list) else [sent]) for part in str(each or "").split(",")
    ]
    tree: dict[str, Any] = {}
    for text in texts[:MOST]:
        steps = text.removeprefix("data.").split(".")[:DEEPEST]
        node = tree
        for step in steps if text else ():
            node = node.setdefault(step, {})
    return tree


def _shown(
    context: RequestContext, plan: ResourcePlan, name: str, value: Any, inner: Tree, depth: int
) -> dict[str, Any] | None:
    """The item that a property names by its id, as replies show it; None if there is none."""
    reference = next((each for each in plan.statements.references if each.field == name), None)
    if reference is None or not isinstance(value, str | int) or depth == 0:
        return None
    other = context.bound.plans[reference.resource]
    record = None if other.parent_parameters else context.collection(other.name).get(value)
    if record is None:
        return None
    fields = {key: each for key, each in record.fields.items() if key not in other.secrets}
    for key, below in inner.items():
        found = _shown(context, other, key, fields.get(key), below, depth - 1)
        fields |= {key: found} if found is not None else {}
    return fields
