"""Check of updates that send a part of an object: JSON:API and merge patches keep the rest of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import as_json, changing, showable, unchangeable
from contracts.checks.valid_bodies import distinct_body
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

LAWS = {
    "application/vnd.api+json": "JSON:API 1.1, Updating a Resource's Attributes (missing attributes keep their values)",
    "application/merge-patch+json": "RFC 7396 section 1 (members that a patch does not have stay as they are)",
}
"""The media types of bodies in which a part of an object changes no other part, and where that is said."""

MOST = 6
"""So many properties are changed, one after the other."""


def partial_object(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """An update that sends one property of an object leaves its other properties as they are."""
    shown = showable(context, resource, resource.operations["get"]) - unchangeable(resource)
    for name in context.bodies.properties(op):
        if name in shown:
            created = context.create(resource, distinct_body(context, resource))
            _change_parts(context, resource, op, created, name)


def _change_parts(
    context: CheckContext, resource: CheckedResource, op: ResourceOperation, created: CreatedItem, name: str
) -> None:
    get = resource.operations["get"]
    before = context.item(get, context.get(created)).get(name)
    other = context.bodies.other(op, name, before, f"{context.check}/{name}") if isinstance(before, dict) else None
    sent = created.sent.get(name)
    if not isinstance(other, dict) or not isinstance(before, dict) or not isinstance(sent, Mapping):
        return
    for part in [each for each in other if each in sent and other[each] != before.get(each)][:MOST]:
        body = changing(context, op, created.sent, name, {part: other[part]})
        changed = context.update(created, body) if body is not None else None
        if changed is None or changed.status >= 300:
            continue
        response = context.get(created)
        after = context.item(get, response).get(name)
        shown: Mapping[str, Any] = after if isinstance(after, dict) else {}
        lost = [each for each in sent if each != part and each in before and shown.get(each) != before[each]]
        context.expect(
            not lost,
            f"an update of {name}.{part} alone changes no other property of {name}",
            f"{lost[0]} was {as_json(before[lost[0]])}, and is {as_json(shown.get(lost[0]))}" if lost else "",
            created.exchange,
            changed,
            response,
            about=f"{name} {part}",
        )
        before = after if isinstance(after, dict) else before
    if not context.compared:
        raise CannotBuildRequest(f"no body of {op.name} sends a part of an object")


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        op = resource.operations.get("update")
        law = LAWS.get(op.media_type.name) if op is not None and op.media_type is not None else None
        if op is not None and law and resource.can("create", "get"):
            text = "A part of an object that an update does not send stays as it is."
            yield op.name, StatementRef(op.name, "schema", "documented", law, text), (resource, op)


CHECKS = (Check("partial-object", (), _places, partial_object, exclusive=False),)
