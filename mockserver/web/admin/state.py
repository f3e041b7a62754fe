"""Operations on what is stored."""

from __future__ import annotations

from typing import Any

from mockserver.errors import Malformed
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
    tenant, wanted = request.query.get("tenant"), services_to_reset(request)
    everywhere = request.query.get("namespace") == "*"
    namespaces = list(request.control.namespaces) if everywhere else [request.namespace]
    is_whole = tenant is None and "service" not in request.query
    for namespace in namespaces:
        request.control.reset(namespace, wanted, tenant, is_whole=is_whole)
    names = [service.name for service in wanted]
    return Reply(200, {"reset": sorted(names), "tenant": tenant, "namespaces": [each.name for each in namespaces]})


def services_to_reset(request: AdminRequest) -> list[Service]:
    """The services that a reset is about. Raises Malformed for a tenant where there are none: it would do nothing."""
    services = request.chosen_services
    plans = [plan for service in services for plan in service.plans.values()]
    if request.query.get("tenant") and all(plan.statements.tenant.by == "none" for plan in plans):
        names = " and ".join(service.name for service in services)
        raise Malformed(f"tenant: the items of {names} belong to no tenant; leave out `tenant`")
    return services


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
