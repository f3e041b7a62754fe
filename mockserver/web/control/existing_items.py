"""Which stored items a request can name: the ids for its path and its body, so that it is not refused as unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, unquote

from mockserver.examples.generator import fresh
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.handlers.relations.shown_values import places
from mockserver.inference.relations.references import steps_of
from mockserver.openapi import path_template
from mockserver.openapi.document import Operation
from mockserver.state.record import Record
from mockserver.state.store import Store
from mockserver.web.service import Service

Stores = Mapping[str, Store]
"""What is stored, by service."""


def item_path(
    operation: Operation,
    service: Service,
    stores: Stores,
    sent: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """The path parameters, as they are written, that lead to an item that exists, as far as they are known.

    It is the item that the parameters `sent` name, if that exists, else the first one.
    """
    found: dict[str, str] = {}
    bound, store = service.endpoints[operation.operation_id].bound, stores.get(service.name)
    if bound is None or bound.plan is None or store is None:
        return found
    wanted = [(name, bound.path_names.get(name, name)) for name in path_template.names(operation.path)]
    is_own = bound.plan.statements.identity.parameter in (own for _, own in wanted)
    for plan in (bound.plan, *(() if is_own else _above(bound.plan, service))):
        for ids in _ids(plan, store, {own: unquote(sent[name]) for name, own in wanted if name in sent}):
            path = {name: quote(str(ids[own]), safe="") for name, own in wanted if own in ids}
            if all(sent.get(name, value) == value for name, value in path.items()):
                return path
            found = found or path
        if found:
            break
    return found


def _above(plan: ResourcePlan, service: Service) -> Iterator[ResourcePlan]:
    """The resources above one, the nearest first: what is created below an item needs that item only."""
    for name in reversed(list(plan.resources_above.values())):
        if name in service.plans:
            yield service.plans[name]


def _ids(plan: ResourcePlan, store: Store, sent: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The ids, by path parameter, of the item that was sent, if there is one, and of the first in each collection."""
    own, tenant_by = plan.statements.identity.parameter, plan.statements.tenant
    for (resource, tenant, owner), held in list(store.collections.items()):
        if resource != plan.name:
            continue
        above = dict(zip(plan.parent_parameters, owner.split("/"), strict=False)) if owner else {}
        if tenant_by.by == "path":
            above[tenant_by.name] = tenant
        for record in (held.get(sent[own]) if own in sent else None, next(iter(held), None)):
            if record is not None:
                yield {own: record.id, **above}


def naming_items(operation: Operation, service: Service, stores: Stores, body: Any) -> Any:
    """A body for an operation, whose references name items that exist, as far as there are some."""
    bound, store = service.endpoints[operation.operation_id].bound, stores.get(service.name)
    if bound is None or bound.plan is None or store is None or not isinstance(body, dict):
        return body
    named = [each for each in bound.plan.statements.references if each.field and each.key]
    changed = fresh(body) if named else body
    for reference in named:
        record, plan = _first(reference.resource, store), service.plans.get(reference.resource)
        value = _shown(record, reference.key, plan) if record is not None else None
        for holder, last, _ in places(changed, steps_of(reference.field), ()):
            if type(holder[last]) is type(value):
                holder[last] = value
    return changed


def _first(resource: str, store: Store) -> Record | None:
    found = (next(iter(held), None) for key, held in list(store.collections.items()) if key[0] == resource)
    return next((record for record in found if record is not None), None)


def _shown(record: Record, key: str, plan: ResourcePlan | None) -> Any:
    """The value of a reference by a property of the item."""
    is_id = plan is not None and key == plan.statements.identity.field
    return record.fields.get(key, record.id if is_id else None)
