"""What is served, for people: the services with what they need, and their resources."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from mockserver.handlers.binding.item_schemas import reply_schemas, showing_schemas
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.inference import behaviour_file
from mockserver.messages import Reply
from mockserver.state.collection import GENERATED
from mockserver.state.store import Store
from mockserver.web.admin.admin_request import AdminRequest, no_resource
from mockserver.web.admin.tenants import known_tenants
from mockserver.web.control import resource_summary
from mockserver.web.control.nearest_operation import mount_of, prefix_of
from mockserver.web.curl_example import certificate_option, curl_command
from mockserver.web.example_request import first_endpoint
from mockserver.web.service import Service

Json = dict[str, Any]

MOST_NAMED = 200
"""How many tenants or owners are listed."""

MOST_SECONDS = 0.25
"""How long items are made to be counted; no other request is answered meanwhile."""

LONGEST_DESCRIPTION = 600
"""How many characters of a description are shown."""


def listed(request: AdminRequest) -> Reply:
    """The services with their addresses, credentials and a first request."""
    return Reply(200, [_service(request, each) for each in request.control.services.values()])


def behaviour(request: AdminRequest) -> Reply:
    """All statements about a service as a behaviour file. Raises Missing."""
    service = request.service(request.path["service"])
    return Reply(200, behaviour_text(service), media_type="application/yaml")


def resources(request: AdminRequest) -> Reply:
    """The resources of one service, or of all. Raises Missing."""
    late = _begin(request, request.chosen_services)
    rows = [(each, plan) for each in request.chosen_services for plan in each.plans.values()]
    return Reply(200, [_resource(request, *row, is_counted=(row[0].name, row[1].name) not in late) for row in rows])


def resource(request: AdminRequest) -> Reply:
    """One resource with the schema of its items. Raises Missing."""
    service = request.service(request.path["service"])
    plan = service.plans.get(request.path["resource"])
    if plan is None:
        raise no_resource(service, request.path["resource"], service.plans)
    return Reply(200, _resource(request, service, plan) | {"schema": _schema(service, plan)})


def behaviour_text(service: Service) -> str:
    """All statements about a service as a behaviour file in YAML: inferred ones, and those that are written."""
    contract, tree = service.contract, service.contract.statements
    update = {"x-service": {"inference": "none", **(tree["x-service"] or {})}, "x-resources": tree["x-resources"]}
    actions: list[Json] = [{"target": "$", "update": update}]
    for place, group in tree["x-behaviour"].items():
        method, _, path = place.partition(" ")
        target = f"$.paths[{behaviour_file.quoted(path)}].{method}"
        actions.append({"target": target, "update": {"x-behaviour": group}})
    title = f"Behaviour of {contract.document.title or contract.name}"
    return behaviour_file.text(behaviour_file.overlay(title, contract.document.version, actions))


def _service(request: AdminRequest, service: Service) -> Json:
    document, base = service.contract.document, request.address
    prefix = prefix_of(service, request.control.services)
    endpoint = first_endpoint(service)
    return {
        "name": service.name,
        "title": document.title or service.name,
        "version": document.version,
        "description": str(document.raw.get("info", {}).get("description") or "")[:LONGEST_DESCRIPTION],
        "base_url": base + prefix,
        "document": f"/{service.name}/openapi.json",
        "docs": f"/{service.name}/docs",
        "operations": len(service.endpoints),
        "skipped": len(service.contract.skipped),
        "problems": len(service.contract.problems),
        "credentials": _credentials(service),
        "first_operation": endpoint.operation.operation_id if endpoint is not None else None,
        "curl": curl_command(service, base + mount_of(service, request.control.services), certificate_option(base)),
    }


def _credentials(service: Service) -> list[Json]:
    """The credentials that work; none where none is needed."""
    if not any(endpoint.operation.security for endpoint in service.endpoints.values()):
        return []
    stated = service.contract.behaviour.service.credentials
    first = {"name": "", "value": service.keyring.printed, "tenants": []}
    return [{"name": each.name, "value": each.value, "tenants": list(each.tenants or ())} for each in stated] or [first]


def _resource(request: AdminRequest, service: Service, plan: ResourcePlan, *, is_counted: bool = True) -> Json:
    store, identity = request.namespace.store(service), plan.statements.identity
    held = [(key, each) for key, each in store.collections.items() if key[0] == plan.name and len(each)]
    return {
        "service": service.name,
        "resource": plan.name,
        "summary": resource_summary.summary(service.contract, plan),
        "evidence": resource_summary.evidence(plan),
        "id": identity.field,
        "is_single": plan.is_single,
        "is_editable": service.bound(plan.name) is not None,
        "items": sum(len(each) for _, each in held),
        "is_counted": is_counted,
        "tenants": _tenants(service, store, plan),
        "parents": list(plan.parent_parameters),
        "owners": sorted({key[2] for key, _ in held if key[2]} | set(_beginning(store, plan)))[:MOST_NAMED],
        "secrets": sorted(plan.secrets),
        "set_by_service": sorted(plan.server_fields),
    }


def _begin(request: AdminRequest, services: Iterable[Service]) -> set[tuple[str, str]]:
    """Make the items that lists begin with (`--items`, or examples), which are made at first use, to count them.

    It ends after MOST_SECONDS: GitHub's document has so many lists that their items take 17 seconds. Returns the
    services and resources whose lists are left: their items are made when a list is read.
    """
    end, late = time.monotonic() + MOST_SECONDS, set[tuple[str, str]]()
    for service in services:
        store = request.namespace.store(service)
        if (source := store.source) is None:
            continue
        for plan in service.plans.values():
            for tenant in _tenants(service, store, plan) or [""]:
                if time.monotonic() > end:
                    late.add((service.name, plan.name))
                elif plan.parent_parameters:
                    source.begin(plan.name, tenant)
                else:
                    store.unjoined(plan.name, tenant, "")
    return late


def _beginning(store: Store, plan: ResourcePlan) -> Iterator[str]:
    """The owners whose lists begin with items (`--items`), which are made when a list is first read."""
    parent = plan.statements.parent
    if store.source is None or not store.source.is_whole or parent is None or not plan.parent_parameters:
        return
    if parent.parameter != plan.parent_parameters[-1]:
        return
    for (resource, _, above), held in list(store.collections.items()):
        for record in islice(held, MOST_NAMED) if resource == parent.resource else ():
            if GENERATED in record.hidden:
                yield f"{above}/{record.id}" if above else str(record.id)


def _tenants(service: Service, store: Store, plan: ResourcePlan) -> list[str]:
    if plan.statements.tenant.by == "none":
        return []
    return known_tenants(service, store)[:MOST_NAMED]


def _schema(service: Service, plan: ResourcePlan) -> Any:
    """The JSON Schema by which responses show an item; True where the document has none."""
    contract = service.contract
    pointers = showing_schemas(contract, plan.name) or list(reply_schemas(contract, plan.name))
    return contract.schemas.views["response"].standalone(pointers[0]) if pointers else True
