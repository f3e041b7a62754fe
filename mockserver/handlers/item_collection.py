"""The items of one resource, as a function of the user reads and changes them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from msgspec.structs import replace

from mockserver.errors import Conflict
from mockserver.handlers import tenants
from mockserver.handlers.actions import remove
from mockserver.handlers.binding.bound_operation import BoundOperation
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.handlers.refusals.capacities import check_capacity
from mockserver.handlers.refusals.unique_values import check_unique
from mockserver.handlers.request_context import RequestContext
from mockserver.messages import Call
from mockserver.state.deferred import DeferredTransaction
from mockserver.state.record import Record
from mockserver.state.store import Store

NO_HEADERS: Mapping[str, str] = MappingProxyType({})
Item = dict[str, Any]
Items = list[Item]
T = TypeVar("T")


class RequestItems:
    """The items that one request can read and change: those of its tenant.

    `bounds` has one operation of each resource. Other requests see no change before `transaction` is applied.
    """

    def __init__(self, store: Store, bounds: Mapping[str, BoundOperation], call: Call) -> None:
        self.transaction = DeferredTransaction(store)
        self._bounds, self._call = bounds, call

    def context(self, resource: str, above: Mapping[str, Any]) -> RequestContext:
        """A context for a resource. Raises LookupError for an unknown resource, or if the id of a parent is missing."""
        if resource not in self._bounds:
            known = ", ".join(sorted(self._bounds)) or "none"
            raise LookupError(f"there is no resource {resource!r} in this document; there are: {known}")
        call = self._call._replace(path={**self._call.path, **above})
        bound = replace(self._bounds[resource], path_names={})
        missing = [name for name in bound.resource.parent_parameters if name not in call.path]
        if missing:
            raise LookupError(f"the items of {resource!r} belong to another item: name its {', '.join(missing)}")
        # An operation without a resource is about the home of its client, also where items have no tenant.
        tenant = bound.resource.statements.tenant
        if tenant.by in ("none", "credential"):
            call = call._replace(tenant=tenants.finder(tenant)(call.principal, call.path, NO_HEADERS))
        return RequestContext(call, bound, self.transaction)


class RunsStep(Protocol):
    """Runs a function in one step of the event loop, with the changes of the request visible to it."""

    def __call__(self, step: Callable[[RequestContext], T], /) -> T: ...


class ItemCollection:
    """The items of one resource, for the tenant of the request.

    Items are dictionaries, and copies: only these methods change what is stored. Ids, timestamps, defaults, limits and
    uniqueness follow the same statements as in the mock.
    """

    def __init__(self, run: RunsStep) -> None:
        self._run = run

    def get(self, id: Any) -> Item:
        """The item with this id. Raises Missing if there is none; the client gets a 404 in the document's format."""
        return self._run(lambda context: _shown(_found(context, id)))

    def list(self, **wanted: Any) -> Items:
        """All items in the order of the collection, or those with these values in these fields."""
        return self._run(lambda context: _listed(context, wanted))

    def create(self, fields: Mapping[str, Any]) -> Item:
        """Add an item and return it. Raises Conflict (a 409) if the collection is full or a value must be unique."""
        return self._run(lambda context: _shown(_created(context, copy.deepcopy(dict(fields)))))

    def update(self, id: Any, changes: Mapping[str, Any]) -> Item:
        """Set these fields of an item and return it. Raises Missing or Conflict."""
        return self._run(lambda context: _shown(_updated(context, id, copy.deepcopy(dict(changes)))))

    def delete(self, id: Any) -> None:
        """Delete an item and everything below it. Raises Missing."""
        self._run(lambda context: _deleted(context, id))

    def __contains__(self, id: Any) -> bool:
        return self._run(lambda context: _known(context, id) is not None)

    def __len__(self) -> int:
        return self._run(lambda context: len(context.collection()))


def _shown(record: Record) -> Item:
    return copy.deepcopy(record.fields)


def _known(context: RequestContext, id: Any) -> Record | None:
    plan = context.bound.resource
    above = [context.call.path[name] for name in plan.parent_parameters]
    return context.collection().get(id) or context.materialize(plan, [*above, id])


def _found(context: RequestContext, id: Any) -> Record:
    record = _known(context, id)
    if record is None:
        raise context.missing()
    return record


def _listed(context: RequestContext, wanted: Mapping[str, Any]) -> Items:
    walk = context.collection().view().after(None, newest_first=context.bound.resource.newest_first)
    return [_shown(each) for each in walk if all(each.fields.get(name) == value for name, value in wanted.items())]


def _created(context: RequestContext, fields: Item) -> Record:
    held, plan = context.collection(), context.bound.resource
    for capacity in plan.statements.capacity:
        check_capacity(capacity, held)
    given = dict(fields)
    record = plan.new_record(context.call, context.world, context.moment, held, context.next_sequence(), fields)
    _check_kept(context, given, record)
    if record.id in held.by_id:
        raise Conflict(f"an item with the id {record.id!r} already exists")
    check_unique(context, held, record.id, record.fields)
    context.record = record
    context.save()
    return record


def _check_kept(context: RequestContext, given: Item, record: Record) -> None:
    """Raise ValueError for a value that was replaced because no response can show it. Requests never have one."""
    plan = context.bound.resource
    own = {plan.statements.identity.field, *plan.server_fields}
    for name in given.keys() - own:
        stored = record.fields.get(name)
        if stored != given[name] and not isinstance(stored, dict | list):
            raise ValueError(f"{plan.name} has no {name} {given[name]!r}: the schemas of the responses do not allow it")


def _updated(context: RequestContext, id: Any, changes: Item) -> Record:
    before, plan = _found(context, id), context.bound.resource
    context.before = before
    context.edit(before)
    plan.stamp(context.item.fields, context.moment, created=False)
    context.item.fields.update(_without_id(plan, changes))
    check_unique(context, context.collection(), before.id, context.item.fields)
    context.save()
    return context.item


def _without_id(plan: ResourcePlan, changes: Item) -> Item:
    """The changes without the id, which an item keeps."""
    return {name: value for name, value in changes.items() if name != plan.statements.identity.field}


def _deleted(context: RequestContext, id: Any) -> None:
    context.record = context.current = _found(context, id)
    remove(context)
