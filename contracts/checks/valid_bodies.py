"""Bodies of create requests that make a change visible, and fields whose valid values a document cannot tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contracts.checks.item_view import fixed_fields, meant
from contracts.cleanup.created_items import CreatedItem
from contracts.client.changed_values import changed_body, changed_value
from contracts.client.request_bodies import texts
from contracts.model.body_references import LIST, steps_of
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.context import CheckContext
from mockserver.openapi.schemas import Schemas

DEEPEST = 4
"""How deep into objects and lists is looked for a value of free choice."""


def distinct_body(context: CheckContext, resource: CheckedResource) -> dict[str, Any]:
    """A create body in which no optional field has its default or a value that may count as missing."""
    op = resource.operations["create"]
    body = context.body(resource, full=not op.may_refuse)
    for name, pointer in context.bodies.properties(op).items():
        default = context.contract.schemas.keyword(pointer, "default")
        if name in body and (not body[name] or body[name] == default) and name not in op.rule_fields:
            other = changed_value(context.contract.schemas, pointer, body[name])
            body |= {name: other} if other is not None and context.bodies.accepts(op, body | {name: other}) else {}
    return body


def texts_apart(context: CheckContext, resource: CheckedResource) -> dict[str, Any]:
    """A create body with a mark of its own in every text that may have one, so that a search for it finds one field."""
    op = resource.operations["create"]
    body = context.body(resource, full=not op.may_refuse)
    for name in context.bodies.free_text_fields(op, body):
        if not is_reference(context, name):
            marked = ({**body, name: text} for text in texts(body[name], context.shared.mark()))
            body = next((each for each in marked if context.bodies.accepts(op, each)), body)
    return body


def is_reference(context: CheckContext, name: str) -> bool:
    """Does a field probably hold the id of another item, so that only some valid values are accepted?"""
    known = context.shared.resources.values()
    plain = name.lower().replace("-", "_")
    owners = {each.behaviour.parent.resource.replace("-", "_") for each in known if each.behaviour.parent}
    named = plain in owners or any(each.is_referenced_by(name) for each in known)
    return named or plain.endswith(("_id", "_ids", "uuid")) or name.endswith(("Id", "Ids", "ID"))


def is_open_value(context: CheckContext, op: ResourceOperation, name: str) -> bool:
    """Is a field, or something in it, a text or a whole number about which its schema says no more?

    It may be a template, a name that is taken, or the id of something that there is not.
    """
    pointer = context.bodies.properties(op).get(name)
    return pointer is not None and _is_open(context.contract.schemas, pointer)


def _is_open(schemas: Schemas, pointer: str, depth: int = 0) -> bool:
    types, parts = schemas.types(pointer), [*schemas.properties(pointer).values()]
    items = schemas.items(pointer)
    parts += [items] if items and schemas.properties(items) else []  # a list of plain texts is one of words
    if depth < DEEPEST and any(_is_open(schemas, each, depth + 1) for each in parts):
        return True
    if parts or items or (types and not types & {"string", "integer"}):
        return False
    said = {
        word: schemas.keyword(pointer, word) for word in ("enum", "const", "format", "pattern", "minimum", "maximum")
    }
    if "integer" in types:  # a width, such as int32, has bounds too
        said["format"] = None
        said |= {word: None for word in ("minimum", "maximum") if abs(said[word] or 0) >= 2**31 - 1}
    return all(each is None for each in said.values())


def smallest_body(context: CheckContext, resource: CheckedResource) -> dict[str, Any]:
    """A valid create body without any optional field."""
    op = resource.operations["create"]
    body = context.body(resource)
    needed = context.bodies.required(op)
    for name in list(body):
        slim = {key: value for key, value in body.items() if key != name}
        if name not in needed and context.bodies.accepts(op, slim) and not op.may_refuse:
            body = slim
    return body


def every_change(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    created: CreatedItem,
    without: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """A valid body for `op` that changes every field of an item, except those in `without` and references.

    Empty if no valid body changes anything.
    """
    references = {name for name in context.bodies.properties(op) if is_reference(context, name)}
    named = [steps_of(each.field) for each in resource.behaviour.references if each.field and each.key]
    references |= {first for first, *rest in named if not rest}
    refused = context.shared.refused_fields.get(resource.name, frozenset())
    fixed = fixed_fields(context, resource) | op.rule_fields | references | refused | without
    body = changed_body(context.bodies, context.contract.schemas, op, created.sent, fixed)
    for steps in named:
        restored = _restored(body, created.sent, steps)
        body = restored if context.bodies.accepts(op, restored) else body
    return meant(context, resource, op, body, created) if body.keys() - fixed else {}


def _restored(changed: Any, present: Any, steps: Sequence[str]) -> Any:
    """A changed value with what it was at the place to which the steps lead: a line still names its product."""
    if not steps:
        return present
    first, *rest = steps
    if first == LIST and isinstance(changed, list) and isinstance(present, list):
        return [_restored(new, old, rest) for new, old in zip(changed, present, strict=False)]
    if isinstance(changed, dict) and isinstance(present, dict) and first in changed and first in present:
        return {**changed, first: _restored(changed[first], present[first], rest)}
    return changed
