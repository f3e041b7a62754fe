"""Items that are those of another resource: the members of a group are users, added to it and removed from it.

The document shows both by one schema, and a client sends only the id. The list keeps its own copies, so that paging and
filters work as in any list; they change and go with the items that they show.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.errors import Fault, Invalid, Missing
from mockserver.examples.generator import fresh
from mockserver.handlers.request_context import RequestContext
from mockserver.state.collection import Collection
from mockserver.state.record import Record


def added(context: RequestContext, id: Any) -> Record | None:
    """A draft of the item with this id of the other resource; None where the items are not those of another one.

    Raises Missing or Invalid for an id that no item has, if the document has a status for it; else it is None too.
    """
    resource = context.bound.resource.member_of
    if not resource or id is None:
        return None
    identity = context.bound.resource.statements.identity
    found = named(context, resource, identity.field, id, is_in_path=identity.parameter in context.call.path)
    return Record(found.id, context.next_sequence(), fresh(found.fields)) if found is not None else None


def named(context: RequestContext, resource: str, field: str, id: Any, *, is_in_path: bool) -> Record | None:
    """The item with this id of another resource, which the path has or the `field` of the body; None if there is none.

    Raises Missing or Invalid for an id that no item has, if the document has a status for it.
    """
    plan = context.bound.plans[resource]
    above = [context.call.path.get(name) for name in plan.parent_parameters]
    items = context.collection(resource)
    found = items.get(id)
    if found is None and field != plan.statements.identity.field:
        found = next((one for one in items if id is not None and one.fields.get(field) == id), None)
    found = found or context.materialize(plan, [*above, id])
    if found is None:
        _refuse(context, resource.replace("-", " "), field, id, is_in_path=is_in_path)
    return found


def _refuse(context: RequestContext, noun: str, field: str, id: Any, *, is_in_path: bool) -> None:
    bound = context.bound
    why = next((one for one in bound.resource.statements.references if one.field == field), None)
    if not is_in_path and any(bound.operation.response(status) is not None for status in (400, 422)):
        message = f"there is no {noun} with the {field} {id!r}"
        name = next((own for own, known in bound.body_names.items() if known == field), field)
        raise Invalid(message, faults=(Fault("body", (name,), message, "reference"),)).because(why)
    if bound.operation.response(404) is not None:
        raise Missing(f"{noun} not found", resource=noun).because(why)


def keep_members(context: RequestContext) -> None:
    """Make the items whose ids a request has in a list the members of its item, and no others.

    Raises Missing or Invalid for an id that no item has, if the document has a status for it; else it is left out.
    """
    sent = context.bound.item_body(context.call)
    for field, resource in context.bound.resource.member_lists:
        ids = sent.get(field) if isinstance(sent, dict) else None
        if not isinstance(ids, list):
            continue
        plan = context.bound.plans[resource]
        above = [*(context.call.path.get(name) for name in context.bound.resource.parent_parameters), context.item.id]
        owner = plan.owner(dict(zip(plan.parent_parameters, above, strict=False)))
        members = context.transaction.store.collection(resource, context.tenant, owner)
        found = [_member(context, plan.member_of, field, id) for id in dict.fromkeys(map(str, ids))]
        wanted = {record.id: record for record in found if record is not None}
        for record in [each for each in members if each.id not in wanted]:
            context.transaction.remove(members, record)
        for id, record in wanted.items():
            if members.get(id) is None:
                context.transaction.add(members, Record(id, context.next_sequence(), fresh(record.fields)))


def _member(context: RequestContext, resource: str, field: str, id: Any) -> Record | None:
    items = context.collection(resource)
    found = items.get(id)
    if found is None:
        _refuse(context, resource.replace("-", " "), field, id, is_in_path=False)
    return found


def refuse_unknown_name(context: RequestContext, resource: str, field: str, id: Any) -> None:
    """Raise Invalid or Missing for an id in a body that no item has, if the operation documents a status for it."""
    _refuse(context, resource.replace("-", " "), field, id, is_in_path=False)


def show_in_lists(context: RequestContext) -> None:
    """Show an updated item as it is now in the lists to which it was added."""
    for collection, record in list(_entries(context)):
        new = record.copy()
        new.fields = {**record.fields, **fresh(context.item.fields)}
        context.transaction.swap(collection, record, new)


def remove_from_lists(context: RequestContext) -> None:
    """Remove a deleted item from the lists to which it was added."""
    for collection, record in list(_entries(context)):
        context.transaction.remove(collection, record)


def _entries(context: RequestContext) -> Iterator[tuple[Collection, Record]]:
    """The entries that show the item of this request, in all lists of the tenant that can be below its owner."""
    plan, id = context.bound.resource, context.item.id
    owner = plan.owner(context.call.path)
    for name, above, collection in context.transaction.store.items(context.tenant):
        found = collection.get(id) if name in plan.lists_of_members and above.startswith(owner) else None
        if found is not None:
            listed = context.bound.plans[name]
            path = dict(zip(listed.parent_parameters, above.split("/"), strict=False))
            if plan.owner(path) == owner:
                yield collection, found
