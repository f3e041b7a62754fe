"""Values that no two items may have: ids that clients choose, and the fields that must be unique."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.behaviour.statements import FROM_DOCUMENT, Unique
from mockserver.errors import Conflict, Fault, Invalid, Refusal
from mockserver.handlers.binding.resource_plan import index_of
from mockserver.handlers.fields.inside_fields import at
from mockserver.handlers.request_context import RequestContext
from mockserver.inference.values.uniqueness import EXISTS
from mockserver.state.collection import GENERATED, Collection, folded
from mockserver.state.record import Record


def check_unique(context: RequestContext, collection: Collection, id: Any, fields: dict[str, Any]) -> None:
    """Raise Conflict when another item has the id, or the value of a field that must be unique."""
    plan = context.bound.resource
    if plan.has_chosen_ids and id in collection.by_id and context.before is None:
        identity = plan.statements.identity
        raise Conflict(f"an item with the {identity.field} {id!r} already exists").because(identity)
    _check_name(context, collection, fields)
    for unique in plan.statements.unique:
        # What is read out of the document must not cause a reply that the document lacks.
        respond = context.bound.operation.response
        if unique.evidence not in FROM_DOCUMENT or respond(409) is not None:
            _check_unique_fields(unique, collection, id, fields, Conflict)
        elif respond(400) is not None or respond(422) is not None:
            told = ((status, respond(status)) for status in (400, 422))
            said = (status for status, each in told if each is not None and EXISTS.search(each.description))
            _check_unique_fields(unique, collection, id, fields, Invalid, next(said, 0))


def _check_name(context: RequestContext, collection: Collection, fields: dict[str, Any]) -> None:
    """Raise Conflict when another item has the name inside of an object that paths use, and the document has a 409."""
    identity = context.bound.resource.statements.identity
    steps = identity.also.split(".")
    if len(steps) == 1 or context.before is not None or context.bound.operation.response(409) is None:
        return
    name = at(fields, steps)
    if name is not None and any(at(other.fields, steps) == name for other in collection):
        raise Conflict(f"an item with the {identity.also} {name!r} already exists").because(identity)


def refuse_second(context: RequestContext, current: Record) -> None:
    """Raise Conflict if there can be only one item, a client has created it, and the document has a 409 for it."""
    bound, identity = context.bound, context.bound.resource.statements.identity
    if not bound.upsert and bound.operation.response(409) is not None and GENERATED not in current.hidden:
        raise Conflict(f"there is a {bound.resource.name.replace('-', ' ')} already").because(identity)


def compared_values(unique: Unique, fields: Mapping[str, Any]) -> list[Any]:
    """The values of an item that no other item may have; without upper case where case does not count."""
    values = [fields.get(name) for name in unique.fields]
    return [folded(value) for value in values] if unique.ignore_case else values


def _check_unique_fields(
    unique: Unique,
    collection: Collection,
    id: Any,
    fields: dict[str, Any],
    refusal: type[Refusal],
    documented: int = 0,
) -> None:
    values = compared_values(unique, fields)
    if any(value is None for value in values):
        return
    # A list or an object is no key of an index that compares as JSON does.
    is_key = not isinstance(values[0], list | dict)
    alike = collection.view((index_of(unique), values[0])).after(None, newest_first=False) if is_key else collection
    for other in alike:
        if other.id != id and compared_values(unique, other.fields) == values:
            names = ", ".join(unique.fields)
            fault = Fault("body", (unique.fields[0],), unique.message.replace("{fields}", names), "unique")
            refused = refusal(fault.message, faults=(fault,)).because(unique)
            refused.documented = documented
            raise refused
