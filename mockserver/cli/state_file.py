"""Loading a state file at start: its items are created by the create operations of the services.

The file (YAML or JSON) maps service → tenant → resource → a list of bodies for create requests:

    basedash:
      org_abc123:
        mcp-server:
          - {displayName: Linear, serverUrl: https://mcp.example.com/mcp}
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from mockserver.behaviour.statements import Tenant
from mockserver.errors import StateError
from mockserver.handlers.actions import create
from mockserver.handlers.resource_plan import ResourcePlan
from mockserver.messages import Reply
from mockserver.openapi import path_template, source
from mockserver.web.endpoint import Endpoint
from mockserver.web.response.encoding import encode
from mockserver.web.service import Service


async def load(path: Path, services: Mapping[str, Service]) -> int:
    """Create the items of a state file; returns their number. Raises StateError with the entry that is wrong."""
    loaded = 0
    for place, service, tenant, resource, body in _entries(source.read_data(path), services, path.name):
        endpoint, plan = _create_endpoint(service, resource, place)
        reply = await _send(service, endpoint, plan.statements.tenant, tenant, body, place)
        if reply.status >= 300:
            raise StateError(f"{place}: the create request gets {reply.status}: {encode(reply).decode()}")
        loaded += 1
    return loaded


def _entries(data: Any, services: Mapping[str, Service], file: str) -> list[tuple[str, Service, str, str, Any]]:
    found = []
    for name, tenants in _mapping(data, file).items():
        if name not in services:
            raise StateError(f"{file}#/{name}: unknown service; choose from {', '.join(services)}")
        for tenant, resources in _mapping(tenants, f"{file}#/{name}").items():
            for resource, bodies in _mapping(resources, f"{file}#/{name}/{tenant}").items():
                place = f"{file}#/{name}/{tenant}/{resource}"
                _refuse_unknown(services[name], resource, place)
                if not isinstance(bodies, list):
                    raise StateError(f"{place}: expected a list of items")
                found += [(f"{place}/{i}", services[name], tenant, resource, body) for i, body in enumerate(bodies)]
    return found


def _mapping(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise StateError(f"{place}: expected an object")
    return value


def _refuse_unknown(service: Service, resource: str, place: str) -> None:
    if resource not in service.plans:
        raise StateError(f"{place}: unknown resource; choose from {', '.join(service.plans) or 'none'}")


def _create_endpoint(service: Service, resource: str, place: str) -> tuple[Endpoint, ResourcePlan]:
    for endpoint in service.endpoints.values():
        bound = endpoint.bound
        if bound and bound.plan and bound.plan.name == resource and bound.handler.begin is create:
            return endpoint, bound.plan
    raise StateError(f"{place}: no operation creates a {resource}")


async def _send(service: Service, endpoint: Endpoint, stated: Tenant, tenant: str, body: Any, place: str) -> Reply:
    """The reply to a create request of a client with access to the tenant."""
    operation = endpoint.operation
    values = {p.name: str(_sample(service, p.pointer)) for p in operation.parameters if p.location == "path"}
    if stated.by == "path":
        values[stated.name] = tenant
    headers = {"content-type": "application/json", "authorization": f"Bearer {_credential(service, tenant, place)}"}
    if stated.by == "header":
        headers[stated.name.lower()] = tenant
    scope = {
        "type": "http",
        "method": operation.method.upper(),
        "path": operation.path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    content = orjson.dumps(body)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    raw = tuple(quote(values[name], safe="") for name in path_template.names(operation.path))
    reply, _ = await endpoint(scope, receive, raw)
    return reply


def _sample(service: Service, pointer: str) -> Any:
    from_document = service.contract.schemas.resolve(pointer)[0]
    return from_document.get("example", "")


def _credential(service: Service, tenant: str, place: str) -> str:
    listed = service.contract.behaviour.service.credentials
    for entry in listed:
        principal = service.keyring.principal(entry.value)
        if principal is not None and tenant in {principal.home, *(entry.tenants or ())}:
            return entry.value
    for entry in listed:
        principal = service.keyring.principal(entry.value)
        if principal is not None and principal.may_enter(tenant):
            return entry.value
    if not listed:
        return tenant or "sandbox"
    raise StateError(f"{place}: no listed credential has access to the tenant {tenant!r}")
