"""Operations on what is stored."""

from __future__ import annotations

from typing import Any

from mockserver.messages import Reply
from mockserver.state.store import Store
from mockserver.web.admin.admin_request import AdminRequest
from mockserver.web.service import Service

MASK = "********"


def got(request: AdminRequest) -> Reply:
    """All items and facts by service and tenant, with masked secrets."""
    tenant, namespace = request.query.get("tenant"), request.namespace
    return Reply(200, {each.name: _by_tenant(each, namespace.store(each), tenant) for each in request.chosen_services})


def reset(request: AdminRequest) -> Reply:
    """Go back to the start state, with all of a namespace or with one service or tenant."""
    tenant, wanted = request.query.get("tenant"), request.chosen_services
    everywhere = request.query.get("namespace") == "*"
    namespaces = list(request.control.namespaces) if everywhere else [request.namespace]
    for namespace in namespaces:
        for service in wanted:
            service.reset(namespace.store(service), tenant)
    names = [service.name for service in wanted]
    return Reply(200, {"reset": sorted(names), "tenant": tenant, "namespaces": [each.name for each in namespaces]})


def _by_tenant(service: Service, store: Store, tenant: str | None) -> dict[str, Any]:
    return {owner: _of_tenant(service, store, owner) for owner in store.tenants() if tenant in (None, owner)}


def _of_tenant(service: Service, store: Store, tenant: str) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for resource, owner, collection in store.items(tenant):
        items = [masked(service, resource, record.fields) for record in collection]
        if items:
            shown.setdefault(resource, []).extend(items if not owner else [{"_owner": owner, **i} for i in items])
    facts = store.facts.get(tenant)
    return shown | ({"facts": facts} if facts else {})


def masked(service: Service, resource: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of an item as the admin API shows them: without secrets."""
    secrets = service.plans[resource].secrets
    return {name: MASK if name in secrets and value is not None else value for name, value in fields.items()}
