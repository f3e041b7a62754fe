"""Operations on what is stored."""

from __future__ import annotations

from typing import Any

from mockserver.handlers.item_editor import masked
from mockserver.messages import Reply
from mockserver.state.store import Store
from mockserver.web.admin.admin_request import AdminRequest
from mockserver.web.service import Service


def got(request: AdminRequest) -> Reply:
    """All items and facts by service and tenant, with masked secrets."""
    tenant, namespace = request.query.get("tenant"), request.namespace
    return Reply(200, {each.name: _by_tenant(each, namespace.store(each), tenant) for each in request.chosen_services})


def reset(request: AdminRequest) -> Reply:
    """Go back to the start state, with all of a namespace or with one service or tenant."""
    tenant, wanted = request.query.get("tenant"), request.chosen_services
    everywhere = request.query.get("namespace") == "*"
    namespaces = list(request.control.namespaces) if everywhere else [request.namespace]
    is_whole = tenant is None and "service" not in request.query
    for namespace in namespaces:
        request.control.reset(namespace, wanted, tenant, is_whole=is_whole)
    names = [service.name for service in wanted]
    return Reply(200, {"reset": sorted(names), "tenant": tenant, "namespaces": [each.name for each in namespaces]})


def _by_tenant(service: Service, store: Store, tenant: str | None) -> dict[str, Any]:
    return {owner: _of_tenant(service, store, owner) for owner in store.tenants() if tenant in (None, owner)}


def _of_tenant(service: Service, store: Store, tenant: str) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for resource, owner, collection in store.items(tenant):
        secrets = service.plans[resource].secrets
        items = [masked(record.fields, secrets) for record in collection]
        if items:
            shown.setdefault(resource, []).extend(items if not owner else [{"_owner": owner, **i} for i in items])
    facts = store.facts.get(tenant)
    return shown | ({"facts": facts} if facts else {})
